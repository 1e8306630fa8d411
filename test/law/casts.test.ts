/** The law of casts: values are parsed into their types, and few are asserted to be of one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOTS = ['src', 'packages/resource-server/src'];

/** Casts for each 1,000 lines, `as const` left out. */
const MOST = 3;

/** Files with casts of ids, each with the reason. */
const ID_CASTS: Record<string, string> = {
  'src/protected-resources/own-tokens.ts': 'claims of a token whose signature is of this server',
  'src/protocol/access-token.ts': 'the type of the claims of such a token',
  'src/storage/grants/cutoff-delivery.ts': 'a part of the subject of a stored cutoff',
  'src/storage/grants/narrow-grants.ts': 'a part of the subject of a stored cutoff',
  'src/storage/providers/connections.ts': 'compared with the ids of users; that of an app is empty',
};

const IMPORTS = /^(import|export) (type )?(\{[^}]*\}|\*[^;]*?)( from [^;]*)?;/gm;
const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const STRINGS = /'(?:[^'\\\n]|\\.)*'/g;
/** Text of templates; what stands in `${}` is code. */
const TEMPLATE_TEXT = /(`|\})[^`${}]*(?=`|\$\{)/g;
/** `[Name in keyof T as …]` renames the keys of a mapped type. */
const KEY_REMAPPING = /\bin keyof \w+ as\b/g;
const CAST = /\bas (?!const\b)[\w({[]/g;

const codeOf = (source: string): string =>
  [IMPORTS, COMMENTS, STRINGS, TEMPLATE_TEXT, KEY_REMAPPING].reduce(
    (rest, pattern) => rest.replaceAll(pattern, ''),
    source,
  );

/** @returns the casts of a source; `as unknown as T` is two. */
const castsIn = (source: string): number => codeOf(source).match(CAST)?.length ?? 0;

const files = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules') && !name.endsWith('.d.ts'))
    .map((name) => ({ file: join(root, name), source: readFileSync(join(root, name), 'utf8') })),
);

describe('casts', () => {
  it('are counted in code: not in comments, texts and imports', () => {
    const source = [
      "import { one as two } from './x.ts';",
      'export { two as three };',
      '/** As far as known. */',
      "const a = 'as text';",
      `const b = \`as \${c as D} as text\`;`,
      'const e = [1] as const;',
      'const f = g as unknown as H;',
    ];
    expect(castsIn(source.join('\n'))).toBe(3);
  });

  it(`are at most ${MOST} in 1,000 lines`, () => {
    const lines = files.reduce((sum, { source }) => sum + source.split('\n').length, 0);
    const casts = files.reduce((sum, { source }) => sum + castsIn(source), 0);
    expect((casts / lines) * 1000).toBeLessThanOrEqual(MOST);
  });

  it('of ids stand only where the value is an id already: a text from outside is parsed', () => {
    const cast = /\bas (unknown as [\w.]*<)?\w+Id\b/;
    const found = files.filter(({ source }) => cast.test(codeOf(source))).map(({ file }) => file);
    expect(found.filter((file) => !Object.hasOwn(ID_CASTS, file))).toEqual([]);
    expect(Object.keys(ID_CASTS).filter((file) => !found.includes(file))).toEqual([]);
  });
});
