/** The sign-up page. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { canSendMail } from '../http/mail.ts';
import { ErrorMessage } from '../ui/components.tsx';
import { Field, HiddenFields, PasswordField, SHOW_PASSWORD_SCRIPT } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { browserFormToken } from './browser-cookie.ts';

type SignUpFields = { name?: string | undefined; email?: string | undefined };

export type SignUpProblems = {
  name?: string | undefined;
  email?: string | undefined;
  password?: string | undefined;
  form?: string;
};

export async function signUpPage(
  c: Context<Web>,
  sealed: string | undefined,
  values: SignUpFields,
  problems: SignUpProblems,
) {
  const failed = Object.values(problems).some(Boolean);
  const [texts, fields] = [textsOf(c, 'signUp'), textsOf(c, 'fields')];
  const deps = c.get('deps');
  const byMail = canSendMail(deps, await deps.settings());
  return page(
    c,
    { title: texts.title, status: failed ? 400 : 200, formsRedirectOut: true, scripts: [SHOW_PASSWORD_SCRIPT] },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problems.form}</ErrorMessage>
      {byMail && <p>{texts.byMail}</p>}
      <form class="stack" method="post" action="/sign-up">
        <HiddenFields formToken={browserFormToken(c)} continuation={sealed} />
        <Field
          name="name"
          label={fields.name}
          type="text"
          autocomplete="name"
          value={values.name}
          error={problems.name}
        />
        <Field
          name="email"
          label={fields.email}
          type="email"
          autocomplete="username"
          value={values.email}
          error={problems.email}
        />
        {!byMail && (
          <PasswordField
            name="password"
            label={fields.password}
            autocomplete="new-password"
            texts={fields}
            hint={fields.passwordHint}
            error={problems.password}
          />
        )}
        <div class="actions">
          <button type="submit">{byMail ? texts.askForLink : texts.submit}</button>
        </div>
      </form>
      <p>
        {texts.haveOne((label) => (
          <a href={`/sign-in${sealed ? `?continue=${sealed}` : ''}`}>{label}</a>
        ))}
      </p>
    </>,
  );
}
