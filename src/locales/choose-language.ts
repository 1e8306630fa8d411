/** The choice of a language by preferences, and its texts. */
import type { Translation } from './en/index.ts';
import { isLanguage, LANGUAGE_TAGS, LANGUAGES, type LanguageTag } from './languages.ts';

/** Each language by its tag, in itself. */
export const LANGUAGE_NAMES: Record<string, string> = Object.fromEntries(
  LANGUAGE_TAGS.map((tag) => [tag, LANGUAGES[tag].name]),
);

/**
 * The first preferred language that there is; `fr-CA` finds `fr`, too (RFC 4647 §3.4).
 * @param preferred language tags in order of preference.
 */
export function findLanguage(preferred: readonly (string | null | undefined)[]): LanguageTag | undefined {
  for (const tag of preferred) {
    let name = tag?.toLowerCase() ?? '';
    for (; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('-')))) if (isLanguage(name)) return name;
  }
  return undefined;
}

/** The texts of a language. */
export const loadTranslation = async (tag: LanguageTag): Promise<Translation> => (await LANGUAGES[tag].load()).default;
