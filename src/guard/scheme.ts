/** A way to present a token (RFC 9110 §11.4). */
import type { Principal, TokenVerifier } from './principal.ts';

export type Scheme = {
  /** As it stands in the Authorization header and in the challenge. */
  name: string;
  /**
   * Whom the credentials speak for; undefined where they are worth nothing.
   * @throws OAuthError invalid_request for what is malformed; InvalidJwt with a reason for the log.
   */
  authenticate: (
    credentials: string,
    request: Request,
    verifier: TokenVerifier,
  ) => Promise<Principal | null | undefined>;
  /** Attributes that only its own challenge has. */
  attributes?: Readonly<Record<string, string>>;
};
