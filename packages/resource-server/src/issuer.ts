/**
 * Metadata and keys of an issuer (RFC 8414 §3, RFC 7517 §5), cached in this isolate: validation of a token waits for
 * no refresh, and uses the last keys for a limited time while the issuer does not respond.
 */
import * as z from 'zod/mini';
import { type JWK, SIGNING_ALGORITHMS, type VerificationKey } from '../../../src/crypto/jwt.ts';
import { WELL_KNOWN } from '../../../src/protocol/endpoints.ts';
import { DAY, MINUTE, SECOND } from '../../../src/protocol/lifetimes.ts';
import { fetchJson } from './fetch-json.ts';
import { issuerUnavailable, resetReported } from './refused.ts';
import { ValidatedTokens } from './validated-tokens.ts';

/** The bounds of the refresh interval that the HTTP headers ask for. */
const LEAST_FRESH = 30 * SECOND;
const MOST_FRESH = DAY;
/** The refresh interval without such headers. */
const FRESH = 5 * MINUTE;

/** The cool-down: the issuer is not called more often, whatever tokens arrive. */
const COOL_DOWN = 30 * SECOND;
/** The cool-down after a failure while nothing is cached: requests in this time fail at once. */
const COLD_COOL_DOWN = 2 * SECOND;

/** The maximum age of keys while the issuer does not respond: a removed key must stop validating tokens. */
export const KEYS_MAX_AGE = DAY;

export type PublishedMetadata = {
  keys: VerificationKey[];
  introspectionEndpoint: string | undefined;
  /** Tokens that these keys have verified: with newer keys each is verified again. */
  validated: ValidatedTokens;
};

type CacheEntry = {
  published: PublishedMetadata | undefined;
  publishedAt: number;
  freshUntil: number;
  askedAt: number;
  /** The last failure. */
  failure?: unknown;
};

// Values, not promises: in a Worker, no request may await a fetch of another one.
const cache = new Map<string, CacheEntry>();

/** Empties the cache, for tests that keep isolates alive. */
export function forgetIssuers(): void {
  cache.clear();
  resetReported();
}

export type MetadataRequest = {
  /** `newer` for a key that is not cached: a refresh within the cool-down, so the same keys may be returned. */
  wish?: 'fresh' | 'newer';
  /** The maximum age of the cached keys, in milliseconds. */
  maxAge: number;
  /** Receives failures that no request notices, since the cached keys are used. */
  onFailure: (cause: unknown) => void;
};

/** @throws OAuthError temporarily_unavailable while the issuer does not respond and no valid cache entry exists. */
export async function publishedBy(issuer: string, now: number, asking: MetadataRequest): Promise<PublishedMetadata> {
  const known = cache.get(issuer) ?? { published: undefined, publishedAt: 0, freshUntil: 0, askedAt: 0 };
  const last = now - known.publishedAt < asking.maxAge ? known.published : undefined;
  if (last) {
    if (asking.wish !== 'newer' && now < known.freshUntil) return last;
    if (now - known.askedAt < COOL_DOWN) return last;
    // Marked before the fetch: other requests use the cached keys.
    cache.set(issuer, { ...known, askedAt: now });
  } else if (known.failure !== undefined && now - known.askedAt < COLD_COOL_DOWN) {
    throw issuerUnavailable(known.failure);
  }
  try {
    const { published, freshFor } = await ask(issuer);
    cache.set(issuer, { published, publishedAt: now, freshUntil: now + freshFor, askedAt: now });
    return published;
  } catch (failure) {
    cache.set(issuer, { ...(cache.get(issuer) ?? known), askedAt: now, failure });
    if (!last) throw issuerUnavailable(failure);
    asking.onFailure(failure);
    return last;
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

async function ask(issuer: string): Promise<{ published: PublishedMetadata; freshFor: number }> {
  const metadata = Metadata.parse((await fetchJson(metadataAddressOf(issuer))).content);
  // RFC 8414 §3.3: the "issuer" value returned MUST be identical to the issuer identifier value into which the
  // well-known URI string was inserted. If these values are not identical, the data MUST NOT be used.
  if (metadata.issuer !== issuer)
    throw new Error(`its metadata has the issuer ${metadata.issuer}, and the option is ${issuer}`);
  const jwks = await fetchJson(metadata.jwks_uri);
  const keys = Jwks.parse(jwks.content).keys.flatMap(verificationKey);
  const freshFor = Math.min(MOST_FRESH, Math.max(LEAST_FRESH, jwks.freshFor ?? FRESH));
  const published = {
    keys,
    introspectionEndpoint: metadata.introspection_endpoint,
    validated: new ValidatedTokens(),
  };
  return { published, freshFor };
}

/** RFC 8414 §3.1: the well-known part is inserted between the host and the path, without a trailing slash. */
function metadataAddressOf(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return origin + WELL_KNOWN.authorizationServer + pathname.replace(/\/$/, '');
}

/** Keys for encryption or of unsupported algorithms are left out. */
function verificationKey(jwk: JWK): VerificationKey[] {
  const { kid, use = 'sig' } = jwk;
  const alg = SIGNING_ALGORITHMS.find((known) => known === jwk.alg);
  return kid !== undefined && alg && use === 'sig' ? [{ kid, alg, publicJwk: jwk }] : [];
}
