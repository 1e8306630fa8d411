/** Verification of a code of the second factor, throttled by user, or by a browser that signed in with it before. */
import type { Context } from 'hono';
import { matchingTimeStep } from '../../crypto/totp.ts';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { DAY, SECOND_FACTOR_WINDOW } from '../../protocol/lifetimes.ts';
import { useAllOnce, wasUsed } from '../../storage/grants/single-use.ts';
import { countRecoveryCodes, useRecoveryCode } from '../../storage/users/recovery-codes.ts';
import {
  findSecondFactor,
  openFactorSecret,
  recordFailedFactor,
  useTimeStep,
} from '../../storage/users/second-factors.ts';
import { countAttempt, resetAttempts } from '../../storage/users/sign-in-throttle.ts';
import type { User } from '../../storage/users/users.ts';
import { factorThrottleKey } from '../session.ts';
import { parseRecoveryCode } from './recovery-code.ts';

/** The entered code, of one of both kinds. */
export type EnteredCode = { app: string } | { recovery: string };

export type CodeOutcome = { is: 'right' | 'wrong' } | { is: 'throttled'; wait: number };

/** Verifies and uses a code. Each attempt is counted before, so that fifty concurrent guesses count as fifty. */
export async function verifyCode(c: Context<Web>, user: User, entered: EnteredCode): Promise<CodeOutcome> {
  const deps = c.get('deps');
  const { databases, moment, waitUntil } = deps;
  const settings = await deps.settings();
  const [key, failures] = [await factorThrottleKey(c, user), settings.sign_in_account_failures];
  const limits = [{ key, failures, window: SECOND_FACTOR_WINDOW }];
  const until = await countAttempt(databases, limits, moment.now, settings);
  if (until !== undefined) {
    warnOwner(c, user);
    return { is: 'throttled', wait: until - moment.now };
  }
  const isRight = await ('app' in entered ? useAppCode(c, user, entered.app) : useRecovery(c, user, entered.recovery));
  if (!isRight) {
    waitUntil('record a wrong code', recordFailedFactor(databases, moment, user.id));
    return { is: 'wrong' };
  }
  waitUntil('forgive wrong codes', resetAttempts(databases, limits));
  return { is: 'right' };
}

async function useAppCode(c: Context<Web>, user: User, text: string): Promise<boolean> {
  const { databases, moment, config } = c.get('deps');
  const factor = await findSecondFactor(databases, user.id);
  const secret = factor && (await openFactorSecret(config.root, factor));
  const step = secret === undefined ? undefined : matchingTimeStep(secret, text.replace(/\s/g, ''), moment.now);
  return factor !== undefined && step !== undefined && useTimeStep(databases, moment, factor, step);
}

async function useRecovery(c: Context<Web>, user: User, text: string): Promise<boolean> {
  const deps = c.get('deps');
  const { databases, moment } = deps;
  const code = parseRecoveryCode(text);
  if (code === undefined || !(await useRecoveryCode(databases, moment, user.id, code))) return false;
  const left = await countRecoveryCodes(databases, user.id);
  notifyOwner(deps, user, 'recovery-code-used', String(left));
  return true;
}

/** Tells the user, once a day, that codes are being guessed: that takes the first factor. */
function warnOwner(c: Context<Web>, user: User): void {
  const deps = c.get('deps');
  const { databases, moment, waitUntil } = deps;
  const day = Math.floor(moment.now / DAY);
  const notice = { text: `factor-notice:${user.id}:${day}`, expiresAt: moment.now + DAY };
  const warn = async () => {
    try {
      await useAllOnce(databases.global, moment, [notice]);
    } catch (error) {
      if (wasUsed(error)) return;
      throw error;
    }
    notifyOwner(deps, user, 'codes-guessed');
  };
  waitUntil('warn of guessed codes', warn());
}
