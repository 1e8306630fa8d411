/** `npm run bench`: the built Worker beside a baseline of the least cost of its work, in one run, by turns. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BINDINGS_WITH_RS256 } from '../../bench/bindings.ts';
import { type ColdStart, coldStarts } from '../../bench/cold-start.ts';
import { load, merge, type Operation, percentile, type Sample } from '../../bench/load.ts';
import { migrate, prepare } from '../../bench/operations.ts';
import { type Built, build, type Served, serve } from '../../bench/worker.ts';
import { replaceTable } from './markdown-table.ts';

const PAGE = join('docs', 'explanation', 'performance.md');

export type FloorOptions = {
  seconds: number;
  turns: number;
  /** Part of the names of the operations; all where it is missing, and the start of a process. */
  only: string | undefined;
  /** True where the tables of docs/explanation/performance.md are replaced. */
  write: boolean;
};

type Row = { name: string; beside: string; ours: Sample; theirs: Sample };

export async function benchFloor({ seconds, turns, only, write }: FloorOptions): Promise<number> {
  const [postern, floor, empty, guarded] = await Promise.all([
    build('wrangler.toml'),
    build('bench/floor.toml'),
    build('bench/empty.toml'),
    build('bench/guarded.toml'),
  ]);
  const rows = await compareAll({ postern, floor, empty, guarded }, seconds, turns, only);
  if (only !== undefined) return 0;
  console.log(`\nBundle        ${postern.gzipKiB.toFixed(1)} KiB gzip`);
  const starts = await coldStarts(postern, empty, floor);
  for (const start of starts) console.log(startLine(start));
  if (write) writePage(rows, starts);
  return 0;
}

async function compareAll(
  built: Record<'postern' | 'floor' | 'empty' | 'guarded', Built>,
  seconds: number,
  turns: number,
  only = '',
): Promise<Row[]> {
  const postern = await serve(built.postern, BINDINGS_WITH_RS256);
  const served = {
    postern,
    floor: await serve(built.floor, BINDINGS_WITH_RS256),
    empty: await serve(built.empty, {}),
    // It fetches its issuer's keys like every resource server.
    guarded: await serve(built.guarded, {}, { outbound: postern }),
  };
  try {
    await migrate(postern);
    console.log('8 callers at once               req/s     p50 ms    p99 ms    CPU ms/request   to the floor');
    const operations = await prepare(served.postern, served.floor, seconds);
    const rows: Row[] = [];
    for (const operation of operations.filter(({ name }) => name.includes(only))) {
      const row = await compare(operation, served, seconds, turns);
      rows.push(row);
      console.log(lineOf(row.name, row.ours, `${ratioOf(row)} × CPU`));
      console.log(lineOf(`  ${row.beside}`, row.theirs, ''));
    }
    return rows;
  } finally {
    await Promise.all(Object.values(served).map((each) => each.stop()));
  }
}

/** Alternates both, so that other load affects them alike; the first turn warms up and is not counted. */
async function compare(operation: Operation, served: Record<string, Served>, seconds: number, turns: number) {
  const { name, of = 'postern' } = operation;
  const target = served[operation.beside] as Served;
  const ours: Sample[] = [];
  const theirs: Sample[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    ours.push(await load(served[of] as Served, await operation.postern(), seconds));
    theirs.push(await load(target, await operation.other(), seconds));
  }
  const beside = of === operation.beside ? 'unprotected' : operation.beside;
  return { name, beside, ours: merge(ours.slice(1)), theirs: merge(theirs.slice(1)) };
}

const cpuOf = ({ cpuMs, requests }: Sample): number => cpuMs / requests;
const ratioOf = ({ ours, theirs }: Row): string => (cpuOf(ours) / cpuOf(theirs)).toFixed(2);

function lineOf(name: string, sample: Sample, ratio: string): string {
  const { requests, seconds, latencies } = sample;
  const cells = [
    (requests / seconds).toFixed(0),
    percentile(latencies, 0.5).toFixed(2),
    percentile(latencies, 0.99).toFixed(2),
    cpuOf(sample).toFixed(3),
  ];
  return `${name.padEnd(32)}${cells.map((cell) => cell.padStart(9)).join(' ')}        ${ratio}`;
}

function startLine({ name, ours, empty, over, floor }: ColdStart): string {
  const withFloor = floor === undefined ? '' : `; the floor ${floor.toFixed(0)} ms`;
  return `${name.padEnd(22)}${ours.toFixed(0)} ms, an empty Worker ${empty.toFixed(0)} ms: ${over.toFixed(0)} ms more${withFloor}`;
}

/** Replaces the tables of the page by those of this run. */
function writePage(rows: Row[], starts: ColdStart[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const withRows = replaceTable(page, '## CPU against the floor', [
    ['operation', 'compared with', 'CPU ms of that', 'CPU ms', 'ratio'],
    ...rows.map((row) => [
      row.name,
      row.beside,
      cpuOf(row.theirs).toFixed(2),
      cpuOf(row.ours).toFixed(2),
      ratioOf(row),
    ]),
  ]);
  const whole = replaceTable(withRows, '## The start of a process', [
    ['', 'Postern, ms', 'empty Worker, ms', 'difference', 'floor, ms'],
    ...starts.map(({ name, ours, empty, over, floor }) => [
      name,
      ours.toFixed(0),
      empty.toFixed(0),
      over.toFixed(0),
      floor?.toFixed(0) ?? '',
    ]),
  ]);
  writeFileSync(PAGE, whole);
  console.log(`Written: ${PAGE}`);
}
