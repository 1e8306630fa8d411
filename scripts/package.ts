/**
 * `npm pack -w @postern/resource-server`: builds `packages/resource-server/dist`. JavaScript that needs no other package,
 * with its types: bundlers do not compile TypeScript below node_modules, and a resource server needs no database.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { Failure, orExplain } from './failure.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PACKAGE = join(ROOT, 'packages', 'resource-server');
const OUT = join(PACKAGE, 'dist');
const TYPES = join(OUT, 'types');

/** The modules that package.json exports, by their names below `src/`. */
const ENTRIES = ['index', 'building-blocks', 'mcp'];

export function main(): Promise<number> {
  return orExplain(async () => {
    rmSync(OUT, { recursive: true, force: true });
    writeTypes();
    const bundledPackages = await bundle();
    writeFileSync(join(OUT, 'LICENSES.txt'), bundledPackages.map(licenceOf).join('\n\n'));
    return 0;
  });
}

function writeTypes(): void {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    execFileSync(process.execPath, [tsc, '--project', PACKAGE, '--incremental', 'false'], { encoding: 'utf8' });
  } catch (error) {
    throw new Failure(`The types of the package cannot be made:\n${(error as { stdout?: string }).stdout}`);
  }
  const needed = reachableTypes();
  for (const name of readdirSync(TYPES, { recursive: true, encoding: 'utf8' })) {
    const file = join(TYPES, name);
    if (name.endsWith('.d.ts') && !needed.has(file)) rmSync(file);
  }
  // A consumer without Hono has no types of it: they must not stop the compiler.
  const ofHono = join(TYPES, 'packages', 'resource-server', 'src', 'hono.d.ts');
  writeFileSync(ofHono, readFileSync(ofHono, 'utf8').replace(/^import .* from 'hono';$/m, '// @ts-ignore\n$&'));
}

/** The declaration files that the entries import, directly or not. */
function reachableTypes(): Set<string> {
  const files = new Set(ENTRIES.map((entry) => join(TYPES, 'packages', 'resource-server', 'src', `${entry}.d.ts`)));
  // A set that grows while it is walked.
  for (const file of files) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/ from '(\.[^']*)\.ts';/g)) {
      files.add(resolve(dirname(file), `${path}.d.ts`));
    }
  }
  return files;
}

/** @returns the packages whose code is in the bundle. */
async function bundle(): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES.map((entry) => join(PACKAGE, 'src', `${entry}.ts`)),
    outdir: OUT,
    bundle: true,
    splitting: true,
    chunkNames: 'shared-[hash]',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker'],
    metafile: true,
    logLevel: 'error',
  });
  const sources = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return [...new Set(sources.flatMap((file) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))].sort();
}

/** The licence of a package, which must accompany its code. */
function licenceOf(name: string): string {
  const folder = join(ROOT, 'node_modules', name);
  const file = readdirSync(folder).find((found) => /^licen[cs]e/i.test(found));
  if (!file) throw new Failure(`${name} has no licence file.`);
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
