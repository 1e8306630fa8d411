/** A cookie that a browser has before it signs in: forms are bound to it, and without it signing in cannot work. */
import type { Context } from 'hono';
import { randomText } from '../crypto/random.ts';
import type { Web } from '../web/context.ts';
import { readCookie, writeCookie } from '../web/cookies.ts';
import { formToken, formTokenMatches } from '../web/csrf.ts';
import type { Parameters } from '../web/parameters.ts';

const VALUE = /^[A-Za-z0-9]{22}$/;

/** This browser, and a token for each form. Several tabs share the cookie, so that all of them work. */
export function thisBrowser(c: Context<Web>): { id: string; formToken: () => string } {
  const known = knownBrowser(c);
  const id = known && VALUE.test(known) ? known : randomText(22);
  writeCookie(c, 'sign-in', id);
  return { id, formToken: () => formToken(c.get('deps'), id) };
}

/** What the browser sent back, if anything. */
export const knownBrowser = (c: Context<Web>): string | undefined => readCookie(c, 'sign-in');

export const browserFormToken = (c: Context<Web>): string => thisBrowser(c).formToken();

/** Whether the form came from this browser; `no cookie` where it keeps none. */
export function judgeBrowserForm(c: Context<Web>, form: Parameters): 'ours' | 'foreign' | 'no cookie' {
  const cookie = knownBrowser(c);
  if (!cookie) return 'no cookie';
  return formTokenMatches(c.get('deps'), cookie, form) ? 'ours' : 'foreign';
}
