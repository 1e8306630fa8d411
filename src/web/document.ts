/** A document that anybody may read and keep for a while: JSON with Cache-Control and an ETag (RFC 9110 §8.8.3). */
import type { Context } from 'hono';
import { sha256 } from '../crypto/digest.ts';
import { METADATA_MAX_AGE, SECOND } from '../protocol/lifetimes.ts';
import type { Web } from './context.ts';

export type PublicDocument = { body: string; etag: string };

export function writeDocument(content: Record<string, unknown>): PublicDocument {
  const body = JSON.stringify(content, null, 2);
  return { body, etag: `"${sha256(body).slice(0, 22)}"` };
}

/** Makes a thing once for each version of what it is made from: the configuration, or settings held for 30 seconds. */
export function oncePer<Source extends object, T>(make: (source: Source) => T): (source: Source) => T {
  const made = new WeakMap<Source, T>();
  return function known(source) {
    if (!made.has(source)) made.set(source, make(source));
    return made.get(source) as T;
  };
}

export function sendDocument(c: Context<Web>, { body, etag }: PublicDocument) {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': `public, max-age=${METADATA_MAX_AGE / SECOND}`,
    ETag: etag,
  };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) ? c.body(null, 304, headers) : c.body(body, 200, headers);
}
