/** The language of a page: `ui_locales` of the authorization request, else `Accept-Language`. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { LANGUAGE_TAG, requestedLocales } from '../http/requested-locales.ts';
import { chooseTexts, type PageName, type Texts } from '../locales/index.ts';

/** Texts of page parts: they follow the language of the page and do not set it. */
const PAGE_PARTS: readonly PageName[] = ['fields', 'layout', 'scopes'];

/** Looks up the texts of a page in the preferred language, and sets the page's `lang`. */
export function textsOf<Page extends PageName>(c: Context<Web>, page: Page): Texts[Page] {
  const { language, texts } = chooseTexts(page, preferredLanguages(c));
  if (!PAGE_PARTS.includes(page)) c.set('language', language);
  return texts;
}

function preferredLanguages(c: Context<Web>): string[] {
  return [...requestedLocales(c), ...acceptedLanguages(c.req.header('accept-language') ?? '')];
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
