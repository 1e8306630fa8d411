/**
 * The languages that a request prefers: `ui_locales` of the authorization request (OpenID Connect Core §3.1.2.1), kept in a
 * cookie for all of its pages; then the user's choice; then `Accept-Language`.
 */
import type { Context } from 'hono';
import { findLanguage } from '../locales/choose-language.ts';
import { FALLBACK, type LanguageTag } from '../locales/languages.ts';
import type { Web } from './context.ts';
import { deleteCookieByName, readCookie, writeCookie } from './cookies.ts';

/** RFC 5646 §2.1, as far as a language is chosen by it. */
const LANGUAGE_TAG = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

const MAX_LOCALES = 5;

/** Keeps the requested languages; unsupported ones are no error. Those of an earlier request are forgotten. */
export async function rememberLocales(c: Context<Web>, uiLocales: string | undefined): Promise<void> {
  const tags = (uiLocales ?? '').split(' ').filter((tag) => LANGUAGE_TAG.test(tag));
  const isSupported = findLanguage(tags) !== undefined;
  c.set('uiLocales', isSupported ? tags : []);
  if (isSupported) writeCookie(c, 'language', tags.slice(0, MAX_LOCALES).join('.'));
  else forgetLocales(c);
  await c.get('languageChoice')?.();
}

/** Forgets the requested languages, where there are any. */
export function forgetLocales(c: Context<Web>): void {
  if (readCookie(c, 'language') !== undefined) deleteCookieByName(c, 'language');
}

/** The supported language that the request prefers. */
export const languageOf = (c: Context<Web>): LanguageTag => findLanguage(preferredLanguages(c)) ?? FALLBACK;

/** The language tags of a request in order of preference. */
export function preferredLanguages(c: Context<Web>): string[] {
  const requested = c.get('uiLocales') ?? (readCookie(c, 'language') ?? '').split('.');
  const chosen = c.get('userLocale') ?? '';
  // The pages of the account belong to no authorization request.
  const first = /^\/account(\/|$)/.test(c.req.path) ? [chosen, ...requested] : [...requested, chosen];
  return [...first, ...acceptedLanguages(c.req.header('accept-language') ?? '')];
}

/** RFC 9110 §12.5.4: language tags by descending quality; `q=0` is left out. */
export function acceptedLanguages(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .flatMap((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim());
      const q = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
      return LANGUAGE_TAG.test(tag) && q > 0 ? [{ tag, q }] : [];
    })
    .sort((a, b) => b.q - a.q)
    .map(({ tag }) => tag);
}
