/**
 * The texts of pages, by language and page. A language is one folder and one line here; it may be added page by page,
 * since a page without a translation is shown in English. This folder imports no other.
 */
import { en } from './en/index.ts';
import { FALLBACK, type LanguageTag } from './languages.ts';

/** The texts of a language, with the same placeholders for names and links as English. */
export type Texts = typeof en;
export type PageName = keyof Texts;
export type Language = { readonly [Page in PageName]?: Texts[Page] };

/** By language tag (RFC 5646). */
export const LANGUAGES: Record<string, Language> = { en } satisfies Record<LanguageTag, Language>;

export type ChosenTexts<Page extends PageName> = { language: string; texts: Texts[Page] };

/**
 * The texts of a page in the first preferred language that has them. `fr-CA` finds `fr`, too (RFC 4647 §3.4).
 * @param preferred language tags in order of preference.
 */
export function chooseTexts<Page extends PageName>(page: Page, preferred: readonly string[]): ChosenTexts<Page> {
  for (const tag of preferred) {
    for (let name = tag.toLowerCase(); name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('-')))) {
      const texts = Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name]?.[page] : undefined;
      if (texts) return { language: name, texts };
    }
  }
  return { language: FALLBACK, texts: en[page] };
}
