/** Running wrangler quietly, and as its own process, so that ending it ends everything it started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DevServer } from './dev-server.ts';
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

/** The folder in which the Workers beside one server find each other by name, and none of another checkout. */
export const registryOf = (folder: string): string => join(folder, '.wrangler', 'registry');

/** The registry of service bindings: that of WRANGLER_REGISTRY_PATH, or the one beside the data of this server. */
export const devRegistry = (): string => process.env.WRANGLER_REGISTRY_PATH || registryOf(resolve(stateFolder()));

/** The folder of the local D1 and KV. */
export const storeFolder = (): string => join(stateFolder(), '.wrangler', 'state');

type Options = {
  /** The whole standard input. */
  input?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** True where the process sends messages to this one. */
  sends?: boolean;
};

export const wrangler = (words: string[], options: Options = {}): ChildProcess => spawnNode([CLI, ...words], options);

/** The exit code of the development server where its workerd exited unexpectedly, and can be started again. */
export const WORKERD_ENDED = 75;

/** Its exit code where the migrations of the database failed. */
export const MIGRATIONS_FAILED = 76;

const DEV_SERVER = join('scripts', 'dev-server.ts');

/** The development server of a Worker (dev-server.ts), which sends messages. */
export const devServer = (served: DevServer): ChildProcess =>
  spawnNode([DEV_SERVER, JSON.stringify(served)], { sends: true });

/** Starts Node; what the process writes (databases, logs, bundles) can be read by this user alone. */
function spawnNode(parameters: string[], { input, env, sends }: Options = {}): ChildProcess {
  const umask = process.umask(0o077);
  try {
    const child = spawn(process.execPath, parameters, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', sends ? 'ipc' : 'ignore'],
      env: { ...process.env, ...QUIET, WRANGLER_REGISTRY_PATH: devRegistry(), ...env },
    });
    child.stdin?.end(input);
    return child;
  } finally {
    process.umask(umask);
  }
}

/** Makes `.wrangler`, which holds the local data, and keeps other users of this machine out of it. */
export function makePrivateFolder(): void {
  const folder = join(stateFolder(), '.wrangler');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

/** The exit code and output of a process: stdout, stderr, and both in order. */
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
