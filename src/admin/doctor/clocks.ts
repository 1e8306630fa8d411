/** The clocks of the servers, read from `Date` (RFC 9110 §6.6.1): a token is validated by another clock than issued it. */
import { MINUTE, SECOND } from '../../protocol/lifetimes.ts';
import type { ProbeResponse } from './probe.ts';
import type { Walk } from './walk.ts';

/** Beyond it a token is refused as not yet valid or expired: verifiers allow a minute or two. */
const TOLERATED = 2 * MINUTE;

/** Milliseconds by which the server's clock is ahead of this machine's. */
function aheadBy({ headers, at }: ProbeResponse): number {
  // RFC 9111 §4.2.3: an answer from a cache has the Date of when it was made.
  const age = Number(headers.get('age') ?? 0) || 0;
  return Date.parse(headers.get('date') ?? '') + age * SECOND - at;
}

export function checkClocks(walk: Walk): void {
  for (const [host, answer] of walk.known.clocks) {
    const ahead = aheadBy(answer);
    if (Number.isNaN(ahead) || Math.abs(ahead) < TOLERATED) continue;
    const minutes = Math.round(Math.abs(ahead) / MINUTE);
    walk.found(
      'clock-skew',
      `the clock of ${host} is ${minutes} minutes ${ahead > 0 ? 'ahead' : 'behind'} of this machine`,
    );
  }
}
