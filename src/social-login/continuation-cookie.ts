/** The cookies that hold the sealed sign-in continuation while the user is at the provider: it may exceed one cookie. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { type CookieName, cookieNames, deleteCookieByName, readCookie, writeCookie } from '../http/cookies.ts';
import { FLOW_LIFETIME, MINUTE } from '../protocol/lifetimes.ts';

/** RFC 6265 §6.1: at least 4096 bytes per cookie, its name and attributes included. */
const CHUNK_LENGTH = 3500;

/** Enough for the continuation of a request of 6 KB, the longest that /authorize accepts. */
const MAX_CHUNKS = 4;

const nameOf = (state: string, chunk: number): CookieName => `place-${chunk}-${state.slice(0, 10)}`;

/** Writes the continuation and drops any other: two long ones exceed the header size that servers read. */
export function writeContinuation(c: Context<Web>, state: string, sealed: string | undefined): void {
  for (const name of cookieNames(c, 'place-')) deleteCookieByName(c, name);
  const chunks = sealed?.match(new RegExp(`.{1,${CHUNK_LENGTH}}`, 'g')) ?? [];
  if (chunks.length > MAX_CHUNKS) return;
  for (const [at, chunk] of chunks.entries()) writeCookie(c, nameOf(state, at), chunk, FLOW_LIFETIME);
}

/** The sealed continuation, as it was written. */
export const readContinuation = (c: Context<Web>, state: string): string | undefined =>
  chunksOf(c, state).join('') || undefined;

function chunksOf(c: Context<Web>, state: string): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < MAX_CHUNKS; at++) {
    const chunk = readCookie(c, nameOf(state, at));
    if (chunk === undefined) break;
    chunks.push(chunk);
  }
  return chunks;
}

export function dropContinuation(c: Context<Web>, state: string): void {
  for (const at of chunksOf(c, state).keys()) deleteCookieByName(c, nameOf(state, at));
}

/** Keeps the continuation for a minute, for the same answer sent again; a long one is dropped. */
export function shortenContinuation(c: Context<Web>, state: string): void {
  const [only, ...more] = chunksOf(c, state);
  if (more.length > 0) dropContinuation(c, state);
  else if (only !== undefined) writeCookie(c, nameOf(state, 0), only, MINUTE);
}
