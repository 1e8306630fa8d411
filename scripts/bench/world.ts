/** `npm run bench -- --world`: the built Worker behind bindings that wait as six regions do; prints and writes tables. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PEERS } from '../../bench/peer.ts';
import { type Built, build } from '../../bench/worker.ts';
import { serveInWorld, type WorldServer, worldOf } from '../../bench/world.ts';
import type { WorldSubject } from '../../bench/world-flows.ts';
import { LAYOUTS, type Layout, type World } from '../../bench/world-latencies.ts';
import { type Measured, type Moved, measureLegs, moveBetweenRegions } from '../../bench/world-measurements.ts';
import { posternInWorld, WORLD_BINDINGS } from '../../bench/world-postern.ts';
import { workersOAuthProviderInWorld } from '../../bench/world-workers-oauth-provider.ts';
import { replaceTable } from './markdown-table.ts';
import { installPeers } from './peers.ts';
import { MOVING_HEADING, movedRows, worldPage } from './world-page.ts';

const PAGE = join('docs', 'explanation', 'performance-world.md');
const PEER = '@cloudflare/workers-oauth-provider';

export type WorldOptions = {
  /** Warm flows of each region, a quarter as many of them cold; 0 for the moving flows alone. */
  samples: number;
  /** Flows that move between regions, for failures by stale reads. */
  flows: number;
  /** A file that replaces latencies. */
  latencies: string | undefined;
};

/** A server in a layout of the world. */
type Scene = {
  name: string;
  built: Built;
  bindings: Record<string, string>;
  layout: Layout;
  prepare: (server: WorldServer) => Promise<WorldSubject>;
  /** True where flows move between its regions. */
  moves: boolean;
};

/** @returns 1 where a flow of ours failed that moved between regions. */
export async function benchWorld({ samples, flows, latencies }: WorldOptions): Promise<number> {
  await installPeers();
  const world = worldOf(latencies);
  const measured: Measured[] = [];
  const moved: Moved[] = [];
  for (const scene of (await scenes()).filter(({ moves }) => moves || samples > 0)) {
    await within(scene, world, async (subject) => {
      console.log(`== ${scene.name}`);
      if (samples > 0) measured.push(await measureLegs(scene.name, subject, samples));
      if (scene.moves) moved.push(await moveBetweenRegions(scene.name, subject, flows));
    });
  }
  const page =
    samples > 0
      ? worldPage(measured, moved, samples)
      : replaceTable(readFileSync(PAGE, 'utf8'), MOVING_HEADING, movedRows(moved));
  writeFileSync(PAGE, page);
  console.log(`${page}\nWritten: ${PAGE}`);
  return moved.every(({ name, failed }) => name === PEER || failed === 0) ? 0 : 1;
}

async function scenes(): Promise<Scene[]> {
  const postern = await build('wrangler.toml');
  const peer = await build(join(PEERS, 'workers-oauth-provider.toml'));
  const ours = { built: postern, bindings: WORLD_BINDINGS, prepare: posternInWorld };
  return [
    ...LAYOUTS.map((layout) => ({ ...ours, name: `Postern, ${layout}`, layout, moves: layout === 'with shards' })),
    {
      name: PEER,
      built: peer,
      bindings: {},
      layout: 'one database',
      prepare: workersOAuthProviderInWorld,
      moves: true,
    },
  ];
}

async function within(
  { built, bindings, layout, prepare }: Scene,
  world: World,
  work: (subject: WorldSubject) => Promise<void>,
): Promise<void> {
  const server = await serveInWorld(built, bindings, world, layout);
  try {
    await work(await prepare(server));
  } finally {
    await server.miniflare.dispose();
  }
}
