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
  /** Whether an administrator recorded the server that it belongs to. */
  isRecorded?: boolean | undefined;
};

/** What may be asked, and how much of the answer is read. */
export type Use = {
  /** Whose addresses they are: a stranger's, or those that an administrator recorded, which are asked all day. */
  budget: 'stranger' | 'recorded';
  /** Bytes of the answer. */
  largest: number;
  /** Milliseconds until the answer must have begun; it must have ended, too, unless it `streams`. */
  patience: number;
  /** Whether the answer is handed on while it arrives. */
  streams?: boolean;
  /** What is wrong with an answer, before its body is read. */
  refuse?: (response: Response) => string | undefined;
};

/** A document that describes something. */
const DOCUMENT = { budget: 'stranger', patience: PATIENCE } as const;

/** A request of the protocol to a server at which this one is a client. */
export const PROTOCOL: Use = { budget: 'recorded', largest: 64 * 1024, patience: PATIENCE };

export type Sending = { method?: string; headers?: Record<string, string>; body?: BodyInit };

/**
 * Fetches what stands there: 200 only, no redirects, of a type that is taken, within size and time.
 * @throws OutboundFailure
 */
export async function fetchForeign(deps: OutboundDeps, address: string, limits: Limits): Promise<Fetched> {
  const headers = { Accept: 'application/json, */*;q=0.5' };
  const refuse = (response: Response) => problemOf(response, limits.types);
  const budget = limits.isRecorded ? 'recorded' : 'stranger';
  const response = await sendForeign(
    deps,
    address,
    { headers },
    { ...DOCUMENT, budget, largest: limits.largest, refuse },
  );
  const body = new Uint8Array(await response.arrayBuffer());
  return { body, type: typeOf(response), freshFor: freshness(response.headers) };
}

/**
 * Sends a form there. What comes back is not used.
 * @throws OutboundFailure where the answer is not 200 or 204.
 */
export async function postForeign(
  deps: OutboundDeps,
  address: string,
  form: Record<string, string>,
  budget: Use['budget'],
): Promise<void> {
  const refuse = ({ status }: Response) =>
    status === 200 || status === 204 ? undefined : `answered ${status} instead of 200`;
  const sending = { method: 'POST', body: new URLSearchParams(form) };
  await sendForeign(deps, address, sending, { budget, largest: SMALL_DOCUMENT, patience: PATIENCE, refuse });
}

const typeOf = (response: Response) =>
  (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function problemOf(response: Response, types: RegExp): string | undefined {
  const type = typeOf(response);
  // CIMD §4: the response MUST be 200; redirects MUST NOT be followed.
  if (response.status !== 200) return `answered ${response.status} instead of 200`;
  return types.test(type)
    ? undefined
    : `sent the content type ${type.slice(0, 60) || 'nothing'}, which is not taken here`;
}

/**
 * Sends a request, whatever is answered; redirects are not followed.
 * @throws OutboundFailure where the address may not be asked, nothing answers in time, or too much is answered.
 */
export async function sendForeign(deps: OutboundDeps, address: string, sending: Sending, use: Use): Promise<Response> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const problem = url ? fetchProblem(url, deps.config.isLoopback) : 'it is not a URL';
  if (!url || problem) throw new OutboundFailure(`${address.slice(0, 200)} cannot be fetched: ${problem}`);
  await keepWithinBudget(deps, url, use.budget);
  const { signal, over } = patienceOf(use);
  try {
    const answered = fetch(url, { ...sending, redirect: 'manual', signal }).then((response) => take(response, use));
    // The whole answer within that time: a body that drips is as bad as none.
    return await Promise.race([answered, rejectedBy(signal)]);
  } catch (error) {
    if (error instanceof OutboundFailure) throw new OutboundFailure(`${url.host} ${error.message}`);
    throw new OutboundFailure(`${url.host} did not answer within ${use.patience / SECOND} seconds`, { cause: error });
  } finally {
    over();
  }
}

/** An answer that streams must only have begun in time. */
function patienceOf({ patience, streams }: Use): { signal: AbortSignal; over: () => void } {
  if (!streams) return { signal: AbortSignal.timeout(patience), over: () => undefined };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), patience);
  return { signal: controller.signal, over: () => clearTimeout(timer) };
}

async function take(response: Response, use: Use): Promise<Response> {
  const problem = use.refuse?.(response);
  if (problem) {
    await response.body?.cancel();
    throw new OutboundFailure(problem);
  }
  if (use.streams) return new Response(response.body?.pipeThrough(atMost(use.largest)) ?? null, response);
  const body = await readBody(response, use.largest);
  // RFC 9110 §6.4.1: these have no content, and Response takes none for them.
  return new Response([101, 204, 205, 304].includes(response.status) ? null : body, response);
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/**
 * So that nobody makes this server knock at one door all the time, or at all doors at once. What one door or one
 * caller may no longer cost is not taken from what is there for all.
 */
async function keepWithinBudget(
  { ceilings, network }: OutboundDeps,
  { origin }: URL,
  budget: Use['budget'],
): Promise<void> {
  const isOver = async (ceiling: RateLimit, key: string) => !(await ceiling.limit({ key })).success;
  const tooOften = () => new OutboundFailure(`${origin} was asked too often just now`);
  if (budget === 'recorded') {
    if (await isOver(ceilings.outboundRecorded, origin)) throw tooOften();
    return;
  }
  if (await isOver(ceilings.unknownClient, network))
    throw new OutboundFailure('too many addresses were named from your network just now');
  if ((await isOver(ceilings.outboundOrigin, origin)) || (await isOver(ceilings.outbound, 'all'))) throw tooOften();
}

/** Cuts off what is longer. */
function atMost(largest: number): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > largest) controller.error(new OutboundFailure(`sent more than ${largest} bytes`));
      else controller.enqueue(chunk);
    },
  });
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
