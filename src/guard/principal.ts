/** Whom a request with a token speaks for, and what it may do: what the guard gives to a handler. */

/** RFC 8693 §4.1: who acts on behalf of the subject, and for whom before. */
export type ActingParty = { sub: string; act?: ActingParty | undefined };

export type Principal = {
  /** A client that acts by itself is its own subject (RFC 9068 §2.2). */
  kind: 'person' | 'client';
  /** `sub`: never changes, and is never given to another. */
  subject: string;
  clientId: string;
  /** What was granted, and what that includes by the hierarchy. */
  scopes: string[];
  /** `aud`: the resources that the token was made for. */
  audience: string[];
  /** The authorization that the token came from; none where a client acts by itself. */
  grant?: string | undefined;
  actor?: ActingParty | undefined;
  /** `cnf.jkt`: the thumbprint of the key that the token is bound to (RFC 9449 §6.1); none for a bearer token. */
  confirmation?: string | undefined;
  /** `jti` */
  tokenId: string;
  /** Seconds, as in the token. */
  issuedAt: number;
  expiresAt: number;
};

/**
 * Whoever knows what a token is worth: the issuer's keys, its introspection endpoint, or the issuer itself over a
 * service binding. Undefined (or null) means: nothing. The audience is judged by who asks.
 */
export type TokenVerifier = {
  /** @param confirmation the thumbprint of the key that the sender has shown to hold. It is judged by who asks. */
  verify: (token: string, confirmation?: string) => Promise<Principal | null | undefined>;
};
