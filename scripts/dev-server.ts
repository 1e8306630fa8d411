/**
 * A Worker under wrangler's development server, as a process of its own: `wrangler dev`, but for the inspector, which that
 * command cannot leave out. Through an inspector any local process, and pages of some origins, read every secret of the
 * Worker in a heap snapshot.
 */

import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { unstable_startWorker } from 'wrangler';
import { applyLocalMigrations } from './migrations.ts';
import { MIGRATIONS_FAILED, WORKERD_ENDED } from './wrangler.ts';

/** The Worker to serve, as JSON in the first parameter. */
export type DevServer = {
  config: string;
  port: number;
  vars: Record<string, string>;
  /** Files with secrets, in the form of `.dev.vars`. */
  envFiles: string[];
  /** The folder of the local D1 and KV. */
  persist: string;
  /** The binding of a database whose migrations are applied first: the parent process is sent a message after them. */
  migrate?: string | undefined;
  /** The port of the inspector; undefined for none. */
  inspectorPort: number | undefined;
  /** True to build again when a source changes, for which esbuild reads their dates all the time. */
  watch: boolean;
};

const { config, port, vars, envFiles, persist, migrate, inspectorPort, watch } = JSON.parse(
  process.argv[2] ?? '{}',
) as DevServer;

let isStopping = false;
// wrangler does not notice for half a minute that its workerd has ended: the port refuses connections, or never answers.
subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess };
  child.once('exit', () => {
    // One that wrangler replaces or ends was killed by it.
    if (!child.killed && !isStopping && child.spawnfile.includes('workerd')) process.exit(WORKERD_ENDED);
  });
});

if (migrate) {
  try {
    await applyLocalMigrations({ config, binding: migrate, persist });
  } catch (error) {
    console.error((error as Error).message);
    process.exit(MIGRATIONS_FAILED);
  }
  process.send?.('migrated');
}

const worker = await unstable_startWorker({
  config,
  envFiles,
  bindings: Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, { type: 'plain_text', value }])),
  dev: {
    remote: false,
    server: { hostname: '127.0.0.1', port, secure: false },
    inspector: inspectorPort === undefined ? false : { hostname: '127.0.0.1', port: inspectorPort },
    persist,
    registry: process.env.WRANGLER_REGISTRY_PATH,
    watch,
    // With a domain of the deployed Worker in wrangler.toml, requests would come as if sent there.
    inferOriginFromRoutes: false,
  },
});

const stop = () => {
  isStopping = true;
  worker.dispose().finally(() => process.exit(0));
};
process.on('SIGINT', stop).on('SIGTERM', stop);
