/** The texts of pages and mails, by page. Pages for administrators and developers are in English only. This folder imports no other. */
import { en, type Texts, type TranslatedPage, type Translation } from './en/index.ts';

export type { Texts, TranslatedPage, Translation };
export type PageName = keyof Texts;

/** The texts of a page in a language; undefined where it has no translation. */
export function translatedTexts<Page extends PageName>(
  page: Page,
  translation: Partial<Texts> | undefined,
): Texts[Page] | undefined {
  return translation?.[page];
}

/**
 * The texts of a page in English.
 * @param more those of the console, where they are loaded.
 */
export function englishTexts<Page extends PageName>(page: Page, more: Partial<Texts> | undefined): Texts[Page] {
  const english: Partial<Texts> = en;
  const texts = english[page] ?? more?.[page];
  if (!texts) throw new TypeError(`the texts of ${page} are loaded by the app of the console alone`);
  return texts;
}
