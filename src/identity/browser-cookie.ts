/** A cookie that a browser has before it signs in: forms are bound to it, and without it signing in cannot work. */
import type { Context } from 'hono';
import { randomText } from '../crypto/random.ts';
import type { Web } from '../web/context.ts';
import { readCookie, writeCookie } from '../web/cookies.ts';
import { formToken, formTokenMatches } from '../web/csrf.ts';
import type { Parameters } from '../web/parameters.ts';

/** The token for a form of this browser. Several tabs share the cookie, so that all of them work. */
export function browserFormToken(c: Context<Web>): string {
  const known = readCookie(c, 'sign-in');
  const value = known && /^[A-Za-z0-9]{22}$/.test(known) ? known : randomText(22);
  writeCookie(c, 'sign-in', value);
  return formToken(c.get('deps'), value);
}

/** Whether the form came from this browser; `no cookie` where it keeps none. */
export function judgeBrowserForm(c: Context<Web>, form: Parameters): 'ours' | 'foreign' | 'no cookie' {
  const cookie = readCookie(c, 'sign-in');
  if (!cookie) return 'no cookie';
  return formTokenMatches(c.get('deps'), cookie, form) ? 'ours' : 'foreign';
}
