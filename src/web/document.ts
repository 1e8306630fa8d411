/** A document that anybody may read and keep for a while: JSON with Cache-Control and an ETag (RFC 9110 §8.8.3). */
import type { Context } from 'hono';
import { sha256 } from '../crypto/digest.ts';
import { METADATA_MAX_AGE, SECOND } from '../protocol/lifetimes.ts';
import type { Web } from './context.ts';

export function sendDocument(c: Context<Web>, document: Record<string, unknown>) {
  const body = JSON.stringify(document, null, 2);
  const etag = `"${sha256(body).slice(0, 22)}"`;
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': `public, max-age=${METADATA_MAX_AGE / SECOND}`,
    ETag: etag,
  };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) ? c.body(null, 304, headers) : c.body(body, 200, headers);
}
