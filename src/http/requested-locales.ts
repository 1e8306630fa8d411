/** `ui_locales` of an authorization request (OpenID Connect Core §3.1.2.1), kept in a cookie for all of its pages. */
import type { Context } from 'hono';
import type { Web } from './context.ts';
import { readCookie, writeCookie } from './cookies.ts';

/** RFC 5646 §2.1, as far as a language is chosen by it. */
export const LANGUAGE_TAG = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

const MAX_LOCALES = 5;

/** Keeps the requested languages; an unsupported one is no error, and is not kept. Texts are loaded for that alone. */
export async function rememberLocales(c: Context<Web>, uiLocales: string | undefined): Promise<void> {
  const tags = (uiLocales ?? '').split(' ').filter((tag) => LANGUAGE_TAG.test(tag));
  if (tags.length === 0) return;
  const { LANGUAGES } = await import('../locales/index.ts');
  const isSupported = tags.some((tag) => Object.hasOwn(LANGUAGES, tag.toLowerCase().split('-')[0] ?? ''));
  if (isSupported) writeCookie(c, 'language', tags.slice(0, MAX_LOCALES).join('.'));
}

/** The requested languages, the preferred one first. */
export const requestedLocales = (c: Context<Web>): string[] =>
  (readCookie(c, 'language') ?? '').split('.').filter((tag) => LANGUAGE_TAG.test(tag));
