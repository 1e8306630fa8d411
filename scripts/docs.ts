/**
 * `npm run docs`: builds the documentation site from docs/ and the pages beside it; `npm run docs -- serve` also serves
 * it. The generator has a folder and a lock file of its own.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { main as writeLedger } from './ledger.ts';

const FOLDER = 'site';
const VITEPRESS = join('node_modules', 'vitepress', 'bin', 'vitepress.js');

export async function main([command]: string[]): Promise<number> {
  console.log(`== The generator (npm ci in ${FOLDER})`);
  if ((await run('npm', ['ci'])) !== 0) return 1;
  console.log('\n== The conformance pages');
  await writeLedger();
  console.log('\n== The site; a dead link fails it');
  const built = await run(process.execPath, [VITEPRESS, 'build', '.']);
  if (built !== 0) return built;
  console.log(`Written: ${join(FOLDER, '.vitepress', 'dist')}. To read it: npm run docs -- serve`);
  return command === 'serve' ? run(process.execPath, [VITEPRESS, 'preview', '.', '--host', '127.0.0.1']) : 0;
}

function run(command: string, parameters: string[]): Promise<number> {
  const child = spawn(command, parameters, { cwd: FOLDER, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}
