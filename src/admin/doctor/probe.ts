/** Requests of a diagnosis: sent once for each user agent, answers read whole. */

import { isJsonObject } from '../../protocol/json-object.ts';
/** Sends a request without following redirects; anything it throws says that nothing answers. */
export type ProbeFetch = (url: string, sending: Sending) => Promise<Response>;

export type Sending = { method: string; headers: Record<string, string>; body?: string };

export type ProbeResponse = {
  /** Method and URL, for the report. */
  request: string;
  url: string;
  status: number;
  headers: Headers;
  body: string;
  /** Milliseconds since the epoch when it arrived. */
  at: number;
};

/** No answer at all. */
export class Unreachable extends Error {}

/** @throws Unreachable */
export type Send = (url: string, sending: Sending) => Promise<ProbeResponse>;

/** Sends GET requests only once; those that may change something each time. */
export function prober(fetch: ProbeFetch, now: () => number): Send {
  const answers = new Map<string, Promise<ProbeResponse>>();
  const send: Send = async (url, sending) => {
    const request = `${sending.method} ${url}`;
    const response = await fetch(url, sending).catch((cause: unknown) => {
      throw new Unreachable(messageOf(cause), { cause });
    });
    const body = await response.text().catch(() => '');
    return { request, url, status: response.status, headers: response.headers, body, at: now() };
  };
  return (url, sending) => {
    if (sending.method !== 'GET') return send(url, sending);
    const key = JSON.stringify([url, sending]);
    const answer = answers.get(key) ?? send(url, sending);
    answers.set(key, answer);
    return answer;
  };
}

/** The sentence of an error's innermost cause, where Node's fetch has it. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [inner] = error instanceof AggregateError ? error.errors : [error.cause];
  return (inner instanceof Error && messageOf(inner)) || error.message;
}

const typeOf = ({ headers }: ProbeResponse) =>
  (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** JSON, or a type built on it (RFC 6839 §3.1). */
export const isJsonType = (answer: ProbeResponse) => /^application\/([\w.+-]+\+)?json$/.test(typeOf(answer));

export const isHtml = (answer: ProbeResponse) =>
  typeOf(answer) === 'text/html' || /^\s*<(!doctype|html)/i.test(answer.body);

export const isRedirect = ({ status }: ProbeResponse) => [301, 302, 303, 307, 308].includes(status);

/** The JSON object of an answer, or undefined. */
export function objectOf({ body }: Pick<ProbeResponse, 'body'>): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The answer in a few words, for the report. */
export function describe(answer: ProbeResponse): string {
  const { request, status, headers } = answer;
  const type = typeOf(answer) || 'no content type';
  const location = isRedirect(answer) ? `, Location: ${headers.get('location') ?? '(none)'}` : '';
  return `${request} answered ${status} (${type}${location})`;
}

/** The `error` of an OAuth error response, with its description. */
export function errorOf(answer: ProbeResponse): string | undefined {
  const answered = objectOf(answer);
  const [error, description] = [answered?.error, answered?.error_description];
  if (typeof error !== 'string') return undefined;
  return typeof description === 'string' ? `${error}: ${description.slice(0, 200)}` : error;
}
