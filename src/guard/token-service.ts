/**
 * What Workers of the same account may ask over RPC, and what they are told. Types only, for `Service<TokenService>` of
 * the calling Worker.
 */
import type { Principal } from './principal.ts';

/** What the caller's resource wants of a token. */
export type Expected = {
  /** The caller's own identifier: a token must have been made for it (RFC 8707). */
  resource: string;
  /** Every scope that the operation needs. */
  scopes?: readonly string[];
  /**
   * For tokens that are bound to a key (RFC 9449): the `DPoP` header of the request, its method, and its address as the
   * client knows it.
   */
  proof?: string | null;
  method?: string;
  url?: string;
  /** The same for a caller that has judged the proof by itself: the thumbprint of its key. */
  confirmation?: string;
};

/** Whom a token speaks for, and what the scopes open of the person (OpenID Connect Core §5.4). */
export type TokenPrincipal = Principal & {
  claims: { [name: string]: string | boolean | string[] | undefined };
};

/** Why not, ready to be sent: `new Response(null, refusal)` has the status and the headers. */
export type Refusal<Code extends string> = {
  error: Code;
  description: string;
  status: number;
  /** `WWW-Authenticate` (RFC 6750 §3), `DPoP-Nonce` (RFC 9449 §9), or `Retry-After`. */
  headers: Record<string, string>;
};

type Unavailable = Refusal<'temporarily_unavailable' | 'server_error'>;

export type Verified =
  | { valid: true; principal: TokenPrincipal }
  | ({ valid: false } & (
      | Refusal<
          | 'no_credentials'
          | 'invalid_request'
          | 'invalid_token'
          | 'insufficient_scope'
          | 'invalid_dpop_proof'
          | 'use_dpop_nonce'
        >
      | Unavailable
    ));

/** RFC 7662 §2.2. A failure is not active, so that who forgets to look at it lets nobody in. */
export type Introspected =
  | { active: true; client_id: string; sub: string; scope: string | undefined; exp: number; [claim: string]: unknown }
  | { active: false }
  | ({ active: false } & Unavailable);

/** Whether there was something to end: `false` for what this server did not make, or what has expired. */
export type Revoked = { revoked: boolean } | ({ revoked: false } & Unavailable);

export interface TokenService extends Rpc.WorkerEntrypointBranded {
  /**
   * Whether a token, or the `Authorization` header that brought it, holds at this very moment, for this resource and
   * these scopes. `null` is a request without credentials.
   * @throws TypeError for a resource that is missing or none: a caller without one would take tokens made for others;
   * and for a proof without the method and address that it must be for.
   */
  verify(credentials: string | null | undefined, expected: Expected): Promise<Verified>;
  /** Everything about an access or refresh token (RFC 7662), whoever it was made for. */
  introspect(token: string): Promise<Introspected>;
  /** Ends an access token; with a refresh token its whole grant (RFC 7009). */
  revoke(token: string): Promise<Revoked>;
}
