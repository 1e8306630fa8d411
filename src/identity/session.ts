/** The session of a browser: its cookie, and who is behind it. */
import type { Context } from 'hono';
import * as z from 'zod';
import { sha256 } from '../crypto/digest.ts';
import { randomText } from '../crypto/random.ts';
import { type PersonId, parseSessionCookie } from '../protocol/credentials.ts';
import { DAY, DEVICE_COOKIE } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { endSession } from '../storage/session-ends.ts';
import { createSession, findSignedIn, type SignedIn, touchSession } from '../storage/sessions.ts';
import type { ThrottleKey } from '../storage/sign-in-throttle.ts';
import type { Web } from '../web/context.ts';
import { dropCookie, readCookie, writeCookie } from '../web/cookies.ts';

/** Who is signed in here, with the grants they gave a client; one round. */
export async function currentSession(c: Context<Web>, clientId?: string): Promise<SignedIn | undefined> {
  const { databases, moment, settings, later } = c.get('deps');
  const signedIn = await findSignedIn(databases, readCookie(c, 'session'), moment.now, await settings(), clientId);
  if (signedIn) {
    c.get('facts').person = signedIn.person.id;
    later('touch session', touchSession(databases, signedIn.session, moment.now));
  }
  return signedIn;
}

/**
 * Begins a session; one that another person had in this browser is over. `amr` says how the person proved who they are
 * (RFC 8176).
 * @throws OAuthError access_denied where the account was disabled meanwhile.
 */
export async function beginSession(
  c: Context<Web>,
  person: { id: PersonId; email: string },
  how: 'sign-in' | 'sign-up',
  amr: string[],
): Promise<void> {
  const { databases, moment, settings, place, later, sessionsEnded } = c.get('deps');
  const limits = await settings();
  const old = readCookie(c, 'session');
  const shard = databases.nearest(place);
  const userAgent = c.req.header('user-agent')?.slice(0, 300) ?? null;
  const begun = { personId: person.id, shard, how, amr, userAgent };
  const cookie = await createSession(databases, moment, limits, begun, old);
  if (!cookie) throw new OAuthError('access_denied', 'this account is disabled.');
  // One of the same person goes on, or is over by itself: ending it would end what applications may do.
  if (old && parseSessionCookie(old)?.person !== person.id)
    later('end the former session', endSession(databases, moment, old).then(sessionsEnded));
  writeCookie(c, 'session', cookie, limits.session_days * DAY);
  await rememberDevice(c, person.email);
}

/** Ends the session of this browser. */
export async function finishSession(c: Context<Web>): Promise<void> {
  const { databases, moment, sessionsEnded } = c.get('deps');
  const cookie = readCookie(c, 'session');
  if (cookie) sessionsEnded(await endSession(databases, moment, cookie));
  dropCookie(c, 'session');
}

const Device = z.object({ account: z.string(), device: z.string() });

/** A browser that signed in before is not kept out by what others try with the account. */
async function rememberDevice(c: Context<Web>, email: string): Promise<void> {
  const { root } = c.get('deps').config;
  const device = { account: accountKey(email), device: randomText(22) };
  writeCookie(c, 'device', await root.seal('device', device), DEVICE_COOKIE);
}

/** What a try to sign in counts against: this browser, where it is known for the account, else the account. */
export async function throttleKey(c: Context<Web>, email: string): Promise<ThrottleKey> {
  const cookie = readCookie(c, 'device');
  const device = Device.safeParse(cookie && (await c.get('deps').config.root.unseal('device', cookie)));
  const account = accountKey(email);
  return device.success && device.data.account === account ? `device:${device.data.device}` : `account:${account}`;
}

const accountKey = (email: string) => sha256(email.toLowerCase());
