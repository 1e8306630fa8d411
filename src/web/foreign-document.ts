/** A JSON document of somebody else, cached as its origin says, within bounds; the last good one when it fails. */
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { type Kept, type Kind, keepDocument, recallDocument } from '../storage/foreign-documents.ts';
import type { Deps } from './context.ts';
import { fetchForeign, JSON_TYPES, type OutboundDeps, OutboundFailure, parseForeignJson } from './outbound.ts';

export type DocumentDeps = OutboundDeps & Pick<Deps, 'cache' | 'moment' | 'later'>;

/** Asked for again, a document is not fetched more often than this: a cool-down. */
const LEAST_FRESH = 30 * SECOND;
const MOST_FRESH = DAY;

export type Wanted<T> = {
  kind: Kind;
  url: string;
  /** Bytes. */
  largest: number;
  /** @throws OutboundFailure for what is not such a document: it is then not cached. */
  parse: (json: unknown) => T;
  /** Whether a version that is still fresh will do; else only one fetched within the cool-down. */
  will: 'fresh' | 'latest';
  /** Whether it is of a server that an administrator recorded: many may need it at once. */
  isRecorded?: boolean | undefined;
};

/**
 * The document, and whether asking again now would bring another.
 * @throws OutboundFailure where there is none, not even an old one.
 */
export async function foreignDocument<T>(
  deps: DocumentDeps,
  wanted: Wanted<T>,
): Promise<{ content: T; isLatest: boolean }> {
  const { now } = deps.moment;
  const kept = await recallDocument<T>(deps.cache, wanted.kind, wanted.url, now);
  const isLatest = kept !== undefined && now - kept.fetchedAt < LEAST_FRESH;
  if (kept && (isLatest || (wanted.will === 'fresh' && now < kept.freshUntil))) {
    return { content: kept.content, isLatest };
  }
  try {
    return { content: await fetchDocument(deps, wanted), isLatest: true };
  } catch (error) {
    if (!(error instanceof OutboundFailure) || !kept) throw error;
    return { content: kept.content, isLatest: true };
  }
}

async function fetchDocument<T>(deps: DocumentDeps, { kind, url, largest, parse, isRecorded }: Wanted<T>): Promise<T> {
  const fetched = await fetchForeign(deps, url, { types: JSON_TYPES, largest, isRecorded });
  const content = parse(parseForeignJson(new URL(url).host, fetched));
  const { now } = deps.moment;
  const freshFor = Math.min(MOST_FRESH, Math.max(LEAST_FRESH, fetched.freshFor));
  const kept: Kept<T> = { content, fetchedAt: now, freshUntil: now + freshFor };
  deps.later(`keep ${kind}`, keepDocument(deps.cache, kind, url, kept));
  return content;
}
