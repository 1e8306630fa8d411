/**
 * POST /sign-in/mail, GET and POST /sign-in/mailed: a mailed link by which a signed-in user reauthenticates, where an
 * identity provider has no `auth_time`. It is bound to the session, and useless without it.
 */

import type { Context } from 'hono';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { checkFormToken, formToken } from '../http/csrf.ts';
import { canDeliverMail, mailLater, mailTextsFor } from '../http/mail.ts';
import { AMR_ONE_TIME_LINK } from '../protocol/amr.ts';
import { redeemLink } from '../storage/users/one-time-links.ts';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { problemPage } from '../ui/problem-page.tsx';
import { ACCOUNT } from './account-page.tsx';
import { checkBrowserForm } from './browser-cookie.ts';
import { completeSignIn } from './complete-sign-in.ts';
import { currentSession } from './current-session.ts';
import { LinkForm, linkInQuery } from './link-form.tsx';
import { countMail } from './mail-limit.ts';
import {
  openReauthenticationLink,
  REAUTHENTICATION_LINK,
  sealReauthenticationLink,
} from './sealed-reauthentication-link.ts';
import { openContinuation } from './sign-in-continuation.ts';
import { signInPage } from './sign-in-page.tsx';

/** POST /sign-in/mail: mails the link to the address of the signed-in user. */
export async function sendReauthenticationLink(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const opened = await openContinuation(deps, sealed);
  const place = opened === 'expired' ? undefined : opened;
  const signedIn = await currentSession(c);
  const settings = await deps.settings();
  if (checkBrowserForm(c, form) !== 'ours' || !signedIn || !canDeliverMail(deps, settings)) {
    return signInPage(c, { sealed, place, error: textsOf(c, 'fields').staleForm });
  }
  const { email, locale } = signedIn.user;
  await countMail(deps, email);
  const link = await sealReauthenticationLink(deps, signedIn, sealed);
  mailLater(deps, async () => {
    const { texts } = await mailTextsFor(deps, locale);
    return { to: email, mail: texts.signInAgain(settings.brand_name, link) };
  });
  const texts = textsOf(c, 'signIn').mailed;
  return page(
    c,
    { title: texts.title, signedInAs: signedIn.user.name },
    <>
      <h1>{texts.title}</h1>
      <p role="status">{texts.sent(email)}</p>
      <p>{texts.sameBrowser}</p>
    </>,
  );
}

/** GET /sign-in/mailed: shows the form. GET changes nothing, since mail scanners open links. */
export async function showReauthenticationLink(c: Context<Web>) {
  const text = linkInQuery(c);
  const opened = await openReauthenticationLink(c, text);
  if (!opened) return invalidReauthenticationLinkPage(c);
  const { session, user } = opened.signedIn;
  const texts = textsOf(c, 'signIn').mailed;
  return page(
    c,
    { title: texts.question, signedInAs: user.name, formsRedirectOut: true },
    <>
      <h1>{texts.question}</h1>
      <p>{textsOf(c, 'signIn').signedInAs(user.email)}</p>
      <LinkForm
        action={REAUTHENTICATION_LINK}
        formToken={formToken(c.get('deps'), session.id)}
        link={text}
        submit={texts.submit}
      />
    </>,
  );
}

/** POST /sign-in/mailed: updates the authentication time of the session. */
export async function submitReauthenticationLink(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const text = form.one('link') ?? '';
  const opened = await openReauthenticationLink(c, text);
  if (!opened) return invalidReauthenticationLinkPage(c);
  const { link, signedIn } = opened;
  checkFormToken(deps, signedIn.session.id, form);
  const { madeAt, until: expiresAt, mailedTo } = link;
  const spend = { userId: signedIn.user.id, text, madeAt, expiresAt, mailedTo };
  const isGood = await redeemLink(deps.databases, deps.moment, spend, undefined);
  if (!isGood) return invalidReauthenticationLinkPage(c);
  return completeSignIn(c, signedIn.user, { amr: [...AMR_ONE_TIME_LINK] }, { sealed: link.place });
}

function invalidReauthenticationLinkPage(c: Context<Web>) {
  const { title } = textsOf(c, 'welcome').bad;
  const { bad, again } = textsOf(c, 'signIn').mailed;
  return problemPage(c, { title, problem: bad, links: [{ href: ACCOUNT, label: again }] });
}
