/** GET and POST /sign-up/finish: the link that was mailed to somebody who makes an account; they choose a password. */
import type { Context } from 'hono';
import { hashPassword } from '../crypto/password.ts';
import { BY_PASSWORD } from '../protocol/amr.ts';
import { newPersonId } from '../protocol/credentials.ts';
import { addPerson } from '../storage/people.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { problemPage } from '../web/problem-page.tsx';
import { wordsOf } from '../web/words.ts';
import { browserFormToken, judgeBrowserForm } from './browser-cookie.ts';
import { NewPasswordForm } from './new-password-form.tsx';
import { NewPassword, problemOf } from './password-field.ts';
import { openPlace } from './place.ts';
import { beginSession } from './session.ts';
import { HOME } from './sign-in.tsx';
import { FINISH_SIGN_UP, openSignUpLink, refuseUnlessAllowed, SIGN_UP, type SignUpLink } from './sign-up-link.ts';

export async function showFinishSignUp(c: Context<Web>) {
  await refuseUnlessAllowed(c);
  const text = parseParameters(new URL(c.req.url).search.slice(1)).one('link') ?? '';
  const link = await openSignUpLink(c.get('deps'), text);
  return link ? finishPage(c, link, text) : badLinkPage(c);
}

export async function finishSignUp(c: Context<Web>) {
  await refuseUnlessAllowed(c);
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const text = form.one('link') ?? '';
  const link = await openSignUpLink(c.get('deps'), text);
  if (!link) return badLinkPage(c);
  const fields = wordsOf(c, 'fields');
  if (judgeBrowserForm(c, form) !== 'ours') return finishPage(c, link, text, fields.staleForm);
  const password = NewPassword.safeParse(form.one('password'));
  if (!password.success) return finishPage(c, link, text, problemOf(fields, password.error));
  const { name, email } = link;
  const person = {
    ...{ id: newPersonId(), email, name, roles: [] },
    passwordHash: await hashPassword(password.data),
    emailVerifiedAt: deps.moment.now,
  };
  const added = await addPerson(deps.databases, deps.moment, `person:${person.id}`, person, 'sign-up');
  if (!added) return badLinkPage(c);
  await beginSession(c, person, 'sign-in', [...BY_PASSWORD]);
  const place = await openPlace(deps, link.place);
  return c.redirect(place && place !== 'expired' ? place.to : HOME, 303);
}

function finishPage(c: Context<Web>, link: SignUpLink, text: string, problem?: string) {
  const [say, fields] = [wordsOf(c, 'signUp'), wordsOf(c, 'fields')];
  return page(
    c,
    { title: say.finish.title, status: problem ? 400 : 200, formsLeave: true },
    <>
      <h1>{say.finish.title}</h1>
      <p class="lead">{say.finish.lead(<strong>{link.email}</strong>)}</p>
      <NewPasswordForm action={FINISH_SIGN_UP} fields={fields} problem={problem} submit={say.submit}>
        <Hidden formToken={browserFormToken(c)} />
        <input type="hidden" name="link" value={text} />
      </NewPasswordForm>
    </>,
  );
}

function badLinkPage(c: Context<Web>) {
  const { title, what } = wordsOf(c, 'welcome').bad;
  return problemPage(c, { title, problem: what, ways: [{ href: SIGN_UP, label: wordsOf(c, 'signUp').title }] });
}
