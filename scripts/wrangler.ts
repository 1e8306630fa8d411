/** Running wrangler quietly, offline, and as its own process, so that ending it ends everything it started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { stateFolder } from './dev-vars.ts';

const CLI = join('node_modules', 'wrangler', 'wrangler-dist', 'cli.js');

const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  FORCE_COLOR: '0',
  // No questions: what would be asked is answered with its default.
  CI: '1',
};

/** Where the local D1 and KV keep their files. */
export const storeFolder = (): string => join(stateFolder(), '.wrangler', 'state');

export function wrangler(...parameters: string[]): ChildProcess {
  return spawn(process.execPath, [CLI, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...QUIET },
  });
}

/** Everything that a process prints, and how it ended. */
export async function finished(child: ChildProcess): Promise<{ code: number; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 1)));
  return { code, output };
}
