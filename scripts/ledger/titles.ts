/** Reads the titles of tests from their sources: each with those of the groups that it stands in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Title = { file: string; groups: string[]; title: string };

/** The beginning of a group or a test; what a table of cases stands for comes before the title. */
const BEGINNING = /^( *)(describe|it)(?:\.\w+)*\(/;
/** The end of a block, which ends each group that began there or further in. */
const CLOSING = /^( *)\}/;
const TEXT = /^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/;

/** Every test below these folders, in the order of files and lines. */
export function readTitles(folders: readonly string[]): Title[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.test\.tsx?$/.test(name))
      .sort()
      .flatMap((name) => titlesIn(join(folder, name), readFileSync(join(folder, name), 'utf8'))),
  );
}

/** The formatter indents what stands in a group, so the indentation says which groups a test is in. */
export function titlesIn(file: string, source: string): Title[] {
  const found: Title[] = [];
  const open: { indent: number; title: string }[] = [];
  let at = 0;
  for (const line of source.split('\n')) {
    const closing = CLOSING.exec(line)?.[1]?.length;
    while (closing !== undefined && (open.at(-1)?.indent ?? -1) >= closing) open.pop();
    const [beginning, { length: indent } = '', kind] = BEGINNING.exec(line) ?? [];
    const rest = beginning === undefined ? '' : source.slice(at + beginning.length);
    at += line.length + 1;
    if (beginning === undefined) continue;
    const title = firstText(/\.(each|for)\($/.test(beginning) ? behindTable(rest) : rest);
    // A helper of a test may have such a name and another first argument.
    if (title === undefined) continue;
    if (kind === 'describe') open.push({ indent, title });
    else found.push({ file, groups: open.map((group) => group.title), title });
  }
  return found;
}

/** `it.each(cases)(title, …)`: what follows the cases. */
function behindTable(rest: string): string {
  const at = /\)\((?=\s*['"`])/.exec(rest);
  return at ? rest.slice(at.index + at[0].length) : '';
}

/** A placeholder of a title (a case, a number) becomes an ellipsis. */
function firstText(rest: string): string | undefined {
  const [, single, double, template] = TEXT.exec(rest) ?? [];
  const text = single ?? double ?? template;
  return text
    ?.replaceAll(/, with \$\{shards\.length\} shards beside DB/g, '')
    .replaceAll(/\$\{[^}]*\}|%[sdifjo]/g, '…')
    .replaceAll(/\\(.)/g, '$1');
}
