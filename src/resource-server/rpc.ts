/** Verifying a token for another Worker of the same account: the guard without HTTP (RFC 6750 §3, RFC 9449 §7). */
import { InvalidJwt } from '../crypto/jwt.ts';
import { admit, NoCredentials } from '../guard/admit.ts';
import { presentedToken } from '../guard/bearer.ts';
import { writeChallenge } from '../guard/challenge.ts';
import type { ProofPolicy } from '../guard/dpop.ts';
import type { Scheme } from '../guard/scheme.ts';
import { schemeNameOf, schemesFor } from '../guard/schemes.ts';
import type { Expected, TokenPrincipal, Verified } from '../guard/token-service.ts';
import type { Proof } from '../protocol/dpop.ts';
import { WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { personClaims } from '../protocol/person-claims.ts';
import { canonicalForm, isOurs } from '../protocol/resource.ts';
import { noncesOf } from '../web/dpop.ts';
import { answerRpc, type RpcDeps, unavailable } from '../web/rpc.ts';
import { holderOf, ownKeys } from './own-tokens.ts';

type Wanted = { resource: string; scopes: readonly string[] };

/** The refusals that are about the token or its proof, and not about this server. */
const ABOUT_TOKENS = [
  'invalid_request',
  'invalid_token',
  'insufficient_scope',
  'invalid_dpop_proof',
  'use_dpop_nonce',
] as const;
type AboutToken = (typeof ABOUT_TOKENS)[number];

/** One round. @throws TypeError for a resource that is missing or none, or a proof without method and address. */
export async function verifyForWorker(
  deps: RpcDeps,
  credentials: string | null | undefined,
  expected: Expected,
): Promise<Verified> {
  const wanted = { resource: resourceOf(expected), scopes: expected.scopes ?? [] };
  if (expected.proof && !(expected.method && URL.canParse(expected.url ?? ''))) {
    throw new TypeError('verify needs { method, url } with { proof }: what the proof must have been made for.');
  }
  let used: string | undefined;
  return answerRpc<Verified>(
    deps,
    'verify',
    async () => {
      if (!credentials) return noCredentials(deps, wanted);
      const request = requestOf(credentials, expected);
      used = schemeNameOf(request);
      return { valid: true, principal: await provenBy(deps, request, wanted, expected.confirmation) };
    },
    (error) => refuse(deps, error, wanted, used),
  );
}

function resourceOf(expected: Expected | undefined): string {
  const resource: unknown = expected?.resource;
  if (typeof resource === 'string' && resource !== '') {
    try {
      return canonicalForm(resource);
    } catch {
      // Said below.
    }
  }
  throw new TypeError('verify needs { resource }: your own identifier, an absolute URI without a fragment.');
}

/** The request that the caller was sent, as far as the guard looks at it. @throws OAuthError invalid_request */
function requestOf(credentials: string, { proof, confirmation, method = 'GET', url }: Expected): Request {
  // A token has no space in it; a header has one behind its scheme.
  const authorization = credentials.includes(' ')
    ? credentials
    : `${(proof ?? confirmation) ? 'DPoP' : 'Bearer'} ${credentials}`;
  if (!/^[\x20-\x7e]*$/.test(authorization + (proof ?? ''))) {
    throw new OAuthError('invalid_request', 'the credentials hold a character that a header cannot have.');
  }
  const headers = { authorization, ...(proof && { dpop: proof }) };
  // Only a proof is about the address.
  return new Request(url ?? 'https://unsaid.invalid', { method, headers });
}

async function provenBy(
  deps: RpcDeps,
  request: Request,
  { resource, scopes }: Wanted,
  confirmation: string | undefined,
): Promise<TokenPrincipal> {
  let proof: Proof | undefined;
  const proofs: ProofPolicy = {
    nonces: request.headers.has('dpop') ? await noncesOf(deps) : undefined,
    accept: (found) => {
      proof = found;
    },
  };
  const principal = await admit(request, {
    schemes: confirmation === undefined ? schemesFor(proofs, false) : [judgedBefore(confirmation)],
    verifier: ownKeys(deps),
    ...{ audiences: [resource], scopes },
  });
  const { person } = await holderOf(deps, principal, proof);
  const known = person ? personClaims(person, principal.scopes) : { sub: principal.subject };
  return { ...principal, claims: known as TokenPrincipal['claims'] };
}

/** For a caller that has judged the proof by itself, such as the guard of the package. */
const judgedBefore = (confirmation: string): Scheme => ({
  name: 'DPoP',
  async authenticate(credentials, _request, verifier) {
    const principal = await verifier.verify(presentedToken(credentials, 'DPoP'));
    if (principal && principal.confirmation !== confirmation) throw new InvalidJwt('bound to another key, or to none');
    return principal;
  },
});

async function noCredentials(deps: RpcDeps, wanted: Wanted): Promise<Verified> {
  const headers = { 'WWW-Authenticate': await challengeFor(deps, wanted, new NoCredentials(wanted.scopes)) };
  return { valid: false, error: 'no_credentials', description: 'this needs an access token.', status: 401, headers };
}

async function refuse(deps: RpcDeps, error: OAuthError, wanted: Wanted, used: string | undefined): Promise<Verified> {
  const { description, status } = error;
  const code = ABOUT_TOKENS.find((known): known is AboutToken => known === error.code);
  if (!code) return { valid: false, ...unavailable(error) };
  const headers = { ...error.headers, 'WWW-Authenticate': await challengeFor(deps, wanted, error, used) };
  return { valid: false, error: code, description, status, headers };
}

/** Its metadata is served here, whatever origin the resource has: the caller need not pass it on (RFC 9728 §5.1). */
async function challengeFor(
  { config: { issuer }, settings }: RpcDeps,
  { resource }: Wanted,
  thrown: NoCredentials | OAuthError,
  used?: string,
): Promise<string> {
  // A challenge without the hint is better than none, should the settings not be readable.
  const shown = await settings().then(
    (known) => known.show_protected_resource_metadata,
    () => false,
  );
  const place = isOurs(resource, issuer) ? resource.slice(issuer.length) : `?resource=${encodeURIComponent(resource)}`;
  const resourceMetadata = shown ? issuer + WELL_KNOWN.protectedResource + place : undefined;
  return writeChallenge(thrown, { schemes: schemesFor({}, false), used, realm: issuer, resourceMetadata });
}
