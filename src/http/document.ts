/** A public, cacheable document: JSON with Cache-Control and an ETag (RFC 9110 §8.8.3). */
import type { Context } from 'hono';
import { sha256 } from '../crypto/digest.ts';
import { METADATA_MAX_AGE, SECOND } from '../protocol/lifetimes.ts';
import type { Web } from './context.ts';
import { edgeHeaders, hasEdgeCache } from './edge-cache.ts';

export type PublicDocument = { body: string; etag: string };

export function writeDocument(content: Record<string, unknown>): PublicDocument {
  const body = JSON.stringify(content, null, 2);
  return { body, etag: `"${sha256(body).slice(0, 22)}"` };
}

/** Memoizes by source object: the configuration, or the settings that an isolate caches for 30 seconds. */
export function memoizeBySource<Source extends object, T>(make: (source: Source) => T): (source: Source) => T {
  const made = new WeakMap<Source, T>();
  return function known(source) {
    if (!made.has(source)) made.set(source, make(source));
    return made.get(source) as T;
  };
}

/**
 * Sends a document.
 * @param freshFor the longest time in milliseconds that Cloudflare may store it: what it is made from may have changed then.
 */
export function sendDocument(c: Context<Web>, { body, etag }: PublicDocument, freshFor: number = METADATA_MAX_AGE) {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': `public, max-age=${METADATA_MAX_AGE / SECOND}`,
    ETag: etag,
    ...(hasEdgeCache(c.executionCtx) && edgeHeaders(freshFor)),
  };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) ? c.body(null, 304, headers) : c.body(body, 200, headers);
}
