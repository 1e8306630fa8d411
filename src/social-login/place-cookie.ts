/** Where somebody was going: kept by the browser while they are at the provider. It may be longer than one cookie. */
import type { Context } from 'hono';
import { FLOW } from '../protocol/lifetimes.ts';
import type { Web } from '../web/context.ts';
import { type CookieName, cookieNames, dropCookie, readCookie, writeCookie } from '../web/cookies.ts';

/** RFC 6265 §6.1: at least 4096 bytes per cookie, its name and attributes included. */
const PIECE = 3500;

/** The sealed place of a request of 6 KB, the longest that /authorize takes, fits. */
const MOST_PIECES = 4;

const nameOf = (state: string, piece: number): CookieName => `place-${piece}-${state.slice(0, 10)}`;

/** One at a time: two long ones are more than servers read. */
export function keepPlace(c: Context<Web>, state: string, sealed: string | undefined): void {
  for (const name of cookieNames(c, 'place-')) dropCookie(c, name);
  const pieces = sealed?.match(new RegExp(`.{1,${PIECE}}`, 'g')) ?? [];
  if (pieces.length > MOST_PIECES) return;
  for (const [at, piece] of pieces.entries()) writeCookie(c, nameOf(state, at), piece, FLOW);
}

/** The sealed place, as it was kept; it is opened, and judged, by whoever goes there. */
export function takePlace(c: Context<Web>, state: string): string | undefined {
  const pieces: string[] = [];
  for (let at = 0; at < MOST_PIECES; at++) {
    const piece = readCookie(c, nameOf(state, at));
    if (piece === undefined) break;
    pieces.push(piece);
    dropCookie(c, nameOf(state, at));
  }
  return pieces.join('') || undefined;
}
