/** The built Workers in the simulated world, and the flows of users in six regions. */
import { readFileSync } from 'node:fs';
import { build as bundle } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import { migrateDatabase } from './operations.ts';
import { type Built, freePort } from './worker.ts';
import { type Layout, REGIONS, type Region, WORLD, type World } from './world-latencies.ts';

/** Real time passes ten times as fast as that of the world: order is kept, and a run is short. */
const FRACTION = 0.1;

export type WorldServer = { miniflare: Miniflare; url: string };

/** @param file JSON that replaces constants of the world. */
export const worldOf = (file: string | undefined): World =>
  file === undefined ? WORLD : { ...WORLD, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<World>) };

export async function serveInWorld(
  { config, script }: Built,
  bindings: Record<string, string>,
  world: World,
  layout: Layout,
): Promise<WorldServer> {
  const entry = await bundle({
    entryPoints: ['bench/world-worker.ts'],
    bundle: true,
    format: 'esm',
    external: ['./built.js'],
    write: false,
  });
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  const shards = Object.fromEntries(REGIONS.map((region) => [`SHARD_${region.toUpperCase()}`, `world-${region}`]));
  const port = await freePort();
  const options = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: await freePort(),
    cf: false,
    handleStructuredLogs: () => {},
    ...workerOptions,
    assets: undefined,
    ratelimits: undefined,
    d1Databases: { DB: 'world', REPLICA: 'world-replica', ...shards },
    bindings: { ...(workerOptions.bindings as object), ...bindings, WORLD: world, LAYOUT: layout, FRACTION },
    serviceBindings: Object.fromEntries(
      Object.keys((workerOptions.ratelimits as object | undefined) ?? {}).map((name) => [name, () => new Response()]),
    ),
    outboundService: () => new Response('no request leaves the world', { status: 599 }),
    modules: [
      { type: 'ESModule', path: 'world.js', contents: entry.outputFiles[0]?.text ?? '' },
      { type: 'ESModule', path: 'built.js', contents: script },
    ],
    unsafeDirectSockets: [{ host: '127.0.0.1', port }],
  });
  options.logRequests = false;
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  if (config === 'wrangler.toml') {
    for (const name of ['DB', 'REPLICA', ...Object.keys(shards)])
      await migrateDatabase(await miniflare.getD1Database(name));
  }
  return { miniflare, url: `http://127.0.0.1:${port}` };
}

/** The answer to a request from a region, and how long it took there. */
export type Answered = { status: number; ms: number; headers: Headers; text: string };

export type WorldRequest = RequestInit & { isCold?: boolean };

/** @param isCold whether the isolate that answers has just started. */
export async function ask(
  { url }: WorldServer,
  region: Region,
  path: string,
  { isCold = false, ...init }: WorldRequest = {},
): Promise<Answered> {
  const headers = new Headers(init.headers);
  headers.set('x-world-region', region);
  if (isCold) headers.set('x-world-cold', '1');
  const response = await fetch(new URL(path, url), { ...init, headers, redirect: 'manual' });
  const ms = Number(response.headers.get('x-world-ms'));
  return { status: response.status, ms, headers: response.headers, text: await response.text() };
}
