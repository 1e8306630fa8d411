/**
 * `npm run bench -- fill`: the storage that unauthenticated requests can use in ten minutes at the ceilings, before and
 * after the sweep.
 */
import { BINDINGS } from '../../bench/bindings.ts';
import { fill } from '../../bench/fill.ts';
import { migrate } from '../../bench/operations.ts';
import { build, serve } from '../../bench/worker.ts';

/** The limit of storage for ten minutes of unauthenticated requests, with indexes and the audit log. */
const MOST_MEGABYTES = 50;

/** Bytes: counters of the day, and pages that a table keeps when its rows are gone. */
const LEFT_PAGES = 64 * 1024;

/** From one address, and from as many networks of one /48 as there are requests. @returns 1 where more was stored. */
export async function benchFill(minutes: number): Promise<number> {
  const postern = await build('wrangler.toml');
  let network = 0;
  const nextNetwork = () => `2001:db8:7:${(network++ % 65_536).toString(16)}::1`;
  const sources = { 'one IPv4 address': () => '203.0.113.9', 'an IPv6 /48': nextNetwork };
  let isWithin = true;
  for (const [name, nextAddress] of Object.entries(sources)) {
    const served = await serve(postern, BINDINGS, { minutes });
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

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
