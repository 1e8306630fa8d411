/** GET and POST /sign-up/finish: the mailed link of a sign-up; the user sets a password. */

import type { Context } from 'hono';
import { hashPassword } from '../crypto/password.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { newUserId } from '../protocol/credentials.ts';
import { insertUser } from '../storage/users/new-user.ts';
import { HiddenFields, SHOW_PASSWORD_SCRIPT } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { problemPage } from '../ui/problem-page.tsx';
import { fieldProblem, NewPassword } from './account-fields.ts';
import { browserFormToken, checkBrowserForm } from './browser-cookie.ts';
import { completeSignIn } from './complete-sign-in.ts';
import { LinkField, linkInQuery } from './link-form.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import { passwordAuthentication } from './session.ts';
import { FINISH_SIGN_UP, openSignUpLink, requireSignUpAllowed, SIGN_UP, type SignUpLink } from './sign-up-link.ts';

export async function showFinishSignUp(c: Context<Web>) {
  await requireSignUpAllowed(c);
  const text = linkInQuery(c);
  const link = await openSignUpLink(c.get('deps'), text);
  return link ? finishPage(c, link, text) : invalidSignUpLinkPage(c);
}

export async function submitFinishSignUp(c: Context<Web>) {
  await requireSignUpAllowed(c);
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const text = form.one('link') ?? '';
  const link = await openSignUpLink(c.get('deps'), text);
  if (!link) return invalidSignUpLinkPage(c);
  const fields = textsOf(c, 'fields');
  if (checkBrowserForm(c, form) !== 'ours') return finishPage(c, link, text, fields.staleForm);
  const password = await NewPassword.safeParseAsync(form.one('password'));
  if (!password.success) return finishPage(c, link, text, fieldProblem(fields, password.error));
  const { name, email } = link;
  const user = {
    id: newUserId(),
    email,
    name,
    roles: [],
    locale: null,
    passwordHash: await hashPassword(password.data),
    emailVerifiedAt: deps.moment.now,
  };
  const added = await insertUser(deps.databases, deps.moment, `user:${user.id}`, user, 'sign-up');
  if (!added) return invalidSignUpLinkPage(c);
  const signingIn = { ...user, secondFactorAt: null };
  return completeSignIn(c, signingIn, passwordAuthentication(deps.moment.now), { sealed: link.place });
}

function finishPage(c: Context<Web>, link: SignUpLink, text: string, problem?: string) {
  const [texts, fields] = [textsOf(c, 'signUp'), textsOf(c, 'fields')];
  return page(
    c,
    { title: texts.finish.title, status: problem ? 400 : 200, formsRedirectOut: true, scripts: [SHOW_PASSWORD_SCRIPT] },
    <>
      <h1>{texts.finish.title}</h1>
      <p class="lead">{texts.finish.lead(<strong>{link.email}</strong>)}</p>
      <NewPasswordForm action={FINISH_SIGN_UP} fields={fields} problem={problem} submit={texts.submit}>
        <HiddenFields formToken={browserFormToken(c)} />
        <LinkField link={text} />
      </NewPasswordForm>
    </>,
  );
}

function invalidSignUpLinkPage(c: Context<Web>) {
  const { title, what } = textsOf(c, 'welcome').bad;
  return problemPage(c, { title, problem: what, links: [{ href: SIGN_UP, label: textsOf(c, 'signUp').title }] });
}
