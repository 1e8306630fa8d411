/** The page of the simulated world: tables of waits by leg and region, and of flows that move between regions. */
import { percentile } from '../../bench/load.ts';
import type { Legs } from '../../bench/world-flows.ts';
import type { Measured, Moved } from '../../bench/world-measurements.ts';
import { markdownTable } from './markdown-table.ts';

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

/** @param samples the warm flows from each region. */
export const worldPage = (measured: Measured[], moved: Moved[], samples: number): string =>
  `${[
    LEAD,
    [
      '## Mean of six regions, in milliseconds',
      '',
      `Each cell: p50 / p99 / p50 of a cold isolate, of ${samples} flows from each region.`,
    ].join('\n'),
    meansTable(measured),
    VALIDATION,
    '## Each region: p50 / p99, warm',
    ...measured.map(regionsTable),
    MOVING,
    markdownTable(movedRows(moved)),
  ].join('\n\n')}\n`;

function meansTable(measured: Measured[]): string {
  const rows = LEGS.map((leg) => {
    const cells = measured.map(({ warm, cold }) => {
      const [p50, p99, first] = [meanOf(warm, leg, 0.5), meanOf(warm, leg, 0.99), meanOf(cold, leg, 0.5)];
      return Number.isNaN(p50) ? '' : [p50, p99, first].map((ms) => ms.toFixed(0)).join(' / ');
    });
    return [leg, ...cells];
  });
  return markdownTable([['leg', ...measured.map(({ name }) => name)], ...rows]);
}

const timesOf = (each: Legs[], leg: string): number[] => each.flatMap((one) => one[leg] ?? []);

/** The mean of the regions' percentiles; NaN for a leg that a server does not have. */
function meanOf(byRegion: Measured['warm'], leg: string, share: number): number {
  const ofRegions = [...byRegion.values()].map((each) => percentile(timesOf(each, leg), share));
  return ofRegions.reduce((sum, one) => sum + one, 0) / ofRegions.length;
}

function regionsTable({ name, warm }: Measured): string {
  const legs = LEGS.filter((leg) => [...warm.values()].some((each) => each[0]?.[leg] !== undefined));
  const rows = [...warm].map(([region, each]) => {
    const cells = legs.map((leg) =>
      [0.5, 0.99].map((share) => percentile(timesOf(each, leg), share).toFixed(0)).join(' / '),
    );
    return [region, ...cells];
  });
  return [`### ${name}`, '', markdownTable([['region', ...legs], ...rows])].join('\n');
}

export const movedRows = (moved: Moved[]): string[][] => [
  ['server', 'flows', 'failed', 'most frequent reason'],
  ...moved.map(({ name, flows, failed, reasons: [most] }) => [
    name,
    String(flows),
    String(failed),
    most === undefined ? '' : `\`${most.replaceAll('|', ' ')}\``,
  ]),
];

const LEAD = `# Postern in a simulated world

Written by \`npm run bench -- --world\`: the built Worker behind bindings that wait as D1 and Workers KV do from six regions.
Only waiting is counted (the distances, the work of the stores, and 15 ms from the user to the nearest Cloudflare location):
CPU time is in [Postern beside other servers](performance-peers.md). The waits are counted on a clock of each request, and real
time passes ten times as fast, so that a busy machine changes nothing. The distances are approximate round trips between cloud
regions, no measurement of Cloudflare's network: \`bench/world-latencies.ts\` has them, and \`--latencies FILE\` replaces them. The
primary of \`DB\` is in Western Europe; a replica misses a write for 300 ms. All regions share one isolate, and a cold request
finds nothing that it holds.`;

const VALIDATION = `The guard of \`@postern/resource-server\` waits for no store: a validation takes the 15 ms to the location.`;

/** The heading of the table of flows. */
export const MOVING_HEADING = '## Flows that move between regions';

const MOVING = `${MOVING_HEADING}

A user authorizes in one region, where the code is redeemed; the application refreshes in another region, and again in the
first one, within a minute. Every request is right, so every refusal is a stale read. Workers KV answers with what a location
read up to 60 seconds before.`;
