/** The languages of pages and mails by their tags (RFC 5646). Texts are loaded when a page or mail first needs them. */
import type { Translation } from './en/index.ts';

type Language = {
  /** Its name in itself. */
  name: string;
  load: () => Promise<{ default: Translation }>;
};

/** The default language first. A language is one folder and one line here. */
export const LANGUAGES = {
  en: { name: 'English', load: () => import('./en/index.ts') },
  de: { name: 'Deutsch', load: () => import('./de/index.ts') },
  fr: { name: 'Français', load: () => import('./fr/index.ts') },
  es: { name: 'Español', load: () => import('./es/index.ts') },
} satisfies Record<string, Language>;

export type LanguageTag = keyof typeof LANGUAGES;

export const isLanguage = (name: string): name is LanguageTag => Object.hasOwn(LANGUAGES, name);

export const LANGUAGE_TAGS = Object.keys(LANGUAGES).filter(isLanguage);

/** The language of a request that prefers none of them. */
export const FALLBACK: LanguageTag = 'en';
