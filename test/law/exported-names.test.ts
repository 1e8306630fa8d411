/** The law of names: an exported name stands in one file, so that it has one meaning. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOTS = ['src', 'packages/resource-server/src', 'scripts'];

/** Names that several files export, each with the reason. */
const EXCEPTIONS: Record<string, string> = {
  main: 'the entry of each command of scripts/, which scripts/run.mjs calls',
};

const DECLARATION =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|type|interface|enum) (\w+)/gm;
const DESTRUCTURED = /^export const [{[]([^}\]]*)[}\]] =/gm;
/** `export { one, two as three }` of names in the same file; with `from` it exports the same thing again. */
const LIST = /^export (?:type )?\{([^}]*)\}(?!\s*from)/gm;
const IMPORT = /^import (?:type )?[^;]*?\{([^}]*)\}[^;]*?from/gm;

const listedIn = (source: string, pattern: RegExp) =>
  [...source.matchAll(pattern)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace('type ', '').trim()),
  );

/** A source without comments and template literals: a program in a text exports nothing here. */
const codeOf = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').replaceAll(/`(?:\\.|[^`\\])*`/gs, '``');

/** @returns the names that a source declares and exports, as importers see them. */
function exportedNames(text: string): Set<string> {
  const source = codeOf(text);
  const declared = [...source.matchAll(DECLARATION)].map(([, name = '']) => name);
  const destructured = listedIn(source, DESTRUCTURED).map((name) =>
    name.replace(/^.*:/, '').replace(/=.*$/, '').trim(),
  );
  const imported = listedIn(source, IMPORT);
  const listed = listedIn(source, LIST).filter((name) => !imported.includes(name));
  const names = [...declared, ...destructured, ...listed.map((name) => name.replace(/^.* as /, ''))];
  return new Set(names.filter((name) => name !== ''));
}

function filesByName(): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const root of ROOTS) {
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(tsx?|mjs)$/.test(name) || name.includes('node_modules') || name.endsWith('.d.ts')) continue;
      const file = join(root, name);
      for (const exported of exportedNames(readFileSync(file, 'utf8'))) {
        byName.set(exported, [...(byName.get(exported) ?? []), file]);
      }
    }
  }
  return byName;
}

const shared = [...filesByName()].filter(([, files]) => files.length > 1);

describe('exported names', () => {
  it('are read from declarations, patterns and lists', () => {
    const source = [
      'export const one = 1;',
      'export async function two() {}',
      'export type Three = string;',
      'const text = `',
      'export const inAText = 1;',
      '`;',
      'export const { four, five: six } = x;',
      'export { seven, type Eight, nine as ten };',
      "export { eleven } from './x.ts';",
      "import { type Thirteen } from './y.ts';",
      'export { type Thirteen };',
      'const twelve = 12;',
    ];
    expect([...exportedNames(source.join('\n'))]).toEqual([
      'one',
      'two',
      'Three',
      'four',
      'six',
      'seven',
      'Eight',
      'ten',
    ]);
  });

  it('stand in one file each', () => {
    expect(shared.filter(([name]) => !Object.hasOwn(EXCEPTIONS, name))).toEqual([]);
  });

  it('have no exception that is needed no longer', () => {
    expect(Object.keys(EXCEPTIONS).filter((name) => !shared.some(([each]) => each === name))).toEqual([]);
  });
});
