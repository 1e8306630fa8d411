/** Running wrangler quietly, and as its own process, so that ending it ends everything it started. */
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

/** Where the Workers of a server with data of its own find each other by their names, and none of another server. */
export const registryOf = (folder: string): string => join(folder, '.wrangler', 'registry');

/** A Worker of yours, started by wrangler alone, finds the server in its project: there, nothing is set. */
function registry(): NodeJS.ProcessEnv {
  const { STATE_DIR, WRANGLER_REGISTRY_PATH } = process.env;
  return STATE_DIR && !WRANGLER_REGISTRY_PATH ? { WRANGLER_REGISTRY_PATH: registryOf(STATE_DIR) } : {};
}

/** Where the local D1 and KV keep their files. */
export const storeFolder = (): string => join(stateFolder(), '.wrangler', 'state');

type Options = {
  /** What it reads; nothing is left open for more. */
  input?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
};

export function wrangler(words: string[], { input, env }: Options = {}): ChildProcess {
  const child = spawn(process.execPath, [CLI, ...words], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...QUIET, ...registry(), ...env },
  });
  child.stdin?.end(input);
  return child;
}

/** How a process ended, and what it printed: apart, and in the order in which it came. */
export type Ended = { code: number; stdout: string; stderr: string; output: string };

export async function finished(child: ChildProcess): Promise<Ended> {
  const ended = { code: 1, stdout: '', stderr: '', output: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk) => {
      ended[name] += chunk;
      ended.output += chunk;
    });
  }
  ended.code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 1)));
  return ended;
}
