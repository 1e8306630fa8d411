/**
 * GET and POST /confirm-address: the link mailed to an address. GET changes nothing, since mail scanners open links.
 * The link works in a session of the requesting account only: another user who receives the mail cannot confirm it.
 */

import type { Context } from 'hono';
import { notifyOwner } from '../../http/account-notice.ts';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { checkFormToken, formToken } from '../../http/csrf.ts';
import { setEmailByLink } from '../../storage/users/email-change-link.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { findUser } from '../../storage/users/users.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { problemPage } from '../../ui/problem-page.tsx';
import { LinkForm, linkInQuery } from '../link-form.tsx';
import { requireSession } from '../require-session.ts';
import { signInAddress } from '../sign-in-continuation.ts';
import { CONFIRM_ADDRESS, EMAIL_PAGE, EmailConfirmation } from './email.tsx';

export async function showConfirmAddress(c: Context<Web>) {
  const text = linkInQuery(c);
  const link = await openEmailLink(c, text);
  if (!link) return invalidAddressLinkPage(c);
  const signedIn = await requireSession(c, `${CONFIRM_ADDRESS}?link=${text}`);
  if (signedIn instanceof Response) return signedIn;
  if (signedIn.user.id !== link.user) return wrongAccountPage(c, signedIn, text);
  const texts = textsOf(c, 'email').confirm;
  return page(
    c,
    { title: texts.title, signedInAs: signedIn.user.name },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.question(<strong>{link.to}</strong>, <strong>{link.from}</strong>)}</p>
      <LinkForm
        action={CONFIRM_ADDRESS}
        formToken={formToken(c.get('deps'), signedIn.session.id)}
        link={text}
        submit={texts.submit}
      />
    </>,
  );
}

/** Confirms the address: the link shows access to its mail, the session that it is the requesting account's. */
export async function submitConfirmAddress(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const text = form.one('link') ?? '';
  const link = await openEmailLink(c, text);
  if (!link) return invalidAddressLinkPage(c);
  const signedIn = await requireSession(c, `${CONFIRM_ADDRESS}?link=${text}`);
  if (signedIn instanceof Response) return signedIn;
  if (signedIn.user.id !== link.user) return wrongAccountPage(c, signedIn, text);
  checkFormToken(deps, signedIn.session.id, form);
  const { user: userId, from, to, madeAt, until: expiresAt } = link;
  const opened = { userId, from, to, text, madeAt, expiresAt };
  const set = await setEmailByLink(deps.databases, deps.moment, opened);
  if (!set || !(await findUser(deps.databases, userId))) return invalidAddressLinkPage(c);
  // To the previous address: an attacker who took over the account reads mail at the new one.
  const { locale } = signedIn.user;
  notifyOwner(deps, { email: from, locale }, from === to ? 'confirmed' : 'changed', to);
  return confirmedPage(c, to);
}

async function openEmailLink(c: Context<Web>, text: string) {
  const { config, moment } = c.get('deps');
  const link = EmailConfirmation.safeParse(await config.root.unseal('email-link', text));
  return link.success && link.data.until > moment.now ? link.data : undefined;
}

function confirmedPage(c: Context<Web>, address: string) {
  const texts = textsOf(c, 'email').confirmed;
  return page(
    c,
    { title: texts.title },
    <>
      <h1>{texts.title}</h1>
      <p role="status">{texts.what(<strong>{address}</strong>)}</p>
      <div class="actions">
        <a class="button" href="/account">
          {texts.go}
        </a>
      </div>
    </>,
  );
}

/** The page for another user who received the mail. */
async function wrongAccountPage(c: Context<Web>, { user }: SignedIn, text: string) {
  const texts = textsOf(c, 'email').wrongAccount;
  const other = await signInAddress(c.get('deps'), { to: `${CONFIRM_ADDRESS}?link=${text}`, ask: 'choice' });
  c.get('logFields').error = 'access_denied';
  return page(
    c,
    { title: texts.title, status: 403, signedInAs: user.name },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{texts.what(user.email)}</ErrorMessage>
      <p>{texts.how}</p>
      <div class="actions">
        <a class="button secondary" href={other}>
          {texts.another}
        </a>
      </div>
    </>,
  );
}

function invalidAddressLinkPage(c: Context<Web>) {
  const { title, what, go } = textsOf(c, 'email').bad;
  return problemPage(c, { title, problem: what, links: [{ href: EMAIL_PAGE, label: go }] });
}
