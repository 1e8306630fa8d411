/** The only module that fetches URLs named by clients (SSRF protection). */
import { fetchProblem } from '../../protocol/document-url.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Deps } from '../context.ts';
import { enforceBudget, type GuardDeps, type OutboundBudget, OutboundFailure } from './outbound-budget.ts';
import { limitBytes, readBody } from './response-body.ts';

export type OutboundDeps = Pick<Deps, 'config' | 'rateLimits' | 'site'>;

/** CIMD §6.6: a document larger than 5 kilobytes need not be read. */
export const MAX_SMALL_DOCUMENT_BYTES = 5 * 1024;

export const TIMEOUT = 5 * SECOND;

/** The limits of a request and its response. */
export type OutboundLimits = {
  budget: OutboundBudget;
  /** Bytes of the response. */
  maxBytes: number;
  /** Milliseconds until the response must have begun, and also ended unless it `streams`. */
  timeout: number;
  /** Passes the response on while it arrives. */
  streams?: boolean;
  /** The problem with a response, by status and headers, before its body is read; undefined for none. */
  refuse?: (response: Response) => string | undefined;
};

/** Protocol requests to a server at which this one is a client. */
export const PROTOCOL_LIMITS: OutboundLimits = { budget: 'recorded', maxBytes: 64 * 1024, timeout: TIMEOUT };

export type OutboundRequest = { method?: string; headers?: Record<string, string>; body?: BodyInit };

/**
 * Posts a form; the response body is ignored.
 * @throws OutboundFailure for another status than 200 or 204.
 */
export async function safePost(
  deps: OutboundDeps,
  address: string,
  form: Record<string, string>,
  budget: OutboundBudget,
): Promise<void> {
  const refuse = ({ status }: Response) =>
    status === 200 || status === 204 ? undefined : `answered ${status} instead of 200`;
  const sending = { method: 'POST', body: new URLSearchParams(form) };
  await safeSend(deps, address, sending, { budget, maxBytes: MAX_SMALL_DOCUMENT_BYTES, timeout: TIMEOUT, refuse });
}

/**
 * Sends a request and returns the response of any status; redirects are not followed.
 * @throws OutboundFailure for a forbidden address, a timeout, or a response that is too large.
 */
export async function safeSend(
  deps: GuardDeps,
  address: string,
  sending: OutboundRequest,
  limits: OutboundLimits,
): Promise<Response> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const problem = url ? fetchProblem(url, deps.config.isLoopback) : 'it is not a URL';
  if (!url || problem) throw new OutboundFailure(`${address.slice(0, 200)} cannot be fetched: ${problem}`);
  await enforceBudget(deps, url, limits.budget);
  const { signal, clear } = startTimeout(limits);
  try {
    const answered = fetch(url, { ...sending, redirect: 'manual', signal }).then((response) =>
      checkResponse(response, limits),
    );
    // The timeout covers the body, too: a slow one occupies the request as long as none.
    return await Promise.race([answered, rejectedBy(signal)]);
  } catch (error) {
    if (error instanceof OutboundFailure) throw new OutboundFailure(`${url.host} ${error.message}`);
    throw new OutboundFailure(`${url.host} did not answer within ${limits.timeout / SECOND} seconds`, { cause: error });
  } finally {
    clear();
  }
}

/** Starts the timeout; it ends at the headers of a response that streams. */
function startTimeout({ timeout, streams }: OutboundLimits): { signal: AbortSignal; clear: () => void } {
  if (!streams) return { signal: AbortSignal.timeout(timeout), clear: () => undefined };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

async function checkResponse(response: Response, limits: OutboundLimits): Promise<Response> {
  const problem = limits.refuse?.(response);
  if (problem) {
    await response.body?.cancel();
    throw new OutboundFailure(problem);
  }
  if (limits.streams) return new Response(response.body?.pipeThrough(limitBytes(limits.maxBytes)) ?? null, response);
  const body = await readBody(response, limits.maxBytes);
  // RFC 9110 §6.4.1: these have no content, and the constructor of Response refuses one.
  return new Response([101, 204, 205, 304].includes(response.status) ? null : body, response);
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
