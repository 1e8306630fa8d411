/** Admission of requests: a valid token for this resource with the scopes of the operation (RFC 6750, RFC 9068 §4). */
import { InvalidJwt } from '../../../src/crypto/invalid-jwt.ts';
import { IssuedInFuture } from '../../../src/protocol/access-token.ts';
import { isAudienceOf } from '../../../src/protocol/canonical-resource.ts';
import { OAuthError } from '../../../src/protocol/oauth-error.ts';
import type { Principal, TokenVerifier } from './principal.ts';
import type { Scheme } from './scheme.ts';
import { presentedBy } from './schemes.ts';
import { grantedScopes, type ScopeHierarchy, withIncluded } from './scope-hierarchy.ts';

/** Thrown for a request without credentials: the challenge then names no error. */
export class NoCredentials extends Error {
  /** The body of the response for developers: a sentence without an error code (RFC 6750 §3.1). */
  readonly description =
    'This resource needs an access token in the Authorization header; WWW-Authenticate names scheme and metadata.';
  /** RFC 6750 §3.1: no error code. */
  readonly code = undefined;
  readonly status = 401;
  readonly headers: Record<string, string> = {};
  /** The scopes that the operation needs. */
  readonly scope: string;
  constructor(scopes: readonly string[]) {
    super('no credentials');
    this.scope = scopes.join(' ');
  }
}

export type TokenAdmission = {
  schemes: readonly Scheme[];
  verifier: TokenVerifier;
  /** The accepted audiences. */
  audiences: readonly string[];
  /** The scopes that the operation needs. */
  scopes: readonly string[];
  hierarchy?: ScopeHierarchy | undefined;
};

/** @throws NoCredentials, or OAuthError invalid_request, invalid_token or insufficient_scope. */
export async function admitRequest(request: Request, admission: TokenAdmission): Promise<Principal> {
  const { schemes, audiences, scopes, hierarchy = {} } = admission;
  const presented = presentedBy(request, schemes);
  if (!presented) throw new NoCredentials(scopes);
  const proven = await authenticate(presented, request, admission);
  // RFC 9068 §4: The resource server MUST validate that the "aud" claim contains a resource indicator value
  // corresponding to an identifier the resource server expects for itself.
  if (!proven) throw invalidToken(scopes);
  if (!proven.audience.some((resource) => audiences.some((own) => isAudienceOf(own, resource)))) {
    throw invalidToken(scopes, madeForAnother(proven.audience, audiences));
  }
  const principal = { ...proven, scopes: withIncluded(proven.scopes, hierarchy) };
  demandScopes(principal, scopes, () => grantedScopes(proven.scopes, hierarchy));
  return principal;
}

/**
 * Requires every scope of an operation.
 * @param granted the scopes of the token, which the challenge names, too: clients request exactly what a challenge
 * names, and would lose them.
 * @throws OAuthError insufficient_scope
 */
export function demandScopes(
  principal: Pick<Principal, 'scopes'>,
  scopes: readonly string[],
  granted: () => readonly string[] = () => [],
): void {
  if (scopes.every((scope) => principal.scopes.includes(scope))) return;
  // RFC 6750 §3.1: insufficient_scope: 403, and the "scope" attribute with the scope necessary to access it.
  throw new OAuthError('insufficient_scope', 'the token does not have the required scopes.', {
    scope: [...new Set([...scopes, ...granted()])].join(' '),
  });
}

async function authenticate(
  { scheme, credentials }: { scheme: Scheme; credentials: string },
  request: Request,
  { verifier, scopes }: TokenAdmission,
): Promise<Principal | null | undefined> {
  try {
    return await scheme.authenticate(credentials, request, verifier);
  } catch (error) {
    if (error instanceof InvalidJwt) throw invalidToken(scopes, error);
    throw error;
  }
}

const madeForAnother = (audience: readonly string[], expected: readonly string[]) =>
  new InvalidJwt(
    `a token for ${JSON.stringify(audience.join(' '))} was refused: this resource is ${expected.join(' ')}`,
  );

/** The client learns the reason only for clock skew; the log has it always. */
function invalidToken(scopes: readonly string[], cause?: unknown): OAuthError {
  const description =
    cause instanceof IssuedInFuture
      ? `${cause.message}.`
      : 'the token is expired, revoked, malformed, or not for this resource.';
  return new OAuthError('invalid_token', description, { cause, scope: scopes.join(' ') });
}
