/** The languages of pages by their tags (RFC 5646), first the one that has every page. */
export const LANGUAGE_TAGS = ['en'] as const;

export type LanguageTag = (typeof LANGUAGE_TAGS)[number];

/** The language that has every page. */
export const FALLBACK: LanguageTag = LANGUAGE_TAGS[0];
