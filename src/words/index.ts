/**
 * Every sentence of a page, by language and by page. A language is one folder and one line here; it may be added page by
 * page, because a page that it does not have yet is shown in English. This room imports nothing.
 */
import { en } from './en/index.ts';

/** What a language says, with the same places for names and links in it. */
export type Words = typeof en;
export type PageName = keyof Words;
export type Language = { readonly [Page in PageName]?: Words[Page] };

/** By language tag (RFC 5646), the first being the one that has every page. */
export const LANGUAGES: Record<string, Language> = { en };

export const FALLBACK = 'en';

export type Chosen<Page extends PageName> = { language: string; words: Words[Page] };

/**
 * The words of a page in the first language that is wanted and has them. `fr-CA` finds `fr`, too (RFC 4647 §3.4).
 * @param wanted language tags, the dearest first.
 */
export function chooseWords<Page extends PageName>(page: Page, wanted: readonly string[]): Chosen<Page> {
  for (const tag of wanted) {
    for (let name = tag.toLowerCase(); name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('-')))) {
      const words = Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name]?.[page] : undefined;
      if (words) return { language: name, words };
    }
  }
  return { language: FALLBACK, words: en[page] };
}
