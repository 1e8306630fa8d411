/** Two verifiers of an issuer's tokens: by its published keys alone, and by asking it whether they still hold. */
import * as z from 'zod/mini';
import { decodeClaims, NoSuchKey } from '../crypto/jwt.ts';
import { verifyAccessToken } from '../protocol/access-token.ts';
import { temporarilyUnavailable } from '../protocol/oauth-error.ts';
import { fetchJson } from './fetch-json.ts';
import { publishedBy } from './issuer.ts';
import type { Principal, TokenVerifier } from './principal.ts';
import { principalOf } from './principal-of-token.ts';

/** By the public keys: nobody is asked, so a token holds until it expires. */
export function publishedKeys(issuer: string): TokenVerifier {
  return { verify: (token) => verifyByKeys(token, issuer, Date.now()) };
}

async function verifyByKeys(token: string, issuer: string, now: number): Promise<Principal> {
  const { keys } = await publishedBy(issuer, now);
  try {
    return principalOf(await verifyAccessToken(token, { keys, issuer, now }));
  } catch (error) {
    // A key that is not known may be a new one. Who invents tokens makes us ask no more often than the cool-down.
    if (!(error instanceof NoSuchKey) || decodeClaims(token)?.iss !== issuer) throw error;
  }
  const newer = await publishedBy(issuer, now, 'newer');
  return principalOf(await verifyAccessToken(token, { keys: newer.keys, issuer, now }));
}

export type Introspection = { issuer: string; clientId: string; clientSecret: string };

const Answer = z.object({ active: z.boolean() });

/**
 * Asks the issuer about every token (RFC 7662), as the client that it knows for this resource. What the keys refuse is
 * refused without asking.
 */
export function introspection({ issuer, clientId, clientSecret }: Introspection): TokenVerifier {
  // RFC 6749 §2.3.1: both are form-urlencoded first.
  const authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
  return {
    async verify(token) {
      const now = Date.now();
      const principal = await verifyByKeys(token, issuer, now);
      const { introspectionEndpoint } = await publishedBy(issuer, now);
      if (!introspectionEndpoint) throw temporarilyUnavailable(new Error(`${issuer} has no introspection endpoint`));
      try {
        const body = new URLSearchParams({ token });
        const { content } = await fetchJson(introspectionEndpoint, {
          method: 'POST',
          body,
          headers: { authorization },
        });
        return Answer.parse(content).active ? principal : undefined;
      } catch (cause) {
        throw temporarilyUnavailable(cause);
      }
    },
  };
}
