/**
 * `npm run test:interop`: clients and relying parties written by others, by their defaults, against `npm start`. Their
 * packages have a folder and a lock file of their own.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isInstalled, PACKAGES } from '../test/interop/debian-packages.ts';

const FOLDER = join('test', 'interop');

export async function main(files: string[]): Promise<number> {
  console.log('== The packages of the client libraries (npm ci in test/interop)');
  if ((await run('npm', ['ci'], FOLDER)) !== 0) {
    console.error('They could not be installed, so nothing was tested.');
    return 1;
  }
  const missing = PACKAGES.filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    console.log(`Not tested, because these packages of Debian are not installed: ${missing.join(' ')}`);
  }
  console.log('\n== The client libraries');
  const vitest = join('node_modules', '.bin', 'vitest');
  return run(vitest, ['run', '--config', join(FOLDER, 'vitest.config.ts'), ...files], '.');
}

function run(command: string, parameters: string[], cwd: string): Promise<number> {
  const child = spawn(command, parameters, { cwd, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}
