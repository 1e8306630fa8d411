/**
 * The languages that a request prefers: `ui_locales` of the authorization request (OpenID Connect Core §3.1.2.1), kept in a
 * cookie for all of its pages, and replaced by a choice on one of them; then the user's choice; then the one that was made
 * in this browser; then `Accept-Language`.
 */
import type { Context } from 'hono';
import { findLanguage } from '../locales/choose-language.ts';
import { FALLBACK, type LanguageTag } from '../locales/languages.ts';
import { CHOSEN_LANGUAGE_LIFETIME } from '../protocol/lifetimes.ts';
import type { Web } from './context.ts';
import { deleteCookieByName, readCookie, writeCookie } from './cookies.ts';

/** RFC 5646 §2.1, as far as a language is chosen by it. */
const LANGUAGE_TAG = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

const MAX_LOCALES = 5;

/** Between a language that was chosen on a page and the requested ones that it replaces, in the cookie. */
const INSTEAD_OF = '~';

/** The requested languages as the cookie has them. */
function requestedIn(c: Context<Web>): { first: string[]; replaced: string | undefined } {
  const [first = '', replaced] = (readCookie(c, 'language') ?? '').split(INSTEAD_OF);
  return { first: first.split('.'), replaced };
}

/**
 * Keeps the requested languages; unsupported ones are no error. Those of an earlier request are forgotten. Where another
 * language was chosen on a page of this request, or of one that requested the same, that choice is kept.
 */
export async function rememberLocales(c: Context<Web>, uiLocales: string | undefined): Promise<void> {
  const sent = (uiLocales ?? '').split(' ').filter((tag) => LANGUAGE_TAG.test(tag));
  const tags = findLanguage(sent) === undefined ? [] : sent.slice(0, MAX_LOCALES);
  const { first, replaced } = requestedIn(c);
  if (tags.length > 0 && replaced === tags.join('.')) c.set('uiLocales', first);
  else {
    c.set('uiLocales', tags);
    if (tags.length > 0) writeCookie(c, 'language', tags.join('.'));
    else forgetLocales(c);
  }
  await c.get('languageChoice')?.();
}

/** Keeps the language that was chosen on a page of this browser, also in place of the requested ones of that page. */
export function chooseLanguageHere(c: Context<Web>, language: LanguageTag): void {
  writeCookie(c, 'chosen-language', language, CHOSEN_LANGUAGE_LIFETIME);
  if (readCookie(c, 'language') === undefined) return;
  const { first, replaced = first.join('.') } = requestedIn(c);
  writeCookie(c, 'language', `${language}${INSTEAD_OF}${replaced}`);
}

/** Forgets the requested languages, where there are any. */
export function forgetLocales(c: Context<Web>): void {
  if (readCookie(c, 'language') !== undefined) deleteCookieByName(c, 'language');
}

/** The supported language that the request prefers. */
export const languageOf = (c: Context<Web>): LanguageTag => findLanguage(preferredLanguages(c)) ?? FALLBACK;

/** The language tags of a request in order of preference. */
export function preferredLanguages(c: Context<Web>): string[] {
  const requested = c.get('uiLocales') ?? requestedIn(c).first;
  const chosen = c.get('userLocale') ?? '';
  // The pages of the account belong to no authorization request.
  const first = /^\/account(\/|$)/.test(c.req.path) ? [chosen, ...requested] : [...requested, chosen];
  const here = readCookie(c, 'chosen-language') ?? '';
  return [...first, here, ...acceptedLanguages(c.req.header('accept-language') ?? '')];
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
