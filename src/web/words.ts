/** In which language a page speaks: what the application asked for, else what the browser says of its person. */
import type { Context } from 'hono';
import { chooseWords, LANGUAGES, type PageName, type Words } from '../words/index.ts';
import type { Web } from './context.ts';
import { readCookie, writeCookie } from './cookies.ts';

/** Parts of pages: they follow the page, and do not say what language it is in. */
const PARTS: readonly PageName[] = ['fields', 'layout', 'scopes'];

/** The words of a page; the page's `lang` follows. */
export function wordsOf<Page extends PageName>(c: Context<Web>, page: Page): Words[Page] {
  const { language, words } = chooseWords(page, wantedLanguages(c));
  if (!PARTS.includes(page)) c.set('language', language);
  return words;
}

/**
 * OpenID Connect Core §3.1.2.1: `ui_locales`, the person's preferred languages. It is good for every page on the way
 * to the application, so the browser carries it.
 */
export function rememberLocales(c: Context<Web>, uiLocales: string | undefined): void {
  const tags = (uiLocales ?? '').split(' ').filter((tag) => TAG.test(tag));
  const speaks = tags.some((tag) => Object.hasOwn(LANGUAGES, tag.toLowerCase().split('-')[0] ?? ''));
  // An unsupported locale is no error, and nothing to remember.
  if (speaks) writeCookie(c, 'language', tags.slice(0, 5).join('.'));
}

const TAG = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

function wantedLanguages(c: Context<Web>): string[] {
  const asked = (readCookie(c, 'language') ?? '').split('.').filter((tag) => TAG.test(tag));
  return [...asked, ...acceptedLanguages(c.req.header('accept-language') ?? '')];
}

/** RFC 9110 §12.5.4, the dearest first; what it does not want (`q=0`) is left out. */
export function acceptedLanguages(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .flatMap((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim());
      const q = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
      return TAG.test(tag) && q > 0 ? [{ tag, q }] : [];
    })
    .sort((a, b) => b.q - a.q)
    .map(({ tag }) => tag);
}
