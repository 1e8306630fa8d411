/** `npm run check`: types of the Worker and of each example, lint and format, at the same time. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const TSC = [process.execPath, join('node_modules', 'typescript', 'bin', 'tsc')];

const CHECKS: readonly (readonly string[])[] = [
  [...TSC, '--noEmit'],
  [...TSC, '-p', 'examples/mcp-server'],
  [...TSC, '-p', 'examples/mcp-gateway'],
  [...TSC, '-p', 'examples/api'],
  [...TSC, '-p', 'examples/single-page-app'],
  [join('node_modules', '.bin', 'biome'), 'check', '.'],
];

/** @returns 1 where a check failed; each prints what it found. */
export async function main(): Promise<number> {
  const codes = await Promise.all(CHECKS.map(([executable = '', ...parameters]) => run(executable, parameters)));
  return codes.some((code) => code !== 0) ? 1 : 0;
}

function run(executable: string, parameters: readonly string[]): Promise<number> {
  const child = spawn(executable, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}
