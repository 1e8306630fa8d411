/** The limit of mail on request of unauthenticated users, counted before the account is looked up. */
import { sha256 } from '../crypto/digest.ts';
import type { Deps } from '../http/context.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { tooManyRequests } from '../protocol/oauth-error.ts';
import { countAttempt } from '../storage/users/sign-in-throttle.ts';

/** Counts a mail. @throws OAuthError too_many_requests, alike for addresses with and without an account. */
export async function countMail(
  { databases, moment, network, settings }: Pick<Deps, 'databases' | 'moment' | 'network' | 'settings'>,
  address: string,
): Promise<void> {
  const limits = await settings();
  const tries = [
    { key: `mail-to:${sha256(address.toLowerCase())}`, failures: limits.mail_failures },
    { key: `mail-from:${network}`, failures: limits.mail_failures * 10 },
  ] as const;
  const waitUntil = await countAttempt(databases, [...tries], moment.now, limits);
  if (waitUntil === undefined) return;
  const seconds = Math.max(1, Math.ceil((waitUntil - moment.now) / SECOND));
  throw tooManyRequests(`too many mails were requested: please wait ${seconds} seconds.`, seconds);
}
