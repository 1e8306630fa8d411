/** The pages of the sign-in with a code by mail: the address, and the code. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { ErrorMessage } from '../ui/components.tsx';
import { Field, HiddenFields } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { browserFormToken } from './browser-cookie.ts';
import { CodeField } from './code-field.tsx';
import { withContinuation } from './complete-sign-in.ts';
import { MAIL_CODE, MAIL_CODE_ENTRY } from './mail-code.ts';

type RequestProblems = { form?: string; email?: string | undefined };

export function requestPage(
  c: Context<Web>,
  sealed: string | undefined,
  email?: string,
  problems: RequestProblems = {},
) {
  const [texts, fields] = [textsOf(c, 'signIn').code, textsOf(c, 'fields')];
  return page(
    c,
    { title: texts.title, status: problems.form || problems.email ? 400 : 200 },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problems.form}</ErrorMessage>
      <p>{texts.lead}</p>
      <form class="stack" method="post" action={MAIL_CODE}>
        <HiddenFields formToken={browserFormToken(c)} continuation={sealed} />
        <Field
          name="email"
          label={fields.email}
          type="email"
          autocomplete="username"
          value={email?.slice(0, 254)}
          error={problems.email}
        />
        <div class="actions">
          <button type="submit">{texts.send}</button>
        </div>
      </form>
    </>,
  );
}

export function entryPage(c: Context<Web>, sealed: string | undefined, email: string, problem?: string) {
  const texts = textsOf(c, 'signIn').code;
  return page(
    c,
    { title: texts.entry, status: problem ? 400 : 200, formsRedirectOut: true },
    <>
      <h1>{texts.entry}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      <p role="status">{texts.sent(<strong>{email}</strong>)}</p>
      <form class="stack" method="post" action={MAIL_CODE_ENTRY}>
        <HiddenFields formToken={browserFormToken(c)} continuation={sealed} />
        <CodeField label={texts.code} hint={texts.codeHint} maxlength={12} />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
          <a class="button secondary" href={withContinuation(MAIL_CODE, sealed)}>
            {texts.again}
          </a>
        </div>
      </form>
    </>,
  );
}
