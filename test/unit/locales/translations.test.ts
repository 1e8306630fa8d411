/** Translations beside English: nothing is missing, nothing stayed English, placeholders are the same. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadTranslation } from '../../../src/locales/choose-language.ts';
import en from '../../../src/locales/en/index.ts';
import { MESSAGES } from '../../../src/locales/en/messages.ts';
import { LANGUAGE_TAGS, LANGUAGES } from '../../../src/locales/languages.ts';

/** Texts that are the same word in both languages, by language; every other one is translated. */
const SAME: Record<string, readonly string[]> = {
  de: [
    'account.sections.passkeys.label',
    'account.withRoles',
    'consent.optional',
    'secondFactor.signIn.code',
    'passkeys.renaming.name',
    'passkeys.title',
    'messages.{1}: {2}',
  ],
  fr: [
    'account.sections.applications.label',
    'account.sections.console.label',
    'account.sections.email.label',
    'account.withRoles',
    'error.details.name',
    'layout.menu',
  ],
  es: ['account.withRoles', 'messages.{1}: {2}'],
};

/** Pages for administrators and developers. */
const ENGLISH_ONLY = /^(console|reference$|playground$)/;

type Leaf = { path: string; value: unknown };

const leavesOf = (value: unknown, path: string): Leaf[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`))
    : [{ path, value }];

/** Stands for every kind of parameter: a text, a list of texts, or what makes a link. */
const placeholder = (at: number) => {
  const mark = `«${at}»`;
  const link = (label: string) => `${mark}${label}`;
  const list = { join: () => mark, toString: () => mark, [Symbol.iterator]: () => [mark].values() };
  return Object.assign(link, list);
};

/** The text as it is shown; a function is called with placeholders. */
function shown(value: unknown): string {
  if (Array.isArray(value))
    return value.map((part) => (typeof part === 'function' ? String(part) : shown(part))).join('');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(shown).join('\n');
  if (typeof value !== 'function') return String(value);
  return shown(value(...Array.from({ length: value.length }, (_, at) => placeholder(at))));
}

const placeholdersIn = (text: string) => (text.match(/«\d»|\{\d\}|NaN/g) ?? []).sort();

const english = Object.entries({ ...en, messages: Object.fromEntries(MESSAGES.map((text) => [text, text])) })
  .filter(([page]) => !ENGLISH_ONLY.test(page))
  .flatMap(([page, texts]) => leavesOf(texts, page));

const translations = await Promise.all(
  LANGUAGE_TAGS.filter((tag) => tag !== 'en').map(async (tag) => ({ tag, texts: await loadTranslation(tag) })),
);

describe('languages', () => {
  it('are the folders of src/locales', () => {
    const folders = readdirSync('src/locales', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([...LANGUAGE_TAGS].sort());
  });

  it('have a name in themselves, and a tag that Intl knows', () => {
    for (const tag of LANGUAGE_TAGS) {
      const own = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? '';
      expect(LANGUAGES[tag].name.toLowerCase()).toBe(own.toLowerCase());
    }
  });
});

describe.each(translations)('$tag', ({ tag, texts }) => {
  const leaves = new Map(
    Object.entries(texts)
      .flatMap(([page, inner]) => leavesOf(inner, page))
      .map(({ path, value }) => [path, value]),
  );

  it('has every text of English, and no other', () => {
    expect([...leaves.keys()].sort()).toEqual(english.map(({ path }) => path).sort());
  });

  it('has the placeholders of English in each text', () => {
    const found = english.map(({ path, value }) => [path, placeholdersIn(shown(value))]);
    const expected = english.map(({ path }) => [path, placeholdersIn(shown(leaves.get(path)))]);
    expect(expected).toEqual(found);
  });

  it('has no text that stayed English, but those that are the same word', () => {
    const same = english.filter(({ path, value }) => shown(leaves.get(path)) === shown(value)).map(({ path }) => path);
    expect(same.sort()).toEqual([...(SAME[tag] ?? [])].sort());
  });

  it('has the first letters in the case of English, so that a label stays one', () => {
    const isCapital = (text: string) => /^(«|[“„«¿¡]*\p{Lu})/u.test(text);
    const labels = english.filter(({ path }) => /\.(label|title|submit|action|subject)$/.test(path));
    expect(labels.filter(({ path }) => !isCapital(shown(leaves.get(path)))).map(({ path }) => path)).toEqual([]);
  });

  it('has a subject of one short line for each mail', () => {
    const mails = Object.entries(texts.mail).flatMap(([name, mail]) =>
      typeof mail === 'function' ? [[name, mail] as const] : [[name, mail.mail] as const],
    );
    for (const [name, mail] of mails) {
      const written = (mail as (...parts: string[]) => { subject: string; text: string })('Postern', 'a', 'b', 'c');
      expect([name, written.subject.includes('\n'), written.subject.length < 78]).toEqual([name, false, true]);
      expect([name, written.text.endsWith('\n')]).toEqual([name, true]);
    }
  });
});
