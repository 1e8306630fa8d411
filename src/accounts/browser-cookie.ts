/** The cookie of a browser before sign-in, to which CSRF tokens of forms are bound. */
import type { Context } from 'hono';
import { randomText } from '../crypto/random.ts';
import type { Web } from '../http/context.ts';
import { readCookie, writeCookie } from '../http/cookies.ts';
import { formToken, formTokenMatches } from '../http/csrf.ts';
import type { Parameters } from '../http/parameters.ts';

const COOKIE_VALUE = /^[A-Za-z0-9]{22}$/;

/** The cookie's value, and a generator of form tokens. Tabs share the cookie, so that forms work in all of them. */
export function ensureBrowserCookie(c: Context<Web>): { id: string; formToken: () => string } {
  const known = readBrowserCookie(c);
  const id = known && COOKIE_VALUE.test(known) ? known : randomText(22);
  writeCookie(c, 'sign-in', id);
  return { id, formToken: () => formToken(c.get('deps'), id) };
}

/** The value that the browser sent, if any. */
export const readBrowserCookie = (c: Context<Web>): string | undefined => readCookie(c, 'sign-in');

export const browserFormToken = (c: Context<Web>): string => ensureBrowserCookie(c).formToken();

/** Checks the token of a form; `no cookie` for a browser that stores none. */
export function checkBrowserForm(c: Context<Web>, form: Parameters): 'ours' | 'foreign' | 'no cookie' {
  const cookie = readBrowserCookie(c);
  if (!cookie) return 'no cookie';
  return formTokenMatches(c.get('deps'), cookie, form) ? 'ours' : 'foreign';
}
