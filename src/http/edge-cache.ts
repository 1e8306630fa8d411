/**
 * The cache in front of the entry point `Documents` (Workers Cache): metadata and keys are answered near the client,
 * without a read of storage. Only that entry point has it, so that no other response can be stored and no other request
 * waits for a look into it. Where there is none, as in local development, the Worker answers directly.
 */
import { SECOND } from '../protocol/lifetimes.ts';

/** The tag of every stored document: one purge removes them all. */
export const DOCUMENTS_TAG = 'documents';

/** The entry point `Documents`, as the Worker calls itself. */
type DocumentsEntry = { fetch: (request: Request) => Promise<Response>; purge: () => Promise<void> };

type CachedContext = { cache?: object; exports?: { Documents?: DocumentsEntry } };

/** @returns the entry point with the cache; undefined where the platform has none. */
export function cachedDocuments(context: object): DocumentsEntry | undefined {
  const { cache, exports } = context as CachedContext;
  return cache && exports?.Documents;
}

/** True in an invocation that the cache may store. */
export const hasEdgeCache = (context: object): boolean => (context as CachedContext).cache !== undefined;

/**
 * The headers that only Cloudflare reads, and removes from the response.
 * @param freshFor the longest time in milliseconds that the document may be stored. After it, it is never served stale.
 */
export function edgeHeaders(freshFor: number): Record<string, string> {
  const seconds = Math.floor(freshFor / SECOND);
  if (seconds < 1) return { 'Cloudflare-CDN-Cache-Control': 'no-store' };
  return {
    'Cloudflare-CDN-Cache-Control': `public, max-age=${seconds}, must-revalidate`,
    'Cache-Tag': DOCUMENTS_TAG,
  };
}
