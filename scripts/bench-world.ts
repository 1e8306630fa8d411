/** `npm run bench -- --world`: the built Worker behind bindings that wait as six regions do; prints and writes tables. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { percentile } from '../bench/load.ts';
import { PEERS } from '../bench/peer-servers.ts';
import { build } from '../bench/worker.ts';
import { serveInWorld, worldOf } from '../bench/world.ts';
import {
  type Legs,
  posternInWorld,
  WORLD_BINDINGS,
  type WorldSubject,
  workersOAuthProviderInWorld,
} from '../bench/world-flows.ts';
import { LAYOUTS, type Layout, REGIONS, type World } from '../bench/world-latencies.ts';
import { installPeers } from './bench-peers.ts';

const PAGE = join('docs', 'explanation', 'performance-world.md');
const PEER = '@cloudflare/workers-oauth-provider';
const CALLERS = 16;

export type WorldOptions = {
  /** Warm flows of each region; a quarter as many are cold. */
  samples: number;
  /** Flows that move between regions, for failures by stale reads. */
  flows: number;
  latencies: string | undefined;
};

type Measured = { name: string; warm: Map<string, Legs[]>; cold: Map<string, Legs[]> };

export async function benchWorld({ samples, flows, latencies }: WorldOptions): Promise<number> {
  await installPeers();
  const world = worldOf(latencies);
  const postern = await build('wrangler.toml');
  const peer = await build(join(PEERS, 'workers-oauth-provider.toml'));
  const measured: Measured[] = [];
  const failures: string[] = [];
  for (const layout of LAYOUTS) {
    const name = `Postern, ${layout}`;
    await within(postern, WORLD_BINDINGS, world, layout, posternInWorld, async (subject) => {
      console.log(`== ${name}`);
      measured.push(await measure(name, subject, samples));
      if (layout === 'with shards') failures.push(await move(name, subject, flows));
    });
  }
  await within(peer, {}, world, 'one database', workersOAuthProviderInWorld, async (subject) => {
    console.log(`== ${PEER}`);
    measured.push(await measure(PEER, subject, samples));
    failures.push(await move(PEER, subject, flows));
  });
  const page = pageOf(measured, failures, samples);
  console.log(page);
  mkdirSync(join('docs', 'explanation'), { recursive: true });
  writeFileSync(PAGE, page);
  console.log(`Written: ${PAGE}`);
  return 0;
}

async function within(
  built: Awaited<ReturnType<typeof build>>,
  bindings: Record<string, string>,
  world: World,
  layout: Layout,
  prepare: (server: Awaited<ReturnType<typeof serveInWorld>>) => Promise<WorldSubject>,
  work: (subject: WorldSubject) => Promise<void>,
): Promise<void> {
  const server = await serveInWorld(built, bindings, world, layout);
  try {
    await work(await prepare(server));
  } finally {
    await server.miniflare.dispose();
  }
}

async function measure(name: string, subject: WorldSubject, samples: number): Promise<Measured> {
  const measured: Measured = { name, warm: new Map(), cold: new Map() };
  for (const region of REGIONS) {
    // The first warms up what an isolate holds.
    await subject.flow(region, false);
    const warm: Legs[] = [];
    for (let done = 0; done < samples; done += 4)
      warm.push(...(await Promise.all(Array.from({ length: 4 }, () => subject.flow(region, false)))));
    measured.warm.set(region, warm);
  }
  for (const region of REGIONS) {
    const cold: Legs[] = [];
    for (let done = 0; done < samples / 4; done++) cold.push(await subject.flow(region, true));
    measured.cold.set(region, cold);
  }
  return measured;
}

/** Flows between regions, and how many of them a server refused although they were right. */
async function move(name: string, subject: WorldSubject, flows: number): Promise<string> {
  let begun = 0;
  const reasons = new Map<string, number>();
  const caller = async () => {
    while (begun < flows) {
      const home = REGIONS[begun % REGIONS.length] ?? 'weur';
      const away = REGIONS[(begun + 1 + (Math.floor(begun / 6) % 5)) % REGIONS.length] ?? 'enam';
      begun++;
      try {
        await subject.moving(home, away);
      } catch (error) {
        const reason = error instanceof Error ? error.message.slice(0, 120) : String(error);
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const failed = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  const most = [...reasons].sort(([, a], [, b]) => b - a)[0]?.[0];
  return `| ${name} | ${flows} | ${failed} | ${most === undefined ? '' : `\`${most.replaceAll('|', ' ')}\``} |`;
}

const LEGS = [
  'discovery',
  'sign-in',
  'authorize',
  'token',
  'refresh',
  'userinfo',
  '/api/me',
  'client credentials',
  'validation',
];

function pageOf(measured: Measured[], failures: string[], samples: number): string {
  const mean = (each: Map<string, Legs[]>, leg: string, share: number): string => {
    const ofRegions = [...each.values()].map((legs) =>
      percentile(
        legs.flatMap((one) => one[leg] ?? []),
        share,
      ),
    );
    const value = ofRegions.reduce((sum, one) => sum + one, 0) / ofRegions.length;
    return Number.isNaN(value) ? '' : value.toFixed(0);
  };
  const means = LEGS.map((leg) => {
    const cells = measured.map(({ warm, cold }) => {
      const [p50, p99, first] = [mean(warm, leg, 0.5), mean(warm, leg, 0.99), mean(cold, leg, 0.5)];
      return p50 === '' ? '' : `${p50} / ${p99} / ${first}`;
    });
    return `| ${leg} | ${cells.join(' | ')} |`;
  });
  const byRegion = measured.map(({ name, warm }) => {
    const legs = LEGS.filter((leg) => [...warm.values()].some((each) => each[0]?.[leg] !== undefined));
    const rows = [...warm].map(([region, each]) => {
      const cells = legs.map((leg) => {
        const times = each.flatMap((one) => one[leg] ?? []);
        return `${percentile(times, 0.5).toFixed(0)} / ${percentile(times, 0.99).toFixed(0)}`;
      });
      return `| ${region} | ${cells.join(' | ')} |`;
    });
    return [
      `### ${name}`,
      '',
      `| region | ${legs.join(' | ')} |`,
      `|${' --- |'.repeat(legs.length + 1)}`,
      ...rows,
    ].join('\n');
  });
  return `${[
    LEAD,
    [
      '## Mean of six regions, in milliseconds',
      '',
      `Each cell: p50 / p99 / p50 of a cold isolate, of ${samples} flows from each region.`,
    ].join('\n'),
    [
      `| leg | ${measured.map(({ name }) => name).join(' | ')} |`,
      `|${' --- |'.repeat(measured.length + 1)}`,
      ...means,
    ].join('\n'),
    VALIDATION,
    '## Each region: p50 / p99, warm',
    ...byRegion,
    MOVING,
    ['| server | flows | failed | most frequent reason |', '| --- | ---: | ---: | --- |', ...failures].join('\n'),
  ].join('\n\n')}\n`;
}

const LEAD = `# Postern in a simulated world

Written by \`npm run bench -- --world\`: the built Worker behind bindings that wait as D1 and Workers KV do from six regions.
Only waiting is counted (the distances, the work of the stores, and 15 ms from the user to the nearest Cloudflare location):
CPU time is in [Postern beside other servers](performance-peers.md). The waits are counted on a clock of each request, and real
time passes ten times as fast, so that a busy machine changes nothing. The distances are approximate round trips between cloud
regions, no measurement of Cloudflare's network: \`bench/world-latencies.ts\` has them, and \`--latencies FILE\` replaces them. The
primary of \`DB\` is in Western Europe; a replica misses a write for 300 ms. All regions share one isolate, and a cold request
finds nothing that it holds.`;

const VALIDATION = `The guard of \`@postern/resource-server\` waits for no store: a validation takes the 15 ms to the location.`;

const MOVING = `## Flows that move between regions

A user authorizes in one region, where the code is redeemed; the application refreshes in another region, and again in the
first one, within a minute. Every request is right, so every refusal is a stale read. Workers KV answers with what a location
read up to 60 seconds before.`;
