/** A JSON document of another server, cached as its headers say, within bounds; used beyond that if a fetch fails. */
import { DAY, SECOND } from '../../protocol/lifetimes.ts';
import {
  type CachedDocument,
  cacheDocument,
  type DocumentKind,
  readCachedDocument,
} from '../../storage/clients/external-documents.ts';
import type { Deps } from '../context.ts';
import { JSON_TYPES, parseFetchedJson, safeFetch } from './fetched-document.ts';
import { type OutboundBudget, OutboundFailure } from './outbound-budget.ts';
import type { OutboundDeps } from './safe-fetch.ts';

export type DocumentDeps = OutboundDeps & Pick<Deps, 'cache' | 'moment' | 'waitUntil'>;

/** The cool-down: a document is not fetched more often. */
const MIN_FRESHNESS = 30 * SECOND;
const MAX_FRESHNESS = DAY;

export type DocumentRequest<T> = {
  kind: DocumentKind;
  url: string;
  /** Bytes. */
  maxBytes: number;
  /** @throws OutboundFailure for an invalid document, which is not cached. */
  parse: (json: unknown, type: string) => T;
  /** The accepted media types. Default: those of JSON. */
  types?: RegExp;
  /** The number of redirects to follow within the same origin. Default: 0. */
  redirects?: number | undefined;
  /**
   * The acceptable age: `fresh` accepts a cached version until it expires, `latest` one fetched within the cool-down,
   * `now` none, for callers with a cool-down of their own.
   */
  freshness: 'fresh' | 'latest' | 'now';
  /** Evaluated only for a fetch. A document that is in the cache belongs to a client or server in use. */
  budget: OutboundBudget | (() => Promise<OutboundBudget>);
};

/**
 * Fetches a document, or reads it from the cache.
 * @returns the content, and `isLatest` where another fetch now would return the same.
 * @throws OutboundFailure where the fetch fails and nothing is cached.
 */
export async function externalDocument<T>(
  deps: DocumentDeps,
  request: DocumentRequest<T>,
): Promise<{ content: T; isLatest: boolean }> {
  const { now } = deps.moment;
  const kept = await readCachedDocument<T>(deps.cache, request.kind, request.url, now);
  const isLatest = kept !== undefined && now - kept.fetchedAt < MIN_FRESHNESS;
  const { freshness } = request;
  const isAcceptable = isLatest ? freshness !== 'now' : freshness === 'fresh' && kept && now < kept.freshUntil;
  if (kept && isAcceptable) return { content: kept.content, isLatest };
  try {
    const requested = typeof request.budget === 'function' ? await request.budget() : request.budget;
    const budget = kept && requested === 'unauthenticated' ? 'client' : requested;
    return { content: await fetchDocument(deps, request, budget), isLatest: true };
  } catch (error) {
    if (!(error instanceof OutboundFailure) || !kept) throw error;
    return { content: kept.content, isLatest: true };
  }
}

async function fetchDocument<T>(
  deps: DocumentDeps,
  { kind, url, maxBytes, parse, types = JSON_TYPES, redirects }: DocumentRequest<T>,
  budget: OutboundBudget,
): Promise<T> {
  const fetched = await safeFetch(deps, url, { types, maxBytes, budget, redirects });
  const content = parse(parseFetchedJson(new URL(url).host, fetched), fetched.type);
  const { now } = deps.moment;
  const freshFor = Math.min(MAX_FRESHNESS, Math.max(MIN_FRESHNESS, fetched.freshFor));
  const kept: CachedDocument<T> = { content, fetchedAt: now, freshUntil: now + freshFor };
  deps.waitUntil(`keep ${kind}`, cacheDocument(deps.cache, kind, url, kept));
  return content;
}
