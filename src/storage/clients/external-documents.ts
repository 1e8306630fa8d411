/**
 * Documents of other servers, cached in KV: a copy may be stale, and the last good version is used after it expired.
 */
import { sha256 } from '../../crypto/digest.ts';
import { DAY, SECOND } from '../../protocol/lifetimes.ts';
import { IsolateCache } from '../database/isolate-cache.ts';

/** Times are milliseconds. */
export type CachedDocument<T> = { content: T; fetchedAt: number; freshUntil: number };

/** Time for which a document is used after it expired and its origin does not serve it. */
const STALE_AGE = 7 * DAY;

const documentsCache = new IsolateCache<CachedDocument<unknown>>(200);

export type DocumentKind = 'authorization-server' | 'client' | 'jwks' | 'protected-resource';

const keyOf = (kind: DocumentKind, url: string) => `${kind}:${sha256(url)}`;

/** The last good version from KV; undefined where KV has none or fails. */
export async function readCachedDocument<T>(cache: KVNamespace, kind: DocumentKind, url: string, now: number) {
  const key = keyOf(kind, url);
  const known =
    documentsCache.get(key, now) ?? (await cache.get<CachedDocument<unknown>>(key, 'json').catch(() => null));
  if (known) documentsCache.set(key, known, now);
  return (known ?? undefined) as CachedDocument<T> | undefined;
}

export async function cacheDocument<T>(
  cache: KVNamespace,
  kind: DocumentKind,
  url: string,
  document: CachedDocument<T>,
): Promise<void> {
  const key = keyOf(kind, url);
  documentsCache.set(key, document, document.fetchedAt);
  const expirationTtl = Math.ceil((document.freshUntil - document.fetchedAt + STALE_AGE) / SECOND);
  await cache.put(key, JSON.stringify(document), { expirationTtl });
}

export type Logo = { bytes: ArrayBuffer; type: string };

const LOGO_TTL = DAY / SECOND;

export async function readCachedLogo(cache: KVNamespace, url: string): Promise<Logo | undefined> {
  const { value, metadata } = await cache
    .getWithMetadata<{ type: string }>(`logo:${sha256(url)}`, 'arrayBuffer')
    .catch(() => ({ value: null, metadata: null }));
  return value && metadata ? { bytes: value, type: metadata.type } : undefined;
}

export async function cacheLogo(cache: KVNamespace, url: string, { bytes, type }: Logo): Promise<void> {
  await cache.put(`logo:${sha256(url)}`, bytes, { expirationTtl: LOGO_TTL, metadata: { type } });
}
