/** The steps of a connection timeline after the grant: use of a token, refreshing, the end. */
import type { TimelineStep } from '../records/timeline.ts';
import type { GrantFacts, TimelineFacts } from './facts.ts';
import { iso, stepOf } from './step.ts';

export const grantSteps = (grant: GrantFacts, facts: TimelineFacts): TimelineStep[] => [
  tokenUsed(grant),
  ...(facts.client.usesRefreshTokens ? [refreshed(grant)] : []),
  ...ended(grant),
];

const UNSEEN =
  'No use of a token was seen here. A resource server that validates tokens locally does not ask this server, so one may have been used.';

function tokenUsed({ tokenFirstUsedAt, tokenLastUsedAt, isValidatedOnline }: GrantFacts): TimelineStep {
  if (tokenFirstUsedAt !== null) {
    const day = iso(tokenLastUsedAt ?? tokenFirstUsedAt).slice(0, 10);
    return stepOf('token_used', 'done', tokenFirstUsedAt, `A token was used. The last use seen was on ${day}.`);
  }
  if (!isValidatedOnline) return stepOf('token_used', 'unknown', null, UNSEEN);
  const text = 'The token was never used: no call with it reached a resource server.';
  return stepOf('token_used', 'missing', null, text);
}

function refreshed({ generation, rotatedAt, end }: GrantFacts): TimelineStep {
  if (generation > 0) {
    const times = generation === 1 ? 'once' : `${generation} times`;
    return stepOf('refreshed', 'done', rotatedAt, `The tokens were refreshed ${times}.`);
  }
  const text = end ? 'The tokens were never refreshed.' : 'The tokens were not refreshed yet.';
  return stepOf('refreshed', end ? 'missing' : 'waiting', null, text);
}

const ENDED = {
  ended: 'The grant was revoked',
  expired: 'The grant expired',
  unused: 'The grant ended, because it was not refreshed for too long',
  'cut off': 'The grant ended with all access of its client or user',
} as const;

export function ended({ end }: GrantFacts): TimelineStep[] {
  if (!end) return [];
  const because = end.because === undefined ? '' : ` (${end.because})`;
  return [stepOf('ended', 'failed', end.at, `${ENDED[end.reason]}${because}. The client must ask the user again.`)];
}
