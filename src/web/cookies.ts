/** Cookies: `__Host-` and Secure, but for http on loopback, where Safari would drop them. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { SECOND } from '../protocol/lifetimes.ts';
import type { Web } from './context.ts';

export type CookieName = 'session' | 'device' | 'sign-in' | 'language' | `${Numbered}${string}`;

/** What there are several cookies of. */
type Numbered = 'flow-' | 'place-';

const nameOf = (c: Context<Web>, name: CookieName) => (isSecure(c) ? `__Host-${name}` : name);

const isSecure = (c: Context<Web>) => c.get('deps').config.issuer.startsWith('https:');

export function readCookie(c: Context<Web>, name: CookieName): string | undefined {
  return getCookie(c, nameOf(c, name));
}

/** The names of the cookies that begin so, without their prefix. */
export function cookieNames(c: Context<Web>, beginning: Numbered): CookieName[] {
  const full = nameOf(c, beginning);
  const found = Object.keys(getCookie(c)).filter((name) => name.startsWith(full));
  return found.map((name): CookieName => `${beginning}${name.slice(full.length)}`);
}

/** @param lifetime in milliseconds; without one the cookie goes when the browser closes. */
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

export function dropCookie(c: Context<Web>, name: CookieName): void {
  deleteCookie(c, nameOf(c, name), { path: '/', secure: isSecure(c) });
}
