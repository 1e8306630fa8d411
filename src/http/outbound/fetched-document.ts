/** Fetches a document that a client or provider names: media type, size, redirects (CIMD §4). */
import { type OutboundBudget, OutboundFailure } from './outbound-budget.ts';
import { freshness, mediaTypeOf } from './response-body.ts';
import { type OutboundDeps, safeSend, TIMEOUT } from './safe-fetch.ts';

export type FetchedDocument = { body: Uint8Array; type: string; freshFor: number };

export type DocumentLimits = {
  /** The accepted media types. */
  types: RegExp;
  /** Bytes. */
  maxBytes: number;
  budget: OutboundBudget;
  /** The number of redirects to follow within the same origin. Default: 0. */
  redirects?: number | undefined;
};

/** Metadata documents. */
const DOCUMENT = { timeout: TIMEOUT };

/**
 * Fetches a document: status 200, an accepted media type, within size and time. Redirects are followed only within the
 * origin and where `limits` allows them; each address is checked like the first.
 * @throws OutboundFailure
 */
export async function safeFetch(deps: OutboundDeps, address: string, limits: DocumentLimits): Promise<FetchedDocument> {
  const { redirects = 0 } = limits;
  const headers = { Accept: 'application/json, */*;q=0.5' };
  const nextOf = (response: Response) => (redirects > 0 ? redirectWithin(address, response) : undefined);
  const refuse = (response: Response) => (nextOf(response) ? undefined : responseProblem(response, limits.types));
  const response = await safeSend(
    deps,
    address,
    { headers },
    { ...DOCUMENT, budget: limits.budget, maxBytes: limits.maxBytes, refuse },
  );
  const next = nextOf(response);
  if (next) return safeFetch(deps, next, { ...limits, redirects: redirects - 1 });
  const body = new Uint8Array(await response.arrayBuffer());
  return { body, type: mediaTypeOf(response), freshFor: freshness(response.headers) };
}

/** RFC 9110 §15.4: the target of a redirect within the same origin; undefined for any other response. */
function redirectWithin(address: string, { status, headers }: Response): string | undefined {
  const location = headers.get('location') ?? '';
  if (![301, 302, 303, 307, 308].includes(status) || !URL.canParse(location, address)) return undefined;
  const next = new URL(location, address);
  return next.origin === new URL(address).origin ? next.href : undefined;
}

function responseProblem(response: Response, types: RegExp): string | undefined {
  const type = mediaTypeOf(response);
  // CIMD §4: the response MUST be 200; redirects MUST NOT be followed.
  if (response.status !== 200) return `answered ${response.status} instead of 200`;
  return types.test(type)
    ? undefined
    : `sent the content type ${type.slice(0, 60) || 'nothing'}, which is not accepted`;
}

/** The media type of JSON, or one with the suffix `+json` (RFC 6839 §3.1). */
export const JSON_TYPES = /^application\/(json|[a-z0-9!#$&^_.+-]+\+json)$/;

/** @throws OutboundFailure */
export function parseFetchedJson(host: string, { body }: FetchedDocument): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body));
  } catch (cause) {
    throw new OutboundFailure(`${host} sent something that is not JSON`, { cause });
  }
}
