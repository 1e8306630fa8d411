/**
 * The RPC interface of the issuer for Workers of the same account. Types only, for `Service<TokenService>` of the
 * calling Worker.
 */
import type { Principal } from './principal.ts';

/** The requirements of the caller's resource on a token. */
export type TokenExpectations = {
  /** The identifier of the caller's resource, which must be in the token's audience (RFC 8707). */
  resource: string;
  /** The scopes that the operation needs, all of them. */
  scopes?: readonly string[];
  /**
   * For sender-constrained tokens (RFC 9449): the `DPoP` header of the request, its method, and its URL as the client
   * knows it.
   */
  proof?: string | null;
  method?: string;
  url?: string;
  /** Instead of the proof, the thumbprint of its key, for a caller that has validated the proof. */
  confirmation?: string;
};

/** The principal of a valid token, with the user's claims that its scopes allow (OpenID Connect Core §5.4). */
export type TokenPrincipal = Principal & {
  claims: { [name: string]: string | boolean | string[] | undefined };
};

/** A refusal, ready to send: `new Response(null, refusal)` has the status and the headers. */
export type TokenRefusal<Code extends string> = {
  error: Code;
  description: string;
  status: number;
  /** `WWW-Authenticate` (RFC 6750 §3), `DPoP-Nonce` (RFC 9449 §9), or `Retry-After`. */
  headers: Record<string, string>;
};

type Unavailable = TokenRefusal<'temporarily_unavailable' | 'server_error'>;

export type VerificationAnswer =
  | { valid: true; principal: TokenPrincipal }
  | ({ valid: false } & (
      | TokenRefusal<
          | 'no_credentials'
          | 'invalid_request'
          | 'invalid_token'
          | 'insufficient_scope'
          | 'invalid_dpop_proof'
          | 'use_dpop_nonce'
        >
      | Unavailable
    ));

/** RFC 7662 §2.2. A failure has `active: false`, so that a caller who ignores it accepts no token. */
export type IntrospectionAnswer =
  | { active: true; client_id: string; sub: string; scope: string | undefined; exp: number; [claim: string]: unknown }
  | { active: false }
  | ({ active: false } & Unavailable);

/** The result of a revocation: `false` for an unknown or expired token. */
export type RevocationAnswer = { revoked: boolean } | ({ revoked: false } & Unavailable);

export interface TokenService extends Rpc.WorkerEntrypointBranded {
  /**
   * Validates a token, or the `Authorization` header that contains it, for this resource and these scopes, including
   * revocation. `null` is a request without credentials.
   * @throws TypeError for an unknown member, a resource that the caller's binding does not allow, or a missing or
   * invalid resource, without which tokens for other resources would be accepted; and for a proof without its method
   * and URL.
   */
  verify(credentials: string | null | undefined, expected: TokenExpectations): Promise<VerificationAnswer>;
  /** Introspects an access or refresh token (RFC 7662) of any client. */
  introspect(token: string): Promise<IntrospectionAnswer>;
  /** Revokes an access token; with a refresh token its whole grant (RFC 7009). */
  revoke(token: string): Promise<RevocationAnswer>;
}
