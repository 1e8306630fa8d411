/** How often a stranger may let mail be sent: counted before anything is looked at, whoever has the address. */
import { sha256 } from '../crypto/digest.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { tooManyRequests } from '../protocol/oauth-error.ts';
import { countTry } from '../storage/sign-in-throttle.ts';
import type { Deps } from '../web/context.ts';

/** @throws OAuthError too_many_requests, alike for addresses that have an account and those that have none. */
export async function countMail(
  { databases, moment, network, settings }: Pick<Deps, 'databases' | 'moment' | 'network' | 'settings'>,
  address: string,
): Promise<void> {
  const limits = await settings();
  const tries = [
    { key: `mail-to:${sha256(address.toLowerCase())}`, failures: limits.mail_failures },
    { key: `mail-from:${network}`, failures: limits.mail_failures * 10 },
  ] as const;
  const waitUntil = await countTry(databases, [...tries], moment.now, limits);
  if (waitUntil === undefined) return;
  const seconds = Math.max(1, Math.ceil((waitUntil - moment.now) / SECOND));
  throw tooManyRequests(`too much mail was asked for: please wait ${seconds} seconds.`, seconds);
}
