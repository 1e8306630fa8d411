/** Days as users read them: in their language, in UTC. */

/** Such as "29 Nov 2026" in the order of the language. */
export const formatDay = (day: Date, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(day);
