/** The principal of a request with an access token, which the guard passes to a handler. */

/** RFC 8693 §4.1: the actor who acts on behalf of the subject, and prior actors. */
export type ActingParty = { sub: string; act?: ActingParty | undefined };

export type Principal = {
  /** A client that acts on its own behalf is its own subject (RFC 9068 §2.2). */
  kind: 'user' | 'client';
  /** `sub`: never changes, and is never reassigned. */
  subject: string;
  clientId: string;
  /** The granted scopes, and those that they include by the hierarchy. */
  scopes: string[];
  /** `aud`: the resources that the token is for. */
  audience: string[];
  /** The id of the token's grant; none where a client acts on its own behalf. */
  grant?: string | undefined;
  actor?: ActingParty | undefined;
  /** `cnf.jkt`: the thumbprint of the key of a sender-constrained token (RFC 9449 §6.1); none for a bearer token. */
  confirmation?: string | undefined;
  /** `jti` */
  tokenId: string;
  /** Seconds, as in the token. */
  issuedAt: number;
  expiresAt: number;
};

/**
 * A validator of tokens: by the issuer's keys, its introspection endpoint, or the issuer over a service binding.
 * Undefined (or null) is an invalid token. The caller validates the audience.
 */
export type TokenVerifier = {
  /** @param confirmation the thumbprint of the key of the validated proof. The caller compares it. */
  verify: (token: string, confirmation?: string) => Promise<Principal | null | undefined>;
};
