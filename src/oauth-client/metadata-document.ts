/** Fetching and parsing of metadata documents (RFC 8414 §3.2, RFC 9728 §3.2). */
import { type DocumentDeps, externalDocument } from '../http/outbound/external-document.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import type { DocumentKind } from '../storage/clients/external-documents.ts';

const MAX_METADATA = 64 * 1024;

/** Metadata, and the address it was found at. */
export type DiscoveredServer<T> = { url: string; metadata: T };

/** The required freshness of a document; see external-document.ts. */
export type Freshness = 'fresh' | 'latest' | 'now';

/** Parses a document by a schema. @throws OutboundFailure with the member that is wrong. */
export function parseMetadata<T>(
  schema: {
    safeParse: (json: unknown) => { success: boolean; data?: T; error?: { issues: { path: PropertyKey[] }[] } };
  },
  json: unknown,
): T {
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  const field = error?.issues[0]?.path.join('.');
  throw new OutboundFailure(`the document is not metadata${field ? ` (${field})` : ''}`);
}

/** RFC 8414 §3.2 says application/json; static files are served as these. */
const METADATA_TYPES = /^(application\/(json|[a-z0-9!#$&^_.+-]+\+json|octet-stream)|text\/plain|)$/;

/** Redirects within the same origin. */
const MAX_REDIRECTS = 2;

/** Fetches and parses one metadata document, cached as `freshness` allows. @throws OutboundFailure */
export async function fetchDocument<T>(
  deps: DocumentDeps,
  kind: DocumentKind,
  url: string,
  freshness: Freshness,
  parse: (json: unknown, type: string) => T,
) {
  const { content } = await externalDocument(deps, {
    kind,
    url,
    maxBytes: MAX_METADATA,
    parse,
    freshness,
    types: METADATA_TYPES,
    redirects: MAX_REDIRECTS,
    // These addresses come from an administrator, or from a resource that an administrator configured.
    budget: 'recorded',
  });
  return { url, metadata: content };
}

/** The document of the first address that has one. @throws OutboundFailure with the problem at each address. */
export async function firstDocument<T>(addresses: string[], fetchOne: (url: string) => Promise<T>): Promise<T> {
  const failures: string[] = [];
  for (const url of addresses) {
    try {
      return await fetchOne(url);
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      failures.push(`${url}: ${error.message}`);
    }
  }
  throw new OutboundFailure(`no metadata was found (${failures.join('; ')})`);
}
