/** Remembering this browser, at the user's choice on the page of the second factor. */
import type { Context } from 'hono';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { writeCookie } from '../../http/cookies.ts';
import type { Parameters } from '../../http/parameters.ts';
import { newRememberedBrowserSecret } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { rememberBrowser } from '../../storage/users/remembered-browsers.ts';
import type { User } from '../../storage/users/users.ts';
import { rememberedSecret } from './remembered-browser.ts';

/** The name of the checkbox. */
export const REMEMBER_BROWSER = 'remember_browser';

/**
 * Remembers this browser where the form says so and the setting allows it, and tells the user by mail.
 * @param user as read before the code was verified: a second factor that was replaced since is not remembered.
 */
export async function rememberIfChosen(c: Context<Web>, user: User, form: Parameters): Promise<void> {
  const deps = c.get('deps');
  const { databases, moment } = deps;
  const { remember_browser_days: days } = await deps.settings();
  const { id: userId, secondFactorAt: factorAt, browsersForgotten: forgotten } = user;
  if (form.one(REMEMBER_BROWSER) !== 'on' || days === 0 || factorAt === null) return;
  const secret = newRememberedBrowserSecret();
  const userAgent = c.req.header('user-agent')?.slice(0, 300) ?? null;
  const formerSecret = rememberedSecret(c);
  await rememberBrowser(databases, moment, { userId, factorAt, forgotten, secret, formerSecret, days, userAgent });
  writeCookie(c, 'remembered-browser', secret, days * DAY);
  notifyOwner(deps, user, 'browser-remembered', new Date(moment.now + days * DAY));
}
