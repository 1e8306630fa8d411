/** Who may come in: a token that holds, made for this resource, with every scope of the operation (RFC 6750, RFC 9068 §4). */
import { InvalidJwt } from '../crypto/jwt.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Principal, TokenVerifier } from './principal.ts';
import type { Scheme } from './scheme.ts';
import { presentedBy } from './schemes.ts';
import { type ScopeHierarchy, withIncluded } from './scope-hierarchy.ts';

/** Thrown where a request brings no credentials that are accepted here: the challenge then names no error. */
export class NoCredentials extends Error {
  /** What the operation needs. */
  readonly scope: string;
  constructor(scopes: readonly string[]) {
    super('no credentials');
    this.scope = scopes.join(' ');
  }
}

export type Admission = {
  schemes: readonly Scheme[];
  verifier: TokenVerifier;
  /** The identifiers that this resource answers to. */
  audiences: readonly string[];
  /** All that the operation needs. */
  scopes: readonly string[];
  hierarchy?: ScopeHierarchy | undefined;
};

/** @throws NoCredentials, or OAuthError invalid_request, invalid_token or insufficient_scope. */
export async function admit(request: Request, admission: Admission): Promise<Principal> {
  const { schemes, audiences, scopes, hierarchy = {} } = admission;
  const presented = presentedBy(request, schemes);
  if (!presented) throw new NoCredentials(scopes);
  const proven = await authenticate(presented, request, admission);
  // RFC 9068 §4: The resource server MUST validate that the "aud" claim contains a resource indicator value
  // corresponding to an identifier the resource server expects for itself.
  if (!proven?.audience.some((resource) => audiences.includes(resource))) throw invalidToken(scopes);
  const principal = { ...proven, scopes: withIncluded(proven.scopes, hierarchy) };
  demandScopes(principal, scopes);
  return principal;
}

/** @throws OAuthError insufficient_scope */
export function demandScopes(principal: Pick<Principal, 'scopes'>, scopes: readonly string[]): void {
  if (scopes.every((scope) => principal.scopes.includes(scope))) return;
  // RFC 6750 §3.1: insufficient_scope: 403, and the "scope" attribute with the scope necessary to access it.
  throw new OAuthError('insufficient_scope', 'the token does not have the scopes that this needs.', {
    scope: scopes.join(' '),
  });
}

async function authenticate(
  { scheme, credentials }: { scheme: Scheme; credentials: string },
  request: Request,
  { verifier, scopes }: Admission,
): Promise<Principal | null | undefined> {
  try {
    return await scheme.authenticate(credentials, request, verifier);
  } catch (error) {
    if (error instanceof InvalidJwt) throw invalidToken(scopes, error);
    throw error;
  }
}

/** The caller learns nothing of which it was; the log does. */
function invalidToken(scopes: readonly string[], cause?: unknown): OAuthError {
  const description = 'the token is expired, revoked, malformed, or not made for this.';
  return new OAuthError('invalid_token', description, { cause, scope: scopes.join(' ') });
}
