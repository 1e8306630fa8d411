/** Token validation for Workers of the same account, by service binding (RFC 6750 §3, RFC 9449 §7). */

import type { TokenExpectations, TokenPrincipal, VerificationAnswer } from '@postern/resource-server';
import {
  admitRequest,
  NoCredentials,
  type ProofPolicy,
  presentedToken,
  type Scheme,
  schemeNameOf,
  schemesFor,
  writeChallenge,
} from '@postern/resource-server/building-blocks';
import * as z from 'zod/mini';
import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import { nonceValidation } from '../http/dpop.ts';
import { type RpcDeps, type RpcLogFields, runRpc, unavailableError } from '../http/rpc.ts';
import type { DpopProof } from '../protocol/dpop.ts';
import { WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { isOwnResource, registeredIdentifier, requireCanonicalResource } from '../protocol/resource.ts';
import { userClaims } from '../protocol/user-claims.ts';
import { ScopesOption, validateOptions } from '../protocol/valid-options.ts';
import { ownTokenVerifier, requireActiveToken } from './own-tokens.ts';

type WorkerExpectations = {
  /** In canonical form. */
  resource: string;
  /** As the caller sent it. */
  identifier: string;
  scopes: readonly string[];
};

/** The errors of the token or its proof, not of this server. */
const TOKEN_ERRORS = [
  'invalid_request',
  'invalid_token',
  'insufficient_scope',
  'invalid_dpop_proof',
  'use_dpop_nonce',
] as const;
type TokenError = (typeof TOKEN_ERRORS)[number];

const VerifyOptions = z.strictObject({
  resource: z.string(),
  scopes: z.exactOptional(ScopesOption),
  proof: z.optional(z.nullable(z.string())),
  method: z.optional(z.string()),
  url: z.optional(z.string()),
  confirmation: z.optional(z.string()),
});

/** Validates credentials. One round. @throws TypeError for an unknown member, a missing or invalid resource, or a proof without method and URL. */
export async function verifyForWorker(
  deps: RpcDeps,
  credentials: string | null | undefined,
  expected: TokenExpectations,
): Promise<VerificationAnswer> {
  const wanted = { resource: resourceOf(expected), identifier: expected.resource, scopes: expected.scopes ?? [] };
  // A misspelt member (`scope`) would skip the check that it asks for.
  validateOptions(VerifyOptions, expected, 'verify');
  if (expected.proof && !(expected.method && URL.canParse(expected.url ?? ''))) {
    throw new TypeError('verify needs { method, url } with { proof }: what the proof must have been made for.');
  }
  let used: string | undefined;
  const facts: RpcLogFields = { resource: wanted.resource };
  return runRpc<VerificationAnswer>(
    deps,
    'verify',
    async () => {
      if (deps.allowedResources && !deps.allowedResources.includes(wanted.resource)) {
        throw new TypeError(`verify: the binding of ${deps.actor} does not name this resource (props.resources).`);
      }
      if (!credentials) return missingCredentials(deps, wanted);
      const request = requestOf(credentials, expected);
      used = schemeNameOf(request);
      const principal = await authenticateRequest(deps, request, wanted, expected.confirmation);
      Object.assign(facts, { client: principal.clientId, user: principal.kind === 'user' ? principal.subject : '' });
      return { valid: true, principal };
    },
    (error) => refusalOf(deps, error, wanted, used),
    facts,
  );
}

function resourceOf(expected: TokenExpectations | undefined): string {
  const resource: unknown = expected?.resource;
  if (typeof resource === 'string' && resource !== '') {
    try {
      return requireCanonicalResource(resource);
    } catch {
      // The error is thrown below.
    }
  }
  throw new TypeError('verify needs { resource }: your own identifier, an absolute URI without a fragment.');
}

/** The caller's request, as far as validation needs it. @throws OAuthError invalid_request */
function requestOf(credentials: string, { proof, confirmation, method = 'GET', url }: TokenExpectations): Request {
  // A header has a space after the scheme, a token has none.
  const authorization = credentials.includes(' ')
    ? credentials
    : `${(proof ?? confirmation) ? 'DPoP' : 'Bearer'} ${credentials}`;
  if (!/^[\x20-\x7e]*$/.test(authorization + (proof ?? ''))) {
    throw new OAuthError('invalid_request', 'the credentials have a character that a header cannot have.');
  }
  const headers = { authorization, ...(proof && { dpop: proof }) };
  // Only a proof covers the URL.
  return new Request(url ?? 'https://unknown.invalid', { method, headers });
}

async function authenticateRequest(
  deps: RpcDeps,
  request: Request,
  { resource, identifier: typed, scopes }: WorkerExpectations,
  confirmation: string | undefined,
): Promise<TokenPrincipal> {
  let proof: DpopProof | undefined;
  const proofs: ProofPolicy = {
    nonces: request.headers.has('dpop') ? await nonceValidation(deps) : undefined,
    accept: (found) => {
      proof = found;
    },
  };
  const principal = await admitRequest(request, {
    schemes: confirmation === undefined ? schemesFor(proofs, false) : [preverifiedScheme(confirmation)],
    verifier: ownTokenVerifier(deps, [resource]),
    audiences: [resource, typed],
    scopes,
  });
  const { user } = await requireActiveToken(deps, principal, proof, 'primary');
  const known = user ? userClaims(user, principal.scopes) : { sub: principal.subject };
  return { ...principal, claims: known as TokenPrincipal['claims'] };
}

/** The scheme for a caller that has validated the proof itself, such as the package. */
const preverifiedScheme = (confirmation: string): Scheme => ({
  name: 'DPoP',
  async authenticate(credentials, _request, verifier) {
    const principal = await verifier.verify(presentedToken(credentials, 'DPoP'));
    if (principal && principal.confirmation !== confirmation) throw new InvalidJwt('bound to another key, or to none');
    return principal;
  },
});

async function missingCredentials(deps: RpcDeps, wanted: WorkerExpectations): Promise<VerificationAnswer> {
  const headers = { 'WWW-Authenticate': await challengeFor(deps, wanted, new NoCredentials(wanted.scopes)) };
  return { valid: false, error: 'no_credentials', description: 'this needs an access token.', status: 401, headers };
}

async function refusalOf(
  deps: RpcDeps,
  error: OAuthError,
  wanted: WorkerExpectations,
  used: string | undefined,
): Promise<VerificationAnswer> {
  const { description, status } = error;
  const code = TOKEN_ERRORS.find((blocklist): blocklist is TokenError => blocklist === error.code);
  if (!code) return { valid: false, ...unavailableError(error) };
  const headers = { ...error.headers, 'WWW-Authenticate': await challengeFor(deps, wanted, error, used) };
  return { valid: false, error: code, description, status, headers };
}

/** The challenge. The resource metadata is served here, whatever the origin of the resource (RFC 9728 §5.1). */
async function challengeFor(
  { config: { issuer }, settings, registry }: RpcDeps,
  { resource }: WorkerExpectations,
  thrown: NoCredentials | OAuthError,
  used?: string,
): Promise<string> {
  // A challenge without it is better than none if the settings cannot be read.
  const isPublished = await settings().then(
    (known) => known.show_protected_resource_metadata,
    () => false,
  );
  // The document's URL has the identifier as registered.
  const identifier = await registry().then(
    (known) => registeredIdentifier(resource, known) ?? resource,
    () => resource,
  );
  const path = isOwnResource(identifier, issuer)
    ? identifier.slice(issuer.length)
    : `?resource=${encodeURIComponent(identifier)}`;
  const resourceMetadata = isPublished ? issuer + WELL_KNOWN.protectedResource + path : undefined;
  return writeChallenge(thrown, { schemes: schemesFor({}, false), used, realm: issuer, resourceMetadata });
}
