/**
 * `npm run bench`: the built Worker beside a baseline of the least cost of its work, in one run, by turns.
 * `npm run bench -- fill`: the storage that unauthenticated requests can use in ten minutes at the ceilings, before and
 * after the sweep.
 * `npm run bench -- staying-signed-in`: the behaviours of MCP clients for 90 simulated days, with many refreshes.
 * `npm run bench -- mixed`: concurrent callers in a mixed profile, and the sweep beside them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BINDINGS } from '../bench/bindings.ts';
import { fill } from '../bench/fill.ts';
import { load, merge, type Operation, percentile, type Sample } from '../bench/load.ts';
import { mixed, mixedLines } from '../bench/mixed.ts';
import { migrate, prepare } from '../bench/operations.ts';
import { type Built, build, type Served, serve } from '../bench/worker.ts';
import { benchPeers } from './bench-peers.ts';
import { benchWorld } from './bench-world.ts';
import { Failure, orExplain } from './failure.ts';

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => bench(parameters));
}

async function bench(parameters: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: parameters,
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '2' },
      turns: { type: 'string', default: '4' },
      only: { type: 'string' },
      peers: { type: 'boolean', default: false },
      world: { type: 'boolean', default: false },
      samples: { type: 'string', default: '24' },
      flows: { type: 'string', default: '300' },
      latencies: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      refreshes: { type: 'string', default: '100000' },
    },
  });
  if (values.world)
    return benchWorld({ samples: Number(values.samples), flows: Number(values.flows), latencies: values.latencies });
  const [seconds, turns] = [Number(values.seconds), Number(values.turns)];
  if (positionals.join() === 'fill') return benchFill(Number(values.minutes));
  if (positionals.join() === 'staying-signed-in') return staySignedIn(Number(values.refreshes));
  if (positionals.join() === 'mixed') return benchMixed(Number(values.minutes));
  if (positionals.length > 0 || !(seconds > 0 && seconds <= 60 && turns >= 1 && turns <= 100)) {
    throw new Failure(
      `Usage: npm run bench -- [--seconds 2] [--turns 4] [--only NAME] [--peers]
       npm run bench -- --world [--samples 24] [--flows 300] [--latencies FILE]
       npm run bench -- fill [--minutes 10]
       npm run bench -- mixed [--minutes 10]
       npm run bench -- staying-signed-in [--refreshes 100000]`,
    );
  }
  if (process.platform !== 'linux') throw new Failure('CPU time is read from /proc: the benchmark needs Linux.');
  if (values.peers) return benchPeers(seconds, turns, values.only);
  const [postern, floor, empty, guarded] = await Promise.all([
    build('wrangler.toml'),
    build('bench/floor.toml'),
    build('bench/empty.toml'),
    build('bench/guarded.toml'),
  ]);
  await compareRequests({ postern, floor, empty, guarded }, seconds, turns, values.only);
  if (values.only !== undefined) return 0;
  console.log(`\nBundle        ${postern.gzipKiB.toFixed(1)} KiB gzip (aim: under 150)`);
  const [ours, theirs] = [await coldStart(postern), await coldStart(empty)];
  console.log(
    `Cold start    ${ours.toFixed(0)} ms, an empty Worker ${theirs.toFixed(0)} ms: ${(ours - theirs).toFixed(0)} ms more (process start to first answer, median of 5)`,
  );
  return 0;
}

/** Runs test/feature/staying-signed-in.test.ts with this many refreshes. */
async function staySignedIn(refreshes: number): Promise<number> {
  if (!(refreshes >= 100)) throw new Failure('--refreshes must be 100 or more.');
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'worker', 'test/feature/staying-signed-in.test.ts'];
  const env = { ...process.env, SIMULATED_REFRESHES: String(refreshes) };
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** The limit of storage for ten minutes of unauthenticated requests, with indexes and the audit log. */
const MOST_MEGABYTES = 50;

/** From one address, and from as many networks of one /48 as there are requests. */
async function benchFill(minutes: number): Promise<number> {
  const postern = await build('wrangler.toml');
  let network = 0;
  const nextNetwork = () => `2001:db8:7:${(network++ % 65_536).toString(16)}::1`;
  const sources = { 'one IPv4 address': () => '203.0.113.9', 'an IPv6 /48': nextNetwork };
  let isWithin = true;
  for (const [name, nextAddress] of Object.entries(sources)) {
    const served = await serve(postern, BINDINGS, undefined, minutes);
    try {
      await migrate(served);
      const { accepted, refused, grown, left } = await fill(served, nextAddress, minutes);
      const requests = Object.keys(accepted).map((path) => `${path} ${accepted[path]} (${refused[path]} refused)`);
      console.log(`${name}, ${minutes} minutes at the ceilings: ${requests.join(', ')}`);
      console.log(
        `  ${megabytes(grown)} MB of used pages (at most ${MOST_MEGABYTES}), ${megabytes(left)} MB after the sweep`,
      );
      isWithin &&= grown <= MOST_MEGABYTES * 1e6 && left <= LEFT_PAGES;
    } finally {
      await served.stop();
    }
  }
  return isWithin ? 0 : 1;
}

/** @returns 1 where a request failed. */
async function benchMixed(minutes: number): Promise<number> {
  // Every request comes from one address: the rate limits of all minutes at once, and more.
  const served = await serve(await build('wrangler.toml'), BINDINGS, undefined, minutes * 1000, true);
  try {
    const report = await mixed(served, minutes);
    for (const line of mixedLines(report)) console.log(line);
    return report.errors.size === 0 ? 0 : 1;
  } finally {
    await served.stop();
  }
}

/** Bytes: counters of the day, and pages that a table keeps when its rows are gone. */
const LEFT_PAGES = 64 * 1024;

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

async function compareRequests(
  built: Record<'postern' | 'floor' | 'empty' | 'guarded', Built>,
  seconds: number,
  turns: number,
  only = '',
) {
  const postern = await serve(built.postern, BINDINGS);
  const served = {
    postern,
    floor: await serve(built.floor, BINDINGS),
    empty: await serve(built.empty, {}),
    // It fetches its issuer's keys like every resource server.
    guarded: await serve(built.guarded, {}, postern),
  };
  try {
    console.log('8 callers at once       req/s     p50 ms    p99 ms    CPU ms/request   to the floor');
    const operations = await prepare(served.postern, served.floor, seconds);
    for (const operation of operations.filter(({ name }) => name.includes(only)))
      await compare(operation, served, seconds, turns);
  } finally {
    await Promise.all(Object.values(served).map((each) => each.stop()));
  }
}

/** Alternates both, so that other load affects them alike; the first turn warms up and is not counted. */
async function compare(operation: Operation, served: Record<string, Served>, seconds: number, turns: number) {
  const target = served[operation.beside] as Served;
  const ours: Sample[] = [];
  const theirs: Sample[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    ours.push(await load(served[operation.of ?? 'postern'] as Served, await operation.postern(), seconds));
    theirs.push(await load(target, await operation.other(), seconds));
  }
  const [mine, other] = [merge(ours.slice(1)), merge(theirs.slice(1))];
  const ratio = mine.cpuMs / mine.requests / (other.cpuMs / other.requests);
  console.log(row(operation.name, mine, `${ratio.toFixed(2)} × CPU`));
  console.log(row(`  ${operation.of === operation.beside ? 'unprotected' : operation.beside}`, other, ''));
}

function row(name: string, { requests, seconds, cpuMs, latencies }: Sample, ratio: string): string {
  const cells = [
    (requests / seconds).toFixed(0),
    percentile(latencies, 0.5).toFixed(2),
    percentile(latencies, 0.99).toFixed(2),
    (cpuMs / requests).toFixed(3),
  ];
  return `${name.padEnd(20)}${cells.map((cell) => cell.padStart(9)).join(' ')}        ${ratio}`;
}

async function coldStart(built: Built): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    const began = performance.now();
    const served = await serve(built, BINDINGS);
    await (await fetch(`${served.url}/.well-known/jwks.json`)).text();
    times.push(performance.now() - began);
    await served.stop();
  }
  return percentile(times, 0.5);
}
