/** The connection timeline: the steps of the latest attempt, each with its state, and the sentence that sums them up. */
import type { ClientTimeline, TimelineStep } from '../records/timeline.ts';
import { type Attempt, latestAttempt } from './attempt.ts';
import type { TimelineFacts } from './facts.ts';
import { grantSteps } from './grant-steps.ts';
import { iso, type StepState, stepOf } from './step.ts';

/** Draws the timeline. A step that the client does not need is left out. */
export function drawTimeline(facts: TimelineFacts): Pick<ClientTimeline, 'summary' | 'steps'> {
  const attempt = latestAttempt(facts);
  const grant = attempt?.outcome === 'redeemed' ? facts.grant : undefined;
  const steps = [
    registered(facts),
    ...approved(facts),
    requested(attempt),
    ...(attempt ? attemptSteps(attempt, facts) : []),
    ...(grant ? grantSteps(grant, facts) : []),
    refused(facts),
  ];
  return { summary: summaryOf(steps, facts), steps };
}

const REGISTERED = {
  registration: 'It registered by Dynamic Client Registration.',
  administrator: 'An administrator created it.',
  document: 'It was used first, by its Client ID Metadata Document.',
} as const;

const registered = ({ client: { origin, createdAt } }: TimelineFacts) =>
  stepOf('registered', 'done', createdAt, REGISTERED[origin]);

function approved({ client }: TimelineFacts): TimelineStep[] {
  const { origin, approval, approvalRequestedAt, isDisabled } = client;
  const at = approvalRequestedAt;
  if (isDisabled) return [stepOf('approved', 'failed', null, 'It is disabled: nothing that it sends is accepted.')];
  if (approval === 'refused') {
    return [stepOf('approved', 'failed', null, 'It is refused: nothing that it sends is accepted.')];
  }
  if (approval === 'waiting') {
    return [stepOf('approved', 'waiting', at, 'It awaits the approval of an administrator: no code is issued to it.')];
  }
  return origin === 'administrator' ? [] : [stepOf('approved', 'done', null, 'It is allowed to ask users for access.')];
}

const NOT_REQUESTED =
  'No authorization request led to a decision. One that stops at the sign-in page or the consent page leaves no record.';

const requested = (attempt: Attempt | undefined) =>
  attempt
    ? stepOf('requested', 'done', attempt.at, attempt.isDevice ? 'A device asked for access.' : 'It asked for access.')
    : stepOf('requested', 'missing', null, NOT_REQUESTED);

function attemptSteps(attempt: Attempt, facts: TimelineFacts): TimelineStep[] {
  const { at, isDevice, outcome } = attempt;
  if (outcome === 'denied') return [stepOf('consented', 'failed', at, 'The user denied the request.')];
  const issued = isDevice ? 'The device code could be redeemed from then on.' : 'A code was issued.';
  return [consented(attempt, facts), stepOf('code_issued', 'done', at, issued), redeemed(attempt, facts)];
}

function consented({ consentedAt }: Attempt, { client }: TimelineFacts): TimelineStep {
  if (consentedAt !== undefined) return stepOf('consented', 'done', consentedAt, 'The user allowed it.');
  const text = client.trusted
    ? 'The user was not asked: the client skips consent.'
    : 'The user was not asked: an earlier consent was remembered.';
  return stepOf('consented', 'done', null, text);
}

function redeemed(attempt: Attempt, { problem }: TimelineFacts): TimelineStep {
  const { at, isDevice, outcome, expiresAt = at, redeemedAt } = attempt;
  const code = isDevice ? 'device code' : 'code';
  switch (outcome) {
    case 'redeemed':
      return stepOf('code_redeemed', 'done', redeemedAt, `The ${code} was redeemed for tokens.`);
    case 'outstanding':
      return stepOf('code_redeemed', 'waiting', null, `The ${code} is outstanding: it expires at ${iso(expiresAt)}.`);
    case 'revoked':
      return stepOf('code_redeemed', 'failed', redeemedAt, 'An administrator revoked the code before it was redeemed.');
    default: {
      const isRefused = problem !== undefined && problem.lastSeenAt >= at;
      const why = isRefused
        ? 'A request of the client was refused since: see the last step.'
        : 'No refused request of the client is recorded since: it may never have come to the token endpoint.';
      return stepOf('code_redeemed', 'missing', null, `The ${code} was never redeemed. ${why}`);
    }
  }
}

function refused({ problem }: TimelineFacts): TimelineStep {
  if (!problem) return stepOf('refused', 'unknown', null, 'No request of this client was refused lately.');
  const { error, reason, lastSeenAt } = problem;
  const text = `A request of this client, of any user, was refused with ${error}${reason === '' ? '.' : `: ${reason}`}`;
  return stepOf('refused', 'failed', lastSeenAt, text);
}

/** The step at which the connection stopped; else a sentence about what works. */
function summaryOf(steps: readonly TimelineStep[], { problem }: TimelineFacts): string {
  const find = (step: TimelineStep['step']) => steps.find((one) => one.step === step);
  const stopped = find('ended') ?? steps.find(({ step, state }) => STOPPING[step]?.includes(state));
  const refusal = find('refused');
  const latest = Math.max(...steps.filter(({ step }) => step !== 'refused').map(({ at }) => (at ? Date.parse(at) : 0)));
  const isRefusedSince = problem !== undefined && problem.lastSeenAt > latest && refusal !== undefined;
  if (stopped?.step === 'requested' && problem && refusal) return refusal.text;
  if (stopped) return stopped.text;
  if (isRefusedSince) return `Tokens were issued, and then: ${refusal.text}`;
  const used = find('token_used');
  return used?.state === 'done'
    ? `The client is connected. ${used.text}`
    : `Tokens were issued. ${used?.text ?? ''}`.trim();
}

/** The states of a step in which the connection stops at it. */
const STOPPING: Partial<Record<TimelineStep['step'], readonly StepState[]>> = {
  approved: ['failed', 'waiting'],
  requested: ['missing'],
  consented: ['failed'],
  code_redeemed: ['missing', 'waiting', 'failed'],
  token_used: ['missing'],
};
