/** The latest attempt of a user to connect a client: when it was made, and how far it came. */
import { DOUBLE_SUBMIT_TOLERANCE } from '../../protocol/lifetimes.ts';
import type { UserDecision } from '../../storage/server/user-decisions.ts';
import type { TimelineFacts } from './facts.ts';

export type Attempt = {
  /** The time of the approval or denial. */
  at: number;
  isDevice: boolean;
  outcome: 'denied' | 'outstanding' | 'unredeemed' | 'revoked' | 'redeemed';
  /** The time at which the user was asked and allowed it; undefined where nothing was asked, or that is not recorded. */
  consentedAt?: number | undefined;
  /** The expiry of the code that was not redeemed. */
  expiresAt?: number | undefined;
  redeemedAt?: number | undefined;
};

const ANSWERS: readonly UserDecision['type'][] = ['consent', 'consent.denied', 'device.allowed', 'device.denied'];

/** The latest attempt; undefined where no authorization request led to a decision. */
export function latestAttempt(facts: TimelineFacts): Attempt | undefined {
  const { decisions, code, grant } = facts;
  const answer = decisions.find(({ type }) => ANSWERS.includes(type));
  // Its row is deleted some time after its end; the event of its redemption stays longer.
  const redeemedAt = grant?.createdAt ?? decisions.find(({ type }) => type === 'grant')?.at;
  // Approvals up to then became this grant, or an earlier one.
  const authorizedAt = grant?.authorizedAt ?? redeemedAt ?? Number.NEGATIVE_INFINITY;
  const openCode = code && !code.isRedeemed && code.issuedAt > authorizedAt ? code : undefined;
  if (answer && answer.at > authorizedAt && answer.at >= (openCode?.issuedAt ?? 0)) {
    return answeredAttempt(answer, openCode?.expiresAt, facts);
  }
  if (openCode) {
    const { issuedAt: at, expiresAt } = openCode;
    const outcome = expiresAt > facts.now ? 'outstanding' : 'unredeemed';
    return { at, isDevice: false, outcome, expiresAt, consentedAt: consentAt(decisions, at)?.at };
  }
  if (redeemedAt === undefined) return undefined;
  const consent = consentAt(decisions, Math.min(authorizedAt, redeemedAt));
  const isDevice = consent?.type === 'device.allowed';
  const outcome = grant?.isRevokedCode ? 'revoked' : 'redeemed';
  return { at: authorizedAt, isDevice, outcome, redeemedAt, consentedAt: consent?.at };
}

/** An attempt that ended with the answer of the user, or with the code that was not redeemed. */
function answeredAttempt(answer: UserDecision, codeExpiresAt: number | undefined, facts: TimelineFacts): Attempt {
  const { type, at } = answer;
  const isDevice = type.startsWith('device.');
  if (type.endsWith('denied')) return { at, isDevice, outcome: 'denied' };
  const expiresAt = codeExpiresAt ?? at + (isDevice ? facts.deviceCodeLifetime : facts.codeLifetime);
  return { at, isDevice, outcome: expiresAt > facts.now ? 'outstanding' : 'unredeemed', consentedAt: at, expiresAt };
}

/** The consent that an authorization at this time came from: one and the same request, or its repetition. */
const consentAt = (decisions: readonly UserDecision[], at: number): UserDecision | undefined =>
  decisions.find(
    (one) =>
      (one.type === 'consent' || one.type === 'device.allowed') &&
      one.at <= at &&
      at - one.at <= DOUBLE_SUBMIT_TOLERANCE,
  );
