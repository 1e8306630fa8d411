/**
 * GET and POST /welcome: the one-time link with which a new user, or one who forgot it, sets a password, or another
 * sign-in method while passwords are disabled.
 */

import type { Context } from 'hono';
import { hashPassword } from '../crypto/password.ts';
import { notifyOwner } from '../http/account-notice.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import type { Texts } from '../locales/index.ts';
import { AMR_ONE_TIME_LINK } from '../protocol/amr.ts';
import { redeemLink } from '../storage/users/one-time-links.ts';
import { endOlderSessions } from '../storage/users/passwords.ts';
import { endSessionsOf } from '../storage/users/session-revocation.ts';
import { hasSignInMethod } from '../storage/users/sign-in-methods.ts';
import { findUser, type User } from '../storage/users/users.ts';
import { ErrorMessage } from '../ui/components.tsx';
import { Checkbox, HiddenFields, SHOW_PASSWORD_SCRIPT } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { problemPage } from '../ui/problem-page.tsx';
import { ADD_PASSKEY } from './account/passkeys.tsx';
import { fieldProblem, NewPassword } from './account-fields.ts';
import { ACCOUNT } from './account-page.tsx';
import { browserFormToken, checkBrowserForm, ensureBrowserCookie } from './browser-cookie.ts';
import { completeSignIn } from './complete-sign-in.ts';
import { LinkField, linkInQuery } from './link-form.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import { type OneTimeLink, openOneTimeLink } from './one-time-link.ts';
import { acceptsPassword } from './password-policy.ts';
import { passwordAuthentication } from './session.ts';
import { SignInMethodForms } from './sign-in-method-forms.tsx';

/** An opened link: its user, and the sign-in methods that it offers. */
type OpenedLink = {
  link: OneTimeLink;
  text: string;
  user: User;
  withPassword: boolean;
  /** True where the user may have sessions, applications or API keys to revoke. */
  offersRevocation: boolean;
};

export async function showWelcome(c: Context<Web>) {
  const opened = await openWelcomeLink(c, linkInQuery(c));
  return opened ? welcomePage(c, opened) : invalidLinkPage(c);
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
  if (!opened) return invalidLinkPage(c);
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
  if (!user) return invalidLinkPage(c);
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

function welcomePage(c: Context<Web>, opened: OpenedLink, error?: string) {
  if (!opened.withPassword) return signInMethodsPage(c, opened, error);
  const [texts, fields] = [textsOf(c, 'welcome'), textsOf(c, 'fields')];
  const { title, lead } = opened.link.again ? texts.again : texts;
  return page(
    c,
    { title, status: error ? 400 : 200, scripts: [SHOW_PASSWORD_SCRIPT] },
    <>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <NewPasswordForm action="/welcome" fields={fields} problem={error} submit={texts.submit}>
        <HiddenFields formToken={browserFormToken(c)} />
        <LinkField link={opened.text} />
        <RevokeAllCheckbox shown={opened.offersRevocation} texts={texts} />
      </NewPasswordForm>
    </>,
  );
}

/** The option to revoke all access, for the recovery of a compromised account; on by default. */
function RevokeAllCheckbox({ shown, texts }: { shown: boolean; texts: Texts['welcome'] }) {
  return shown ? <Checkbox name="end_all" label={texts.endAll} hint={texts.endAllHint} checked /> : null;
}

/** The page while passwords are disabled. */
async function signInMethodsPage(c: Context<Web>, { text, user, offersRevocation }: OpenedLink, error?: string) {
  const texts = textsOf(c, 'welcome');
  const methods = await c.get('deps').signInMethods();
  const { formToken } = ensureBrowserCookie(c);
  return page(
    c,
    // The form of a provider redirects there.
    { title: texts.title, status: error ? 400 : 200, formsRedirectOut: true },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{error}</ErrorMessage>
      <p class="lead">{texts.methods.lead}</p>
      {methods.length > 0 && (
        <>
          <p>
            {texts.methods.byProvider} <strong>{user.email}</strong>
          </p>
          <SignInMethodForms methods={methods} formToken={formToken} continueWith={textsOf(c, 'signIn').continueWith} />
          <p class="or">{texts.methods.or}</p>
        </>
      )}
      <form class="stack" method="post" action="/welcome">
        <HiddenFields formToken={formToken()} />
        <LinkField link={text} />
        <RevokeAllCheckbox shown={offersRevocation} texts={texts} />
        <div class="actions">
          <button type="submit">{texts.methods.passkey}</button>
        </div>
        <p class="hint">{texts.methods.passkeyHint}</p>
      </form>
    </>,
  );
}

function invalidLinkPage(c: Context<Web>) {
  const { title, what, how } = textsOf(c, 'welcome').bad;
  return problemPage(c, { title, problem: what, advice: how((label) => <a href="/sign-in">{label}</a>) });
}
