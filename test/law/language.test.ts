/** The language law: standard terms, docstrings that begin with the thing, literals written out, one meaning for a name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOTS = ['src', 'packages/resource-server/src', 'scripts', 'test', 'bench', 'examples'];

const files = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules') && !name.endsWith('.d.ts'))
    .map((name) => join(root, name)),
);

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ at: `${file}:${index + 1}`, text }));

const everyLine = files.flatMap(linesOf);
// This file lists the phrases.
const lines = files.filter((file) => file !== 'test/law/language.test.ts').flatMap(linesOf);

/** @returns the places where the pattern occurs. */
const found = (pattern: RegExp, within = lines) =>
  within.filter(({ text }) => pattern.test(text)).map(({ at, text }) => `${at} ${text.trim()}`);

/** Phrases of STYLE's third column, in names, comments and texts. The named exceptions are terms of specifications. */
const PHRASES: [pattern: RegExp, instead: string][] = [
  // The API of Google that is named so is none of ours.
  [
    /\b(person|people(?!\.googleapis\.com)|persons|somebody|someone|whoever|stranger|strangers)\b/i,
    'user, administrator, client',
  ],
  [/\b(give|gives|gave|given|giving) back\b/i, 'revoke'],
  [/\b(take|takes|took|taken|taking) (it |them |this |that )?away\b/i, 'revoke'],
  [/\bvouch(es|ed)? for\b/i, 'trusted issuer, verified'],
  [/\bproves? itself\b/i, 'authenticates'],
  [/\bis over\b/i, 'has expired, has ended'],
  [/\bits own document\b/i, 'Client ID Metadata Document'],
  [/\bmend(s|ed)?\b/i, 'fix'],
  [/\bby itself\b/i, 'automatically, alone, on its own behalf'],
];

describe('the language of the sources', () => {
  it('comments and docstrings begin with the thing', () => {
    expect(found(/^\s*(\/\*\*|\/\/|\*)\s+(What|Who|Whom|Whose|Whether|How|Where|When|Why|Which)\b/)).toEqual([]);
  });

  it('object and array literals are written out', () => {
    expect(found(/\.\.\.(\{|\(?\[)(?!\s*\.\.\.)/, everyLine)).toEqual([]);
  });

  for (const [pattern, instead] of PHRASES) {
    it(`no ${pattern.source}: ${instead}`, () => {
      expect(found(pattern)).toEqual([]);
    });
  }
});
