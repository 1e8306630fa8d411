/**
 * GET and POST /welcome: the one-time link with which a new user, or one who forgot it, sets a password, or another
 * sign-in method while passwords are disabled.
 */

import type { Context } from 'hono';
import { hashPassword } from '../crypto/password.ts';
import { notifyOwner } from '../http/account-notice.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { AMR_ONE_TIME_LINK } from '../protocol/amr.ts';
import { redeemLink } from '../storage/users/one-time-links.ts';
import { endOlderSessions } from '../storage/users/passwords.ts';
import { endSessionsOf } from '../storage/users/session-revocation.ts';
import { hasSignInMethod } from '../storage/users/sign-in-methods.ts';
import { findUser } from '../storage/users/users.ts';
import { textsOf } from '../ui/locale.ts';
import { ADD_PASSKEY } from './account/passkeys.tsx';
import { fieldProblem, NewPassword } from './account-fields.ts';
import { ACCOUNT } from './account-page.tsx';
import { checkBrowserForm } from './browser-cookie.ts';
import { completeSignIn } from './complete-sign-in.ts';
import { linkInQuery } from './link-form.tsx';
import { openOneTimeLink } from './one-time-link.ts';
import { acceptsPassword } from './password-policy.ts';
import { passwordAuthentication } from './session.ts';
import { invalidWelcomeLinkPage, type OpenedLink, welcomePage } from './welcome-page.tsx';

export async function showWelcome(c: Context<Web>) {
  const opened = await openWelcomeLink(c, linkInQuery(c));
  return opened ? welcomePage(c, opened) : invalidWelcomeLinkPage(c);
}

async function openWelcomeLink(c: Context<Web>, text: string | undefined): Promise<OpenedLink | undefined> {
  const deps = c.get('deps');
  const link = await openOneTimeLink(deps, text);
  const user = link && (await findUser(deps.databases, link.user));
  if (!link || !user || text === undefined) return undefined;
  const [settings, hasWay] = await Promise.all([deps.settings(), hasSignInMethod(deps.databases, user.id)]);
  const offersRevocation = link.again === true || hasWay;
  return { link, text, user, withPassword: acceptsPassword(deps, settings, user.email), offersRevocation };
}

export async function acceptWelcome(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const opened = await openWelcomeLink(c, form.one('link'));
  if (!opened) return invalidWelcomeLinkPage(c);
  if (checkBrowserForm(c, form) !== 'ours') return welcomePage(c, opened, textsOf(c, 'fields').staleForm);
  // A password that could not sign in is refused.
  const revokesAll = form.one('end_all') !== undefined;
  if (!opened.withPassword) return signInByLink(c, opened, undefined, revokesAll, ADD_PASSKEY);
  const password = await NewPassword.safeParseAsync(form.one('password'));
  if (!password.success) return welcomePage(c, opened, fieldProblem(textsOf(c, 'fields'), password.error));
  return signInByLink(c, opened, await hashPassword(password.data), revokesAll, ACCOUNT);
}

/** Redeems the link and signs in. @returns the redirect to the next page, or the error page. */
async function signInByLink(
  c: Context<Web>,
  { link, text, user: before }: OpenedLink,
  passwordHash: string | undefined,
  revokesAll: boolean,
  to: string,
) {
  const deps = c.get('deps');
  const { user: userId, madeAt, until: expiresAt, mailedTo } = link;
  const spend = { userId, text, madeAt, expiresAt, mailedTo, revokesAll };
  const isGood = await redeemLink(deps.databases, deps.moment, spend, passwordHash);
  const user = isGood ? await findUser(deps.databases, userId) : undefined;
  if (!user) return invalidWelcomeLinkPage(c);
  // The old password and existing sessions end.
  if (passwordHash !== undefined && (before.passwordHash !== null || revokesAll)) {
    const { databases, moment, sessionsEnded } = deps;
    const { ended } = await endOlderSessions(databases, moment, userId, user.passwordSetAt ?? moment.now);
    sessionsEnded(ended);
  } else if (revokesAll) {
    const { ended } = await endSessionsOf(deps.databases, deps.moment, `user:${userId}`, userId);
    deps.sessionsEnded(ended);
  }
  // No notice for the first password.
  if (passwordHash !== undefined && before.passwordHash !== null) {
    notifyOwner(deps, before, 'password');
  }
  const proof =
    passwordHash === undefined ? { amr: [...AMR_ONE_TIME_LINK] } : passwordAuthentication(user.passwordSetAt);
  return completeSignIn(c, user, { ...proof, ...(revokesAll && { afterCutoff: deps.moment.now }) }, { to });
}
