/** `npm run bench`: the built Worker beside the least that its work could cost, in one run, by turns. */
import { parseArgs } from 'node:util';
import { load, merge, percentile, type Sample } from '../bench/load.ts';
import { BINDINGS, type Operation, prepare } from '../bench/operations.ts';
import { type Built, build, type Served, serve } from '../bench/worker.ts';
import { Failure, orExplain } from './failure.ts';

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => bench(parameters));
}

async function bench(parameters: string[]): Promise<number> {
  const { values } = parseArgs({
    args: parameters,
    options: { seconds: { type: 'string', default: '2' }, turns: { type: 'string', default: '4' } },
  });
  const [seconds, turns] = [Number(values.seconds), Number(values.turns)];
  if (!(seconds > 0 && seconds <= 60 && turns >= 1 && turns <= 100)) {
    throw new Failure('Usage: npm run bench -- [--seconds 2] [--turns 4]');
  }
  if (process.platform !== 'linux') throw new Failure('CPU time is read from /proc: the benchmark needs Linux.');
  const [postern, floor, empty, guarded] = await Promise.all([
    build('wrangler.toml'),
    build('bench/floor.toml'),
    build('bench/empty.toml'),
    build('bench/guarded.toml'),
  ]);
  await compareRequests({ postern, floor, empty, guarded }, seconds, turns);
  console.log(`\nBundle        ${postern.gzipKiB.toFixed(1)} KiB gzip (aim: under 150)`);
  const [ours, theirs] = [await coldStart(postern), await coldStart(empty)];
  console.log(
    `Cold start    ${ours.toFixed(0)} ms, an empty Worker ${theirs.toFixed(0)} ms: ${(ours - theirs).toFixed(0)} ms more (process start to first answer, median of 5)`,
  );
  return 0;
}

async function compareRequests(
  built: Record<'postern' | 'floor' | 'empty' | 'guarded', Built>,
  seconds: number,
  turns: number,
) {
  const postern = await serve(built.postern, BINDINGS);
  const served = {
    postern,
    floor: await serve(built.floor, BINDINGS),
    empty: await serve(built.empty, {}),
    // It finds its issuer's keys as any resource does.
    guarded: await serve(built.guarded, {}, postern),
  };
  try {
    console.log('8 callers at once       req/s     p50 ms    p99 ms    CPU ms/request   to the floor');
    for (const operation of await prepare(served.postern, served.floor))
      await compare(operation, served, seconds, turns);
  } finally {
    await Promise.all(Object.values(served).map((each) => each.stop()));
  }
}

/** By turns, so that whatever else the machine does meets both alike; the first turn warms up and is not counted. */
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
