/** Verifying a token for another Worker of the same account: the guard without HTTP (RFC 6750 §3, RFC 9068 §4). */
import { InvalidJwt } from '../crypto/jwt.ts';
import { demandScopes, NoCredentials } from '../guard/admit.ts';
import { bearer, LONGEST_TOKEN } from '../guard/bearer.ts';
import { writeChallenge } from '../guard/challenge.ts';
import { principalOf } from '../guard/principal-of-token.ts';
import type { Expected, TokenPrincipal, Verified } from '../guard/token-service.ts';
import { type AccessTokenClaims, verifyAccessToken } from '../protocol/access-token.ts';
import { WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { personClaims } from '../protocol/person-claims.ts';
import { canonicalForm, isOurs } from '../protocol/resource.ts';
import { findTokenHolder } from '../storage/token-holder.ts';
import { readBearer } from '../web/bearer.ts';
import { answerRpc, type RpcDeps, unavailable } from '../web/rpc.ts';

type Wanted = { resource: string; scopes: readonly string[] };

/** One round. @throws TypeError for a resource that is missing or none. */
export async function verifyForWorker(
  deps: RpcDeps,
  credentials: string | null | undefined,
  expected: Expected,
): Promise<Verified> {
  const wanted = { resource: resourceOf(expected), scopes: expected.scopes ?? [] };
  return answerRpc<Verified>(
    deps,
    'verify',
    async () => {
      if (!credentials) return noCredentials(deps, wanted);
      return { valid: true, principal: await provenBy(deps, credentials, wanted) };
    },
    (error) => refuse(deps, error, wanted),
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

async function provenBy(deps: RpcDeps, credentials: string, wanted: Wanted): Promise<TokenPrincipal> {
  // A token has no space in it; a header has one behind its scheme.
  const token = credentials.includes(' ') ? (readBearer(credentials) ?? '') : credentials;
  const claims = await verify(deps, token, wanted.resource);
  // RFC 9449 §7.2: a token that is bound to a key must not be taken as one that whoever has it may use.
  if (claims.cnf) throw new OAuthError('invalid_token', 'the token is bound to a key, and no proof of it came along.');
  const principal = principalOf(claims);
  demandScopes(principal, wanted.scopes);
  const holder = await findTokenHolder(deps.databases, claims);
  if (!holder) throw new OAuthError('invalid_token', 'the token was revoked, or its owner is disabled.');
  const { person } = holder;
  const known = person ? personClaims(person, principal.scopes) : { sub: claims.sub };
  return { ...principal, claims: known as TokenPrincipal['claims'] };
}

async function verify({ config, moment }: RpcDeps, token: string, resource: string): Promise<AccessTokenClaims> {
  if (token.length > LONGEST_TOKEN) throw new OAuthError('invalid_token', 'the token is not one of ours.');
  const { issuer, signingKeys } = config;
  try {
    return await verifyAccessToken(token, { keys: signingKeys, issuer, audiences: [resource], now: moment.now });
  } catch (cause) {
    if (!(cause instanceof InvalidJwt)) throw cause;
    throw new OAuthError('invalid_token', 'the token is expired, malformed, or not made for this.', { cause });
  }
}

async function noCredentials(deps: RpcDeps, wanted: Wanted): Promise<Verified> {
  const headers = { 'WWW-Authenticate': await challengeFor(deps, wanted, new NoCredentials(wanted.scopes)) };
  return { valid: false, error: 'no_credentials', description: 'this needs an access token.', status: 401, headers };
}

async function refuse(deps: RpcDeps, error: OAuthError, wanted: Wanted): Promise<Verified> {
  const { code, description, status } = error;
  if (code !== 'invalid_token' && code !== 'invalid_request' && code !== 'insufficient_scope') {
    return { valid: false, ...unavailable(error) };
  }
  const headers = { 'WWW-Authenticate': await challengeFor(deps, wanted, error) };
  return { valid: false, error: code, description, status, headers };
}

/** Its metadata is served here, whatever origin the resource has: the caller need not pass it on (RFC 9728 §5.1). */
async function challengeFor(
  { config: { issuer }, settings }: RpcDeps,
  { resource }: Wanted,
  thrown: NoCredentials | OAuthError,
): Promise<string> {
  // A challenge without the hint is better than none, should the settings not be readable.
  const shown = await settings().then(
    (known) => known.show_protected_resource_metadata,
    () => false,
  );
  const place = isOurs(resource, issuer) ? resource.slice(issuer.length) : `?resource=${encodeURIComponent(resource)}`;
  const resourceMetadata = shown ? issuer + WELL_KNOWN.protectedResource + place : undefined;
  return writeChallenge(thrown, { schemes: [bearer], realm: issuer, resourceMetadata });
}
