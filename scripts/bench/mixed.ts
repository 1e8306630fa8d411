/** `npm run bench -- mixed`: concurrent callers in a mixed profile, and the sweep of a backlog beside them. */
import { BINDINGS } from '../../bench/bindings.ts';
import { mixed, mixedLines } from '../../bench/mixed.ts';
import { build, serve } from '../../bench/worker.ts';

/** @returns 1 where a request failed. */
export async function benchMixed(minutes: number): Promise<number> {
  // Every request comes from one address: the rate limits of all minutes at once, and more.
  const served = await serve(await build('wrangler.toml'), BINDINGS, { minutes: minutes * 1000, isInspected: true });
  try {
    const report = await mixed(served, minutes);
    for (const line of mixedLines(report)) console.log(line);
    return report.errors.size === 0 ? 0 : 1;
  } finally {
    await served.stop();
  }
}
