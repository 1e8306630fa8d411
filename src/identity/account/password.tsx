/** GET and POST /account/password: choosing another password, within ten minutes of having signed in. */
import type { Context } from 'hono';
import { hashPassword } from '../../crypto/password.ts';
import { setPassword } from '../../storage/people.ts';
import { endSessionsOf } from '../../storage/session-ends.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Hidden } from '../../web/fields.tsx';
import { wordsOf } from '../../web/words.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { NewPasswordForm } from '../new-password-form.tsx';
import { tellOwner } from '../notice.ts';
import { NewPassword, problemOf } from '../password-field.ts';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';

export const PASSWORD = '/account/password';

export async function showPassword(c: Context<Web>) {
  const here = await visitor(c, PASSWORD, 'change-password');
  return here instanceof Response ? here : passwordPage(c, here);
}

export async function changePassword(c: Context<Web>) {
  const sent = await sentForm(c, PASSWORD, 'change-password');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const password = NewPassword.safeParse(form.one('password'));
  if (!password.success) return passwordPage(c, here, problemOf(wordsOf(c, 'fields'), password.error));
  const deps = c.get('deps');
  const { databases, moment, sessionsEnded } = deps;
  const { id, email } = here.person;
  await setPassword(databases, moment, id, await hashPassword(password.data));
  // Whoever knew the old one may be signed in somewhere.
  const { ended } = await endSessionsOf(databases, moment, `person:${id}`, id, here.session.id);
  sessionsEnded(ended);
  tellOwner(deps, email, 'password', wordsOf(c, 'mail'));
  return c.redirect(doneAt(PASSWORD, 'password'), 303);
}

function passwordPage(c: Context<Web>, here: SignedIn, problem?: string) {
  const [say, fields] = [wordsOf(c, 'password'), wordsOf(c, 'fields')];
  return accountPage(
    c,
    here,
    { title: say.title, section: 'password', status: problem ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <NewPasswordForm action={PASSWORD} fields={fields} label={say.label} problem={problem} submit={say.submit}>
        <Hidden formToken={formToken(c.get('deps'), here.session.id)} />
        <input type="hidden" name="username" value={here.person.email} autocomplete="username" />
      </NewPasswordForm>
    </>,
  );
}
