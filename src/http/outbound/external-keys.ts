/** Public keys of clients and servers: inline, or by `jwks_uri` (RFC 7517 §5), fetched again for an unknown key. */
import * as z from 'zod/mini';
import { InvalidJwt, NoMatchingKey } from '../../crypto/invalid-jwt.ts';
import type { JWK } from '../../crypto/jwt.ts';
import { type DocumentDeps, externalDocument } from './external-document.ts';
import { type OutboundBudget, OutboundFailure } from './outbound-budget.ts';

const MAX_JWKS_BYTES = 64 * 1024;

/** Lazy: few isolates need it, and it is slow to build. */
const Jwks = z.lazy(() => z.object({ keys: z.array(z.looseObject({ kty: z.string() })).check(z.maxLength(100)) }));

export type KeySource = {
  jwks?: { keys: object[] } | undefined;
  jwks_uri?: string | undefined;
  /** The number of redirects to follow within the same origin. Default: 0. */
  redirects?: number;
};

/**
 * Verifies with published keys; where none matches, the keys may have been rotated, so they are fetched once more (with
 * a cool-down).
 * @throws InvalidJwt without keys, or where they cannot be fetched; and every error of `verify`.
 */
export async function withExternalKeys<T>(
  deps: DocumentDeps,
  { jwks, jwks_uri, redirects }: KeySource,
  budget: OutboundBudget,
  verify: (keys: JWK[]) => Promise<T>,
): Promise<T> {
  if (jwks) return verify(jwks.keys as JWK[]);
  if (!jwks_uri) throw new InvalidJwt('no keys are registered to verify it with');
  const known = await keysAt(deps, jwks_uri, 'fresh', budget, redirects);
  try {
    return await verify(known.keys);
  } catch (error) {
    if (!(error instanceof NoMatchingKey) || known.isLatest) throw error;
  }
  return verify((await keysAt(deps, jwks_uri, 'latest', budget, redirects)).keys);
}

async function keysAt(
  deps: DocumentDeps,
  url: string,
  freshness: 'fresh' | 'latest',
  budget: OutboundBudget,
  redirects: number | undefined,
) {
  try {
    const request = {
      kind: 'jwks',
      url,
      maxBytes: MAX_JWKS_BYTES,
      parse: parseJwks,
      freshness,
      budget,
      redirects,
    } as const;
    const { content, isLatest } = await externalDocument(deps, request);
    return { keys: content, isLatest };
  } catch (cause) {
    if (cause instanceof OutboundFailure) throw new InvalidJwt(`its keys cannot be read: ${cause.message}`, { cause });
    throw cause;
  }
}

function parseJwks(json: unknown): JWK[] {
  const jwks = Jwks.safeParse(json);
  if (!jwks.success) throw new OutboundFailure('the document is not a JWK set');
  return jwks.data.keys as JWK[];
}
