/** An authentication scheme of access tokens (RFC 9110 §11.4). */
import type { Principal, TokenVerifier } from './principal.ts';

export type Scheme = {
  /** The name in the Authorization header and in the challenge. */
  name: string;
  /**
   * The principal of the credentials; undefined for invalid ones.
   * @throws OAuthError invalid_request for malformed credentials; InvalidJwt with a reason for the log.
   */
  authenticate: (
    credentials: string,
    request: Request,
    verifier: TokenVerifier,
  ) => Promise<Principal | null | undefined>;
  /** Further attributes of its challenge. */
  attributes?: Readonly<Record<string, string>>;
};
