/** Sessions of a browser: their beginning and their end. */

import type { Context } from 'hono';
import * as z from 'zod';
import { sha256 } from '../crypto/digest.ts';
import { randomText } from '../crypto/random.ts';
import type { Web } from '../http/context.ts';
import { deleteCookieByName, readCookie, writeCookie } from '../http/cookies.ts';
import { AMR_PASSWORD } from '../protocol/amr.ts';
import { parseSessionCookie, type UserId } from '../protocol/credentials.ts';
import { DAY, DEVICE_COOKIE_LIFETIME } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type FactorUser, hasSecondFactor, isOfRememberedBrowser } from '../protocol/second-factor.ts';
import { chooseShard } from '../storage/database/choose-shard.ts';
import type { ThrottleKey } from '../storage/users/attempt-limits.ts';
import { endSession } from '../storage/users/session-revocation.ts';
import { type Authentication, createSession } from '../storage/users/sessions.ts';
import { cancelOwnDeletion } from './account-deletion.ts';

/** The authentication of a sign-in. `authTime`: default now. */
export type SessionAuthentication = Pick<Authentication, 'amr'> &
  Partial<Authentication> & { afterCutoff?: number | undefined };

/** The user who signs in; with the end of the grace period where they requested the deletion of their account. */
export type SigningInUser = { id: UserId; email: string; locale: string | null; deletionDueAt?: number | null };

/**
 * Starts a session after every factor: sign-in methods call `completeSignIn` instead. Cancels a deletion that the user
 * requested, and ends the session of another user in this browser.
 * @throws OAuthError access_denied where the account was disabled, or its password changed, in the meantime.
 */
export async function beginSession(
  c: Context<Web>,
  user: SigningInUser,
  { amr, authTime, passwordSetAt = null, upstreamStateHash = null, loginId = null, afterCutoff }: SessionAuthentication,
): Promise<void> {
  const { databases, moment, settings, place, waitUntil, sessionsEnded } = c.get('deps');
  const limits = await settings();
  const old = readCookie(c, 'session');
  const shard = await chooseShard(databases, place, moment.now);
  const userAgent = c.req.header('user-agent')?.slice(0, 300) ?? null;
  const at = authTime === undefined ? moment.now : authTime;
  const begun = {
    userId: user.id,
    shard,
    amr,
    userAgent,
    passwordSetAt,
    authTime: at,
    upstreamStateHash,
    loginId,
    afterCutoff,
  };
  const cookie = await createSession(databases, moment, limits, begun, old);
  if (!cookie) throw new OAuthError('access_denied', 'this account was disabled, or its password changed, meanwhile.');
  await keepAccount(c, user);
  // A session of the same user continues: ending it would revoke the access of applications.
  if (old && parseSessionCookie(old)?.user !== user.id)
    waitUntil('end the former session', endSession(databases, moment, old).then(sessionsEnded));
  writeCookie(c, 'session', cookie, limits.session_days * DAY);
  await rememberDevice(c, user.email, amr);
}

/** A sign-in with the password that was set at this time. */
export const passwordAuthentication = (passwordSetAt: number | null): SessionAuthentication => ({
  amr: [...AMR_PASSWORD],
  passwordSetAt,
});

/** Cancels the requested deletion. @throws OAuthError access_denied where it is too late, or not the user's own. */
async function keepAccount(c: Context<Web>, user: SigningInUser): Promise<void> {
  if ((user.deletionDueAt ?? null) === null) return;
  const isCancelled = await cancelOwnDeletion(c.get('deps'), user);
  if (!isCancelled) throw new OAuthError('access_denied', 'this account is being deleted.');
}

/** Ends the session of this browser. */
export async function endCurrentSession(c: Context<Web>): Promise<void> {
  const { databases, moment, sessionsEnded } = c.get('deps');
  const cookie = readCookie(c, 'session');
  if (cookie) sessionsEnded(await endSession(databases, moment, cookie));
  deleteCookieByName(c, 'session');
}

const DeviceCookie = z.object({
  account: z.string(),
  device: z.string(),
  /** Time of the sign-in with a second factor, where it had one. */
  factorAt: z.nullish(z.number()),
});

/** Remembers this browser for the account, so that failed attempts from other browsers do not block it. */
async function rememberDevice(c: Context<Web>, email: string, amr: readonly string[]): Promise<void> {
  const { config, moment } = c.get('deps');
  // Without a code, a browser neither gets new guesses of one nor loses those that it has.
  if (isOfRememberedBrowser(amr) && (await knownDevice(c, email))) return;
  const factorAt = hasSecondFactor(amr) ? moment.now : null;
  const device = { account: accountKey(email), device: randomText(22), factorAt };
  writeCookie(c, 'device', await config.root.seal('device', device), DEVICE_COOKIE_LIFETIME);
}

/** This browser as it is known for the account, where it signed in to it before. */
async function knownDevice(c: Context<Web>, email: string): Promise<z.infer<typeof DeviceCookie> | undefined> {
  const cookie = readCookie(c, 'device');
  const device = DeviceCookie.safeParse(cookie && (await c.get('deps').config.root.unseal('device', cookie)));
  return device.success && device.data.account === accountKey(email) ? device.data : undefined;
}

/** The key that sign-in attempts count against: this browser, where it is known for the account, else the account. */
export async function throttleKey(c: Context<Web>, email: string): Promise<ThrottleKey> {
  const known = await knownDevice(c, email);
  return known ? `device:${known.device}` : `account:${accountKey(email)}`;
}

/**
 * The key that codes of the second factor count against: this browser, where it signed in with that second factor
 * before, else the user. A browser that only knows the password is none: each of many would have guesses of its own.
 */
export async function factorThrottleKey(
  c: Context<Web>,
  { id, email, secondFactorAt }: FactorUser & { id: UserId; email: string },
): Promise<ThrottleKey> {
  const known = await knownDevice(c, email);
  const isKnown = known && secondFactorAt !== null && (known.factorAt ?? 0) >= secondFactorAt;
  return isKnown ? `factor-device:${known.device}` : `factor-of:${id}`;
}

const accountKey = (email: string) => sha256(email.toLowerCase());
