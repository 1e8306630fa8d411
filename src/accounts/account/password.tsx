/** GET and POST /account/password: changing the password, within ten minutes of authentication. */
import type { Context } from 'hono';
import { hashPassword } from '../../crypto/password.ts';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { setPassword } from '../../storage/users/passwords.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { HiddenFields, SHOW_PASSWORD_SCRIPT } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { fieldProblem, NewPassword } from '../account-fields.ts';
import { accountPage, doneUrl } from '../account-page.tsx';
import { NewPasswordForm } from '../new-password-form.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';

export const PASSWORD_PAGE = '/account/password';

export async function showPassword(c: Context<Web>) {
  const signedIn = await requireSession(c, PASSWORD_PAGE, 'change-password');
  return signedIn instanceof Response ? signedIn : passwordPage(c, signedIn);
}

export async function submitChangePassword(c: Context<Web>) {
  const sent = await readAccountForm(c, PASSWORD_PAGE, 'change-password');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const password = await NewPassword.safeParseAsync(form.one('password'));
  if (!password.success) return passwordPage(c, signedIn, fieldProblem(textsOf(c, 'fields'), password.error));
  const deps = c.get('deps');
  const { databases, moment, sessionsEnded } = deps;
  const { user, session } = signedIn;
  const { ended } = await setPassword(databases, moment, user.id, await hashPassword(password.data), session.id);
  sessionsEnded(ended);
  notifyOwner(deps, user, 'password');
  return c.redirect(doneUrl(PASSWORD_PAGE, 'password'), 303);
}

function passwordPage(c: Context<Web>, signedIn: SignedIn, problem?: string) {
  const [texts, fields] = [textsOf(c, 'password'), textsOf(c, 'fields')];
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'password', status: problem ? 400 : 200, scripts: [SHOW_PASSWORD_SCRIPT] },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      <NewPasswordForm
        action={PASSWORD_PAGE}
        fields={fields}
        label={texts.label}
        problem={problem}
        submit={texts.submit}
      >
        <HiddenFields formToken={formToken(c.get('deps'), signedIn.session.id)} />
        <input type="hidden" name="username" value={signedIn.user.email} autocomplete="username" />
      </NewPasswordForm>
    </>,
  );
}
