/** The texts of a page in the language of its user, which is loaded once the request and its user are known. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Web } from '../http/context.ts';
import { languageOf } from '../http/preferred-languages.ts';
import { loadTranslation } from '../locales/choose-language.ts';
import { englishTexts, type PageName, type Texts, translatedTexts } from '../locales/index.ts';
import { FALLBACK } from '../locales/languages.ts';
import { translateMessage } from '../locales/message.ts';

/** Texts of page parts: they follow the language of the page and do not set it. */
const PAGE_PARTS: readonly PageName[] = ['fields', 'layout', 'scopes'];

/**
 * Loads the texts of the preferred language, which `textsOf` returns from then on. The console is in English. Called again
 * once the user is known, who may have chosen another one.
 */
export async function chooseLanguage(c: Context<Web>): Promise<void> {
  if (/^\/console(\/|$)/.test(c.req.path)) return;
  const tag = languageOf(c);
  if (c.get('translation')?.tag === tag) return;
  c.set('translation', { tag, texts: tag === FALLBACK ? undefined : await loadTranslation(tag) });
  c.set('language', tag);
}

/** Chooses the language of pages by the request, and again once its user is known. */
export const provideLanguage: MiddlewareHandler<Web> = async function provideLanguage(c, next) {
  if (!c.req.path.startsWith('/api/')) {
    c.set('languageChoice', () => chooseLanguage(c));
    await chooseLanguage(c);
  }
  await next();
};

/** Looks up the texts of a page in the chosen language, and sets the page's `lang`. */
export function textsOf<Page extends PageName>(c: Context<Web>, page: Page): Texts[Page] {
  const { tag, texts } = c.get('translation') ?? { tag: FALLBACK, texts: undefined };
  const isPart = PAGE_PARTS.includes(page);
  // A part of a page that is in English only.
  if (isPart && c.get('language') !== tag) return englishTexts(page, c.get('consoleTexts'));
  const translated = translatedTexts(page, texts);
  if (!isPart) c.set('language', translated ? tag : FALLBACK);
  return translated ?? englishTexts(page, c.get('consoleTexts'));
}

/** The sentence of an error in the language of the page. */
export function messageIn(c: Context<Web>, text: string): string {
  const { tag, texts } = c.get('translation') ?? {};
  return texts && c.get('language') === tag ? translateMessage(texts.messages, text) : text;
}
