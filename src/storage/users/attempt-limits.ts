/** Limits of attempts, by the account, browser, network or mailbox that they are counted for. */
import type { Settings } from '../../protocol/settings.ts';

/**
 * The subjects that are throttled: accounts, known browsers and networks that sign in, guessing of the second factor and
 * of user codes, senders and recipients of mail, and security notices.
 */
export type ThrottleKey =
  | `account:${string}`
  | `device:${string}`
  | `factor-of:${string}`
  | `factor-device:${string}`
  | `address:${string}`
  | `mail-to:${string}`
  | `mail-from:${string}`
  | `notice-to:${string}`
  | `code-of:${string}`
  | `code-from:${string}`;

export type AttemptLimit = {
  key: ThrottleKey;
  failures: number;
  /** The milliseconds for which failures are counted. Default: as the setting `sign_in_window_minutes` says. */
  window?: number;
};

/**
 * The keys that one attempt counts against, each with its limit of failures. A browser that signed in to the account
 * before is counted alone, with the limit of an account: other users of its network cannot lock it out, and it can only
 * guess the password of its own user.
 */
export function attemptLimits(settings: Settings, who: ThrottleKey, address: string): AttemptLimit[] {
  const own = { key: who, failures: settings.sign_in_account_failures };
  if (who.startsWith('device:')) return [own];
  return [own, { key: `address:${address}`, failures: settings.sign_in_address_failures }];
}
