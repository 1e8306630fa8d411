/** What others publish, as KV keeps it: it may be stale, and the last good version outlives its freshness. */
import { sha256 } from '../crypto/digest.ts';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { Held } from './held.ts';

/** Times are milliseconds. */
export type Kept<T> = { content: T; fetchedAt: number; freshUntil: number };

/** How long a document that its origin no longer serves goes on. */
const OUTLIVES = 7 * DAY;

const held = new Held<Kept<unknown>>(200);

export type Kind = 'authorization-server' | 'client' | 'jwks' | 'protected-resource';

const keyOf = (kind: Kind, url: string) => `${kind}:${sha256(url)}`;

/** The last good version, if KV has one. KV that fails is KV that has none. */
export async function recallDocument<T>(cache: KVNamespace, kind: Kind, url: string, now: number) {
  const key = keyOf(kind, url);
  const known = held.get(key, now) ?? (await cache.get<Kept<unknown>>(key, 'json').catch(() => null));
  if (known) held.set(key, known, now);
  return (known ?? undefined) as Kept<T> | undefined;
}

export async function keepDocument<T>(cache: KVNamespace, kind: Kind, url: string, kept: Kept<T>): Promise<void> {
  const key = keyOf(kind, url);
  held.set(key, kept, kept.fetchedAt);
  const expirationTtl = Math.ceil((kept.freshUntil - kept.fetchedAt + OUTLIVES) / SECOND);
  await cache.put(key, JSON.stringify(kept), { expirationTtl });
}

export type Logo = { bytes: ArrayBuffer; type: string };

const LOGO_TTL = DAY / SECOND;

export async function recallLogo(cache: KVNamespace, url: string): Promise<Logo | undefined> {
  const { value, metadata } = await cache
    .getWithMetadata<{ type: string }>(`logo:${sha256(url)}`, 'arrayBuffer')
    .catch(() => ({ value: null, metadata: null }));
  return value && metadata ? { bytes: value, type: metadata.type } : undefined;
}

export async function keepLogo(cache: KVNamespace, url: string, { bytes, type }: Logo): Promise<void> {
  await cache.put(`logo:${sha256(url)}`, bytes, { expirationTtl: LOGO_TTL, metadata: { type } });
}
