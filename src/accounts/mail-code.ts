/**
 * A sign-in code by mail: sealed into a cookie of the browser that asked for it, single-use, and valid for ten minutes. The
 * cookie is the same for an address without an account, to which no mail is sent.
 */
import type { Context } from 'hono';
import * as z from 'zod';
import { constantTimeEqual, sha256 } from '../crypto/digest.ts';
import { randomText, randomWord } from '../crypto/random.ts';
import type { Deps, Web } from '../http/context.ts';
import { deleteCookieByName, readCookie, writeCookie } from '../http/cookies.ts';
import { canDeliverMail, mailLater, mailTextsFor } from '../http/mail.ts';
import { MAIL_CODE_LIFETIME } from '../protocol/lifetimes.ts';
import type { Settings } from '../protocol/settings.ts';
import { useAllOnce, wasUsed } from '../storage/grants/single-use.ts';
import { recordEvent } from '../storage/server/audit.ts';
import { findUserByEmail, type User } from '../storage/users/users.ts';
import { ensureBrowserCookie, readBrowserCookie } from './browser-cookie.ts';

export const MAIL_CODE = '/sign-in/code';
export const MAIL_CODE_ENTRY = '/sign-in/code/enter';

/** Guesses are throttled by account, so that one of a hundred million is not found. */
const DIGITS = 8;

const MailCode = z.object({
  id: z.string(),
  email: z.string(),
  hash: z.string(),
  browser: z.string(),
  madeAt: z.number(),
  until: z.number(),
});
type MailCode = z.infer<typeof MailCode>;

const hashOf = (id: string, code: string) => sha256(`${id} ${code}`);

/** True where the setting offers codes, and mail reaches its reader. */
export const offersMailCode = (deps: Pick<Deps, 'config' | 'email'>, settings: Settings): boolean =>
  settings.mail_code_sign_in && canDeliverMail(deps, settings);

/** Makes a code for this browser, and mails it after the response where the address has an account. */
export async function sendMailCode(c: Context<Web>, email: string): Promise<void> {
  const deps = c.get('deps');
  const { config, moment, databases } = deps;
  const [id, code] = [randomText(22), randomWord('0123456789', DIGITS)];
  const sealed = await config.root.seal('mail-code', {
    id,
    email,
    hash: hashOf(id, code),
    browser: ensureBrowserCookie(c).id,
    madeAt: moment.now,
    until: moment.now + MAIL_CODE_LIFETIME,
  } satisfies MailCode);
  writeCookie(c, 'mail-code', sealed, MAIL_CODE_LIFETIME);
  mailLater(deps, async () => {
    const user = await findUserByEmail(databases, email);
    if (!user || user.disabledAt !== null) return undefined;
    const event = { type: 'sign-in-code.requested', subject: user.id, actor: 'unknown' } as const;
    await recordEvent(databases.global, moment, event);
    const { texts } = await mailTextsFor(deps, user.locale);
    const { brand_name } = await deps.settings();
    return { to: user.email, mail: texts.signInCode(brand_name, `${code.slice(0, 4)} ${code.slice(4)}`) };
  });
}

/** The pending code of this browser; undefined for an expired one, or one of another browser. */
export async function readMailCode(c: Context<Web>): Promise<MailCode | undefined> {
  const { config, moment } = c.get('deps');
  const cookie = readCookie(c, 'mail-code');
  const pending = MailCode.safeParse(cookie && (await config.root.unseal('mail-code', cookie)));
  if (!pending.success || pending.data.until <= moment.now) return undefined;
  return pending.data.browser === readBrowserCookie(c) ? pending.data : undefined;
}

/**
 * Uses the code. @returns its user; undefined for a wrong or used code, or where the address has had another user, or the
 * user another address, since it was mailed.
 */
export async function redeemMailCode(c: Context<Web>, pending: MailCode, entered: string): Promise<User | undefined> {
  const { databases, moment } = c.get('deps');
  if (!constantTimeEqual(hashOf(pending.id, entered.replace(/\s/g, '')), pending.hash)) return undefined;
  const user = await findUserByEmail(databases, pending.email);
  if (!user || user.disabledAt !== null) return undefined;
  const changedAt = Math.max(user.createdAt, user.emailChangedAt ?? 0, user.attributesChangedAt ?? 0);
  if (changedAt > pending.madeAt) return undefined;
  try {
    await useAllOnce(databases.global, moment, [{ text: `mail-code:${pending.id}`, expiresAt: pending.until }]);
  } catch (error) {
    if (wasUsed(error)) return undefined;
    throw error;
  }
  deleteCookieByName(c, 'mail-code');
  return user;
}
