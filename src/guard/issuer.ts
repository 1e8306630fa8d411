/**
 * What an issuer publishes, found from its address alone (RFC 8414 §3, RFC 7517 §5), and held by this isolate: who
 * verifies a token waits for nobody, and goes on with the last good keys while the issuer does not answer.
 */
import * as z from 'zod/mini';
import { type JWK, SIGNING_ALGORITHMS, type SigningAlgorithm, type VerificationKey } from '../crypto/jwt.ts';
import { WELL_KNOWN } from '../protocol/endpoints.ts';
import { DAY, MINUTE, SECOND } from '../protocol/lifetimes.ts';
import { temporarilyUnavailable } from '../protocol/oauth-error.ts';
import { fetchJson } from './fetch-json.ts';

/** What it published is asked for again after as long as it says, within these bounds. */
const LEAST_FRESH = 30 * SECOND;
const MOST_FRESH = DAY;
/** Where it says nothing. */
const FRESH = 5 * MINUTE;

/** Whatever tokens are thrown at the guard, and however it answers, the issuer is not asked more often than this. */
const COOL_DOWN = 30 * SECOND;
/** Nothing is known of the issuer yet, and it did not answer: requests in this time do not wait for it again. */
const COLD_COOL_DOWN = 2 * SECOND;

export type Published = { keys: VerificationKey[]; introspectionEndpoint: string | undefined };

type Held = { published: Published | undefined; askedAt: number; freshUntil: number };

// By value: in a Worker, no request may wait for what another one fetches.
const held = new Map<string, Held>();

/** For tests that keep isolates alive. */
export function forgetIssuers(): void {
  held.clear();
}

/**
 * @param wish `newer` when the keys at hand do not fit: asked once in a cool-down, so the same may come again.
 * @throws OAuthError temporarily_unavailable while nothing is known of the issuer and it does not answer.
 */
export async function publishedBy(issuer: string, now: number, wish: 'fresh' | 'newer' = 'fresh'): Promise<Published> {
  const known = held.get(issuer);
  const askedAt = known?.askedAt ?? 0;
  if (known?.published) {
    if (wish === 'fresh' && now < known.freshUntil) return known.published;
    if (now - askedAt < COOL_DOWN) return known.published;
  } else if (now - askedAt < COLD_COOL_DOWN) {
    throw temporarilyUnavailable(new Error(`${issuer} did not answer a moment ago`));
  }
  // Marked before anything is waited for: other requests go on with what there is.
  if (known?.published) held.set(issuer, { ...known, askedAt: now });
  try {
    const { published, freshFor } = await ask(issuer);
    held.set(issuer, { published, askedAt: now, freshUntil: now + freshFor });
    return published;
  } catch (cause) {
    const last = held.get(issuer)?.published;
    // Tokens outlive neither their minutes nor their keys: what was good before it fell silent is good until then.
    if (last) return last;
    held.set(issuer, { published: undefined, askedAt: now, freshUntil: 0 });
    throw temporarilyUnavailable(cause);
  }
}

const Metadata = z.object({
  issuer: z.string(),
  jwks_uri: z.string(),
  introspection_endpoint: z.optional(z.string()),
});

const Jwks = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string(), kid: z.optional(z.string()), alg: z.optional(z.string()) }))
    .check(z.maxLength(100)),
});

async function ask(issuer: string): Promise<{ published: Published; freshFor: number }> {
  const metadata = Metadata.parse((await fetchJson(metadataAddressOf(issuer))).content);
  // RFC 8414 §3.3: the "issuer" value returned MUST be identical to the issuer identifier value into which the
  // well-known URI string was inserted. If these values are not identical, the data MUST NOT be used.
  if (metadata.issuer !== issuer) throw new Error(`it calls itself ${metadata.issuer}`);
  const jwks = await fetchJson(metadata.jwks_uri);
  const keys = Jwks.parse(jwks.content).keys.flatMap(verificationKey);
  if (keys.length === 0) throw new Error('it publishes no key to verify tokens with');
  const freshFor = Math.min(MOST_FRESH, Math.max(LEAST_FRESH, jwks.freshFor ?? FRESH));
  return { published: { keys, introspectionEndpoint: metadata.introspection_endpoint }, freshFor };
}

/** RFC 8414 §3.1: the well-known part is inserted between the host and the path, without the slash that ends it. */
function metadataAddressOf(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return origin + WELL_KNOWN.authorizationServer + pathname.replace(/\/$/, '');
}

/** A key of another kind (to encrypt with, or of an algorithm that is not ours) is left out. */
function verificationKey(jwk: JWK): VerificationKey[] {
  const { kid, use = 'sig' } = jwk;
  const alg = SIGNING_ALGORITHMS.find((known) => known === jwk.alg) as SigningAlgorithm | undefined;
  return kid !== undefined && alg && use === 'sig' ? [{ kid, alg, publicJwk: jwk }] : [];
}
