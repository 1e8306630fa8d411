/** Cookies: `__Host-` and Secure, except with http on loopback, where Safari drops such cookies. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { SECOND } from '../protocol/lifetimes.ts';
import type { Web } from './context.ts';

export type CookieName =
  | 'session'
  | 'device'
  | 'sign-in'
  | 'language'
  | 'chosen-language'
  | 'pending-sign-in'
  | 'remembered-browser'
  | 'mail-code'
  | `${CookiePrefix}${string}`;

/** The prefixes of cookies of which a browser may have several. */
type CookiePrefix = 'flow-' | 'place-';

const nameOf = (c: Context<Web>, name: CookieName) => (isSecure(c) ? `__Host-${name}` : name);

const isSecure = (c: Context<Web>) => c.get('deps').config.issuer.startsWith('https:');

export function readCookie(c: Context<Web>, name: CookieName): string | undefined {
  return getCookie(c, nameOf(c, name));
}

/** The names of this browser's cookies with the given beginning, without `__Host-`. */
export function cookieNames(c: Context<Web>, beginning: CookiePrefix): CookieName[] {
  const full = nameOf(c, beginning);
  const found = Object.keys(getCookie(c)).filter((name) => name.startsWith(full));
  return found.map((name): CookieName => `${beginning}${name.slice(full.length)}`);
}

/** Sets a cookie. @param lifetime in milliseconds. Default: until the browser closes. */
export function writeCookie(c: Context<Web>, name: CookieName, value: string, lifetime?: number): void {
  setCookie(c, nameOf(c, name), value, {
    path: '/',
    secure: isSecure(c),
    httpOnly: true,
    sameSite: 'Lax',
    // Browsers and RFC 6265bis keep a cookie for 400 days at most.
    ...(lifetime === undefined ? {} : { maxAge: Math.floor(Math.min(lifetime, 400 * 86_400_000) / SECOND) }),
  });
}

export function deleteCookieByName(c: Context<Web>, name: CookieName): void {
  deleteCookie(c, nameOf(c, name), { path: '/', secure: isSecure(c) });
}
