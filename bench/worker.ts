/**
 * A built Worker, served by workerd itself: without the development proxy, which costs many times what a Worker does.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import { Failure } from '../scripts/failure.ts';
import { finished, wrangler } from '../scripts/wrangler.ts';

export type Built = {
  config: string;
  script: string;
  gzipKiB: number;
  /** A text that is uploaded beside the script, and that nothing reads. */
  ballast?: string;
};
export type Served = { url: string; pids: number[]; miniflare: Miniflare; stop: () => Promise<void> };

/** Builds as `wrangler deploy` would. */
export async function build(config: string): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  const { code, output } = await finished(wrangler(['deploy', '--dry-run', '--config', config, '--outdir', folder]));
  if (code !== 0) throw new Failure(`${config} does not build:\n${output}`);
  const name = readdirSync(folder).find((file) => file.endsWith('.js'));
  const script = readFileSync(join(folder, name ?? ''), 'utf8');
  rmSync(folder, { recursive: true });
  return { config, script, gzipKiB: gzipSync(script).length / 1024 };
}

export type ServeOptions = {
  /** The service that receives its outbound requests, whatever their address. Default: none. */
  outbound?: Served;
  /** The number of minutes that the ceilings of one minute allow: so many pass at once. Default: 1. */
  minutes?: number;
  /** True where the inspector is open. */
  isInspected?: boolean;
  /** The folder of its databases and namespaces. Default: none, they end with it. */
  stores?: string;
};

/** @returns once it has started; `pids` are the processes whose CPU time is its own. */
export async function serve(
  { config, script, ballast }: Built,
  bindings: Record<string, string>,
  { outbound, minutes = 1, isInspected = false, stores }: ServeOptions = {},
): Promise<Served> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  const port = await freePort();
  const before = new Set(childrenOf(process.pid));
  const options = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: await freePort(),
    cf: false,
    ...(isInspected && { inspectorPort: await freePort() }),
    // The Worker writes its log lines as usual; they are discarded.
    handleStructuredLogs: () => {},
    ...workerOptions,
    // Static files are served in front of a Worker; their simulation would be measured with it.
    assets: undefined,
    ratelimits: atOnce(workerOptions.ratelimits as Ceilings, minutes),
    bindings: { ...(workerOptions.bindings as object), ...bindings },
    outboundService: (asked: { url: string }) =>
      outbound ? fetch(outbound.url + new URL(asked.url).pathname) : new Response('nobody', { status: 599 }),
    modules: modulesOf(script, ballast),
    unsafeDirectSockets: [{ host: '127.0.0.1', port }],
  });
  options.logRequests = false;
  if (stores) options.resourcePersistencePath = stores;
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  const pids = childrenOf(process.pid).filter((pid) => !before.has(pid));
  return { url: `http://127.0.0.1:${port}`, pids, miniflare, stop: () => miniflare.dispose() };
}

type Module = { type: 'ESModule' | 'Text'; path: string; contents: string };

function modulesOf(script: string, ballast: string | undefined): Module[] {
  const main: Module = { type: 'ESModule', path: 'index.js', contents: script };
  return ballast === undefined ? [main] : [main, { type: 'Text', path: 'ballast.txt', contents: ballast }];
}

type Ceilings = Record<string, { namespace_id: string; simple: { limit: number; period?: 10 | 60 } }> | undefined;

/** The ceilings of so many minutes, in one. */
const atOnce = (ceilings: Ceilings, minutes: number): Ceilings =>
  ceilings &&
  Object.fromEntries(
    Object.entries(ceilings).map(([name, ceiling]) => {
      const { limit, ...rest } = ceiling.simple;
      return [name, { ...ceiling, simple: { ...rest, limit: limit * minutes } }];
    }),
  );

/** User and system time of the processes, in milliseconds. */
export function cpuOf(pids: number[]): number {
  const ticks = pids.map((pid) => {
    const fields = statOf(pid);
    return Number(fields[11]) + Number(fields[12]);
  });
  // Linux counts in hundredths of a second.
  return ticks.reduce((sum, each) => sum + each, 0) * 10;
}

/** The fields after the name in /proc/PID/stat, from the state on. */
const statOf = (pid: number | string): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return Number(statOf(pid)[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
