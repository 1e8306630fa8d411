/**
 * `npm run bench -- mixed`: sixteen concurrent callers in a mixed profile, for a time, and the sweep of a backlog beside
 * them. Prints errors, latencies, heap, size of the database, and the longest wait of a request during the sweep.
 */
import { BACKLOG, countExpired, fillExpired } from './backlog.ts';
import { heapOf } from './heap.ts';
import { percentile } from './load.ts';
import { type Answered, CALLERS, callAll, PROFILE } from './mixed-callers.ts';
import { migrate } from './operations.ts';
import { createUser, registerConfidential } from './records.ts';
import type { Served } from './worker.ts';

export type MixedReport = {
  requests: number;
  errors: Map<string, number>;
  latencies: number[];
  heapKiB: { before: number; after: number };
  bytes: { before: number; filled: number; after: number };
  sweep: { rows: number; seconds: number; longestWait: number; longestWaitBefore: number };
};

/** @param minutes the time of the callers; the sweep begins after half of it. */
export async function mixed(served: Served, minutes: number): Promise<MixedReport> {
  await migrate(served);
  const db = await served.miniflare.getD1Database('DB');
  const account = { ...(await registerConfidential(served)), userId: await createUser(served) };
  const used = async () => Number((await db.prepare('SELECT 1').all()).meta.size_after);
  const before = { bytes: await used(), heap: await heapOf(served) };
  await fillExpired(db);
  const filled = await used();
  // The first requests start the isolate, and are not counted.
  let warm = CALLERS * PROFILE.length;
  await callAll(served.url, account, () => warm-- <= 0, []);
  const answers: Answered[] = [];
  const start = performance.now();
  let isSwept = false;
  const isOver = () => isSwept && performance.now() > start + minutes * 60_000;
  const callers = callAll(served.url, account, isOver, answers);
  await new Promise((resolve) => setTimeout(resolve, minutes * 30_000));
  const swept = await sweep(served);
  isSwept = true;
  const after = await used();
  await callers;
  return {
    requests: answers.length,
    errors: errorsOf(answers),
    latencies: answers.map(({ ms }) => ms),
    heapKiB: { before: before.heap, after: await heapOf(served) },
    bytes: { before: before.bytes, filled, after },
    sweep: { rows: 2 * BACKLOG - (await countExpired(db)), ...waitsOf(answers, start, swept) },
  };
}

type Span = { began: number; ended: number };

/** One run of the cron. */
async function sweep({ miniflare }: Served): Promise<Span> {
  const began = performance.now();
  const worker = await miniflare.getWorker();
  await worker.scheduled({ scheduledTime: new Date(), cron: '*/5 * * * *' });
  return { began, ended: performance.now() };
}

function errorsOf(answers: readonly Answered[]): Map<string, number> {
  const failed = answers.filter(({ status }) => status >= 300).map(({ kind, status }) => `${kind} ${status}`);
  return new Map([...Map.groupBy(failed, (one) => one)].map(([one, all]) => [one, all.length]));
}

/** The longest request during the sweep, and in the same time before it. */
function waitsOf(answers: readonly Answered[], start: number, { began, ended }: Span) {
  const longest = (from: number, to: number) =>
    answers
      .filter(({ sentAt, ms }) => sentAt + ms >= from && sentAt < to)
      .reduce((most, { ms }) => Math.max(most, ms), 0);
  return {
    seconds: (ended - began) / 1000,
    longestWait: longest(began, ended),
    longestWaitBefore: longest(Math.max(start, began - (ended - began)), began),
  };
}

/** The lines of a report. */
export function mixedLines({ requests, errors, latencies, heapKiB, bytes, sweep }: MixedReport): string[] {
  const [mb, ms] = [(value: number) => (value / 1e6).toFixed(1), (value: number) => value.toFixed(1)];
  const failures = [...errors].map(([what, count]) => `${what} × ${count}`).join(', ') || 'none';
  return [
    `${requests} requests of ${CALLERS} callers, errors: ${failures}`,
    `p50 ${ms(percentile(latencies, 0.5))} ms, p99 ${ms(percentile(latencies, 0.99))} ms`,
    `Heap after collection: ${heapKiB.before.toFixed(0)} KiB before, ${heapKiB.after.toFixed(0)} KiB after`,
    `D1: ${mb(bytes.before)} MB, ${mb(bytes.filled)} MB with the backlog, ${mb(bytes.after)} MB after the sweep`,
    `Sweep: ${sweep.rows} rows in ${sweep.seconds.toFixed(1)} s, ${(sweep.rows / sweep.seconds).toFixed(0)} a second; longest request meanwhile ${ms(sweep.longestWait)} ms, without a sweep ${ms(sweep.longestWaitBefore)} ms`,
  ];
}
