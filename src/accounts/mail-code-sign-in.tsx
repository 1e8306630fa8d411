/** GET and POST /sign-in/code and /sign-in/code/enter: sign-in with a code by mail. An address without an account has the same pages. */
import type { Context } from 'hono';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { parseParameters } from '../http/parameters.ts';
import { AMR_ONE_TIME_LINK } from '../protocol/amr.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { attemptLimits } from '../storage/users/attempt-limits.ts';
import { countAttempt, recordFailedSignIn, resetAttempts } from '../storage/users/sign-in-throttle.ts';
import { findUserByEmail } from '../storage/users/users.ts';
import { ErrorMessage } from '../ui/components.tsx';
import { Field, HiddenFields } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { Email, fieldProblem } from './account-fields.ts';
import { browserFormToken, checkBrowserForm } from './browser-cookie.ts';
import { CodeField } from './code-field.tsx';
import { completeSignIn, withContinuation } from './complete-sign-in.ts';
import { MAIL_CODE, MAIL_CODE_ENTRY, offersMailCode, readMailCode, redeemMailCode, sendMailCode } from './mail-code.ts';
import { countMail } from './mail-limit.ts';
import { throttleKey } from './session.ts';
import { openContinuation } from './sign-in-continuation.ts';
import { waitPage } from './sign-in-problems.tsx';

/** @throws OAuthError not_found where the setting offers no codes. */
async function requireOffered(c: Context<Web>): Promise<void> {
  const deps = c.get('deps');
  if (!offersMailCode(deps, await deps.settings())) throw new OAuthError('not_found', 'there is no such page.');
}

const continuationOf = (c: Context<Web>) => parseParameters(new URL(c.req.url).search.slice(1)).one('continue');

export async function showMailCode(c: Context<Web>) {
  await requireOffered(c);
  const sealed = continuationOf(c);
  const place = await openContinuation(c.get('deps'), sealed);
  return requestPage(c, sealed, place === 'expired' ? undefined : place?.hint);
}

/** Sends a code. The response, and its time, are the same with and without an account. */
export async function requestMailCode(c: Context<Web>) {
  await requireOffered(c);
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const [sealed, entered] = [form.one('continue'), form.one('email')];
  const fields = textsOf(c, 'fields');
  if (checkBrowserForm(c, form) !== 'ours') return requestPage(c, sealed, entered, { form: fields.staleForm });
  const email = Email.safeParse(entered);
  if (!email.success) return requestPage(c, sealed, entered, { email: fieldProblem(fields, email.error) });
  await countMail(c.get('deps'), email.data);
  await sendMailCode(c, email.data);
  return c.redirect(withContinuation(MAIL_CODE_ENTRY, sealed), 303);
}

export async function showMailCodeEntry(c: Context<Web>) {
  await requireOffered(c);
  const sealed = continuationOf(c);
  const pending = await readMailCode(c);
  return pending ? entryPage(c, sealed, pending.email) : c.redirect(withContinuation(MAIL_CODE, sealed), 303);
}

/** Signs in. Each guess is counted against the account before the code is compared. */
export async function submitMailCode(c: Context<Web>) {
  await requireOffered(c);
  const deps = c.get('deps');
  const { databases, moment } = deps;
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const pending = await readMailCode(c);
  if (!pending) return c.redirect(withContinuation(MAIL_CODE, sealed), 303);
  if (checkBrowserForm(c, form) !== 'ours') return entryPage(c, sealed, pending.email, textsOf(c, 'fields').staleForm);
  const settings = await deps.settings();
  const limits = attemptLimits(settings, await throttleKey(c, pending.email), deps.network);
  const until = await countAttempt(databases, limits, moment.now, settings);
  if (until !== undefined) return waitPage(c, until - moment.now);
  const user = await redeemMailCode(c, pending, (form.one('code') ?? '').slice(0, 20));
  if (!user) {
    const record = async () => {
      const owner = await findUserByEmail(databases, pending.email);
      await recordFailedSignIn(databases, moment, owner?.id ?? 'unknown');
    };
    deps.waitUntil('record failed sign-in', record());
    return entryPage(c, sealed, pending.email, textsOf(c, 'signIn').code.wrong);
  }
  const next = await completeSignIn(c, user, { amr: [...AMR_ONE_TIME_LINK] }, { sealed });
  deps.waitUntil('forgive tries', resetAttempts(databases, limits));
  return next;
}

type RequestProblems = { form?: string; email?: string | undefined };

function requestPage(c: Context<Web>, sealed: string | undefined, email?: string, problems: RequestProblems = {}) {
  const [texts, fields] = [textsOf(c, 'signIn').code, textsOf(c, 'fields')];
  return page(
    c,
    {
      title: texts.title,
      status: problems.form || problems.email ? 400 : 200,
      again: withContinuation(MAIL_CODE, sealed),
    },
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

function entryPage(c: Context<Web>, sealed: string | undefined, email: string, problem?: string) {
  const texts = textsOf(c, 'signIn').code;
  return page(
    c,
    {
      title: texts.entry,
      status: problem ? 400 : 200,
      formsRedirectOut: true,
      again: withContinuation(MAIL_CODE_ENTRY, sealed),
    },
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
