/**
 * `npm pack`: builds what others install, `postern/resource-server`. One file that needs nothing else, with its types:
 * TypeScript is not compiled inside node_modules by everybody's tools, and whoever guards an API needs no database.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Failure, orExplain } from './failure.ts';

const OUT = 'dist';

export function main(): Promise<number> {
  return orExplain(async () => {
    rmSync(OUT, { recursive: true, force: true });
    writeTypes();
    const inside = await bundle();
    writeFileSync(join(OUT, 'LICENSES.txt'), inside.map(licenceOf).join('\n\n'));
    return 0;
  });
}

function writeTypes(): void {
  try {
    const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '--project', join('src', 'guard', 'tsconfig.json')], { encoding: 'utf8' });
  } catch (error) {
    throw new Failure(`The types of the guard cannot be made:\n${(error as { stdout?: string }).stdout}`);
  }
  // Who has no Hono has no types of it, and does not miss them: they are not to stop their compiler.
  const ofHono = join(OUT, 'types', 'guard', 'hono.d.ts');
  writeFileSync(ofHono, readFileSync(ofHono, 'utf8').replace(/^import .* from 'hono';$/m, '// @ts-ignore\n$&'));
}

/** @returns the packages whose code is inside. */
async function bundle(): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join('src', 'guard', 'index.ts')],
    outfile: join(OUT, 'resource-server.js'),
    ...{ bundle: true, format: 'esm', platform: 'neutral', target: 'es2022' },
    ...{ mainFields: ['module', 'main'], conditions: ['workerd', 'worker'], metafile: true, logLevel: 'error' },
  });
  const written = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return [...new Set(written.flatMap((file) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))].sort();
}

/** Their licence asks that it goes with their code. */
function licenceOf(name: string): string {
  const folder = join('node_modules', name);
  const file = readdirSync(folder).find((found) => /^licen[cs]e/i.test(found));
  if (!file) throw new Failure(`${name} has no licence file.`);
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
