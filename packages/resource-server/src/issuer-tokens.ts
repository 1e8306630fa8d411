/** Two verifiers of an issuer's tokens: by its published keys, and by introspection (RFC 7662). */
import * as z from 'zod/mini';
import { InvalidJwt, NoMatchingKey } from '../../../src/crypto/invalid-jwt.ts';
import { decodeClaims } from '../../../src/crypto/jwt-decoding.ts';
import { CLOCK_TOLERANCE, verifyAccessToken } from '../../../src/protocol/access-token.ts';
import { SECOND } from '../../../src/protocol/lifetimes.ts';
import { AddressOption, MaxAgeOption, validateOptions } from '../../../src/protocol/valid-options.ts';
import { fetchJson } from './fetch-json.ts';
import { KEYS_MAX_AGE, type MetadataRequest, type PublishedMetadata, publishedBy } from './issuer.ts';
import type { OnRefusal } from './on-refusal.ts';
import type { Principal, TokenVerifier } from './principal.ts';
import { principalOf } from './principal-of-token.ts';
import { failureOf, issuerUnavailable, tell, warn } from './refused.ts';

/** The options of the key cache. */
export type KeyPolicy = { keysMaxAgeSeconds?: number | undefined; onRefusal?: OnRefusal | undefined };

const askingOf = (issuer: string, { keysMaxAgeSeconds, onRefusal = warn }: KeyPolicy): MetadataRequest => ({
  maxAge: keysMaxAgeSeconds === undefined ? KEYS_MAX_AGE : keysMaxAgeSeconds * SECOND,
  onFailure: (cause) => tell(onRefusal, { reason: failureOf(issuer, cause) }),
});

/** Validates tokens by the issuer's public keys, so a revoked token is accepted until it expires. */
export function publishedKeys(issuer: string, policy: KeyPolicy): TokenVerifier {
  const asking = askingOf(issuer, policy);
  return { verify: (token) => verifyByKeys(token, issuer, Date.now(), asking) };
}

async function verifyByKeys(token: string, issuer: string, now: number, asking: MetadataRequest): Promise<Principal> {
  try {
    return await verifyBy(await publishedBy(issuer, now, asking), token, issuer, now);
  } catch (error) {
    if (!(error instanceof InvalidJwt)) throw error;
    const iss = decodeClaims(token)?.iss;
    if (iss !== undefined && iss !== issuer) throw new InvalidJwt(ofAnother(iss, issuer));
    if (!(error instanceof NoMatchingKey) || iss === undefined) throw error;
  }
  // An unknown key may be a new one. The cool-down bounds requests caused by forged tokens.
  return verifyBy(await publishedBy(issuer, now, { ...asking, wish: 'newer' }), token, issuer, now);
}

async function verifyBy(
  { keys, validated }: PublishedMetadata,
  token: string,
  issuer: string,
  now: number,
): Promise<Principal> {
  // Its previous keys are removed, and the next ones are not published yet.
  if (keys.length === 0) throw issuerUnavailable(new Error('it publishes no key to validate tokens with'));
  const claims = await validated.claimsOf(token, { now, tolerance: CLOCK_TOLERANCE }, () =>
    verifyAccessToken(token, { keys, issuer, now, tolerance: CLOCK_TOLERANCE }),
  );
  return principalOf(claims);
}

const ofAnother = (iss: unknown, issuer: string) =>
  `a token of the issuer ${JSON.stringify(iss)} was refused: the issuer of this resource is ${issuer}`;

export type Introspection = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The same as of the guard. */
  keysMaxAgeSeconds?: number;
};

const Options = z.strictObject({
  issuer: AddressOption,
  clientId: z.string().check(z.minLength(1)),
  clientSecret: z.string().check(z.minLength(1)),
  keysMaxAgeSeconds: MaxAgeOption,
});

const Answer = z.object({ active: z.boolean() });

/**
 * Validates every token at the issuer by introspection (RFC 7662), as the client of this resource. A token with an
 * invalid signature is refused without a request.
 * @throws TypeError for invalid options.
 */
export function introspection(options: Introspection): TokenVerifier {
  validateOptions(Options, options, 'introspection');
  const { issuer, clientId, clientSecret } = options;
  const asking = askingOf(issuer, options);
  // RFC 6749 §2.3.1: both are form-urlencoded first.
  const authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
  return {
    async verify(token) {
      const now = Date.now();
      const principal = await verifyByKeys(token, issuer, now, asking);
      const { introspectionEndpoint } = await publishedBy(issuer, now, asking);
      if (!introspectionEndpoint) throw issuerUnavailable(new Error(`${issuer} has no introspection endpoint`));
      try {
        const body = new URLSearchParams({ token });
        const { content } = await fetchJson(introspectionEndpoint, {
          method: 'POST',
          body,
          headers: { authorization },
        });
        return Answer.parse(content).active ? principal : undefined;
      } catch (cause) {
        throw issuerUnavailable(cause);
      }
    },
  };
}
