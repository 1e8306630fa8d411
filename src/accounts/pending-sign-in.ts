/**
 * A sign-in between its factors: the first authentication, sealed into a cookie of this browser for a few minutes. It is
 * no session, and nothing but the page of the second factor reads it.
 */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Web } from '../http/context.ts';
import { deleteCookieByName, readCookie, writeCookie } from '../http/cookies.ts';
import { parseUserId, type UserId } from '../protocol/credentials.ts';
import { SECOND_FACTOR_LIFETIME } from '../protocol/lifetimes.ts';
import { ensureBrowserCookie, readBrowserCookie } from './browser-cookie.ts';
import type { SessionAuthentication } from './session.ts';

const PendingSignIn = z.object({
  user: z.custom<UserId>((id) => parseUserId(id) !== undefined),
  amr: z.array(z.string()),
  authTime: z.number().nullable(),
  passwordSetAt: z.number().nullable(),
  upstreamStateHash: z.string().nullable(),
  loginId: z.string().nullable(),
  afterCutoff: z.number().optional(),
  /** The page after the sign-in, where no continuation names one. */
  to: z.string().startsWith('/').optional(),
  /** The cookie of the browser that began. */
  browser: z.string(),
  until: z.number(),
});
export type PendingSignIn = z.infer<typeof PendingSignIn>;

/** Keeps the first authentication of a sign-in in this browser. */
export async function writePendingSignIn(
  c: Context<Web>,
  user: { id: UserId },
  authentication: SessionAuthentication,
  to: string | undefined,
): Promise<void> {
  const { config, moment } = c.get('deps');
  const { amr, authTime = moment.now, passwordSetAt = null, upstreamStateHash = null, loginId = null } = authentication;
  const pending = {
    user: user.id,
    amr,
    authTime,
    passwordSetAt,
    upstreamStateHash,
    loginId,
    afterCutoff: authentication.afterCutoff,
    to,
    browser: ensureBrowserCookie(c).id,
    until: moment.now + SECOND_FACTOR_LIFETIME,
  } satisfies z.input<typeof PendingSignIn>;
  writeCookie(c, 'pending-sign-in', await config.root.seal('pending-sign-in', pending), SECOND_FACTOR_LIFETIME);
}

/** The pending sign-in of this browser; undefined for an expired one, or one of another browser. */
export async function readPendingSignIn(c: Context<Web>): Promise<PendingSignIn | undefined> {
  const { config, moment } = c.get('deps');
  const cookie = readCookie(c, 'pending-sign-in');
  const pending = PendingSignIn.safeParse(cookie && (await config.root.unseal('pending-sign-in', cookie)));
  if (!pending.success || pending.data.until <= moment.now) return undefined;
  return pending.data.browser === readBrowserCookie(c) ? pending.data : undefined;
}

/** Removes the pending sign-in of this browser. */
export const dropPendingSignIn = (c: Context<Web>): void => deleteCookieByName(c, 'pending-sign-in');
