/** The one module that fetches from an address that a stranger named. */
import { fetchProblem } from '../protocol/document-url.ts';
import { HOUR, SECOND } from '../protocol/lifetimes.ts';
import type { Deps } from './context.ts';

export type OutboundDeps = Pick<Deps, 'config' | 'ceilings' | 'network'>;

export type Fetched = { body: Uint8Array; type: string; freshFor: number };

/** Nothing usable came from there. The message says why, and may be shown to whoever named the address. */
export class OutboundFailure extends Error {}

/** CIMD §6.6: a document larger than 5 kilobytes need not be read. */
export const SMALL_DOCUMENT = 5 * 1024;

const PATIENCE = 5 * SECOND;

export type Limits = {
  /** The media types that are taken. */
  types: RegExp;
  /** Bytes. */
  largest: number;
};

/**
 * Fetches what stands there: 200 only, no redirects, of a type that is taken, within size and time.
 * @throws OutboundFailure
 */
export async function fetchForeign(deps: OutboundDeps, address: string, limits: Limits): Promise<Fetched> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const problem = url ? fetchProblem(url, deps.config.isLoopback) : 'it is not a URL';
  if (!url || problem) throw new OutboundFailure(`${address.slice(0, 200)} cannot be fetched: ${problem}`);
  await keepWithinBudget(deps, url);
  const signal = AbortSignal.timeout(PATIENCE);
  const headers = { Accept: 'application/json, */*;q=0.5' };
  try {
    const fetched = fetch(url, { redirect: 'manual', headers, signal }).then((response) => read(response, limits));
    // The whole answer within that time: a body that drips is as bad as none.
    return await Promise.race([fetched, rejectedBy(signal)]);
  } catch (error) {
    if (error instanceof OutboundFailure) throw new OutboundFailure(`${url.host} ${error.message}`);
    throw new OutboundFailure(`${url.host} did not answer within ${PATIENCE / SECOND} seconds`, { cause: error });
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/**
 * So that nobody makes this server knock at one door all the time, or at all doors at once. What one door or one
 * caller may no longer cost is not taken from what is there for all.
 */
async function keepWithinBudget({ ceilings, network }: OutboundDeps, { origin }: URL): Promise<void> {
  const isOver = async (ceiling: RateLimit, key: string) => !(await ceiling.limit({ key })).success;
  if (await isOver(ceilings.unknownClient, network))
    throw new OutboundFailure('too many addresses were named from your network just now');
  if ((await isOver(ceilings.outboundOrigin, origin)) || (await isOver(ceilings.outbound, 'all'))) {
    throw new OutboundFailure(`${origin} was asked too often just now`);
  }
}

async function read(response: Response, { types, largest }: Limits): Promise<Fetched> {
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  // CIMD §4: the response MUST be 200; redirects MUST NOT be followed.
  const problem =
    response.status !== 200
      ? `answered ${response.status} instead of 200`
      : types.test(type)
        ? undefined
        : `sent the content type ${type.slice(0, 60) || 'nothing'}, which is not taken here`;
  if (problem) {
    await response.body?.cancel();
    throw new OutboundFailure(problem);
  }
  return { body: await readBody(response, largest), type, freshFor: freshness(response.headers) };
}

async function readBody(response: Response, largest: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > largest) throw new OutboundFailure(`sent more than ${largest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** RFC 9111 §4.2: how long the answer may be used, in milliseconds; an hour where it does not say. */
function freshness(headers: Headers): number {
  const control = (headers.get('cache-control') ?? '').toLowerCase();
  if (/\bno-store\b|\bno-cache\b/.test(control)) return 0;
  const maxAge = /\bs-maxage=(\d{1,9})/.exec(control)?.[1] ?? /\bmax-age=(\d{1,9})/.exec(control)?.[1];
  const age = Number(headers.get('age') ?? 0) || 0;
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - age) * SECOND;
  const expires = Date.parse(headers.get('expires') ?? '');
  const date = Date.parse(headers.get('date') ?? '') || Date.now();
  return Number.isNaN(expires) ? HOUR : Math.max(0, expires - date);
}

/** JSON, or a type built on it (RFC 6839 §3.1). */
export const JSON_TYPES = /^application\/(json|[a-z0-9!#$&^_.+-]+\+json)$/;

/** @throws OutboundFailure */
export function parseForeignJson(host: string, { body }: Fetched): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body));
  } catch (cause) {
    throw new OutboundFailure(`${host} sent something that is not JSON`, { cause });
  }
}
