/** GET and POST /forgot: mails a recovery link. Response and its time are the same with and without an account. */
import type { Context } from 'hono';
import { readForm } from '../http/body.ts';
import type { Deps, Web } from '../http/context.ts';
import { canDeliverMail, mailLater, mailTextsFor } from '../http/mail.ts';
import type { Settings } from '../protocol/settings.ts';
import { recordEvent } from '../storage/server/audit.ts';
import { findUserByEmail } from '../storage/users/users.ts';
import { ErrorMessage } from '../ui/components.tsx';
import { Field, HiddenFields } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { Email, fieldProblem } from './account-fields.ts';
import { browserFormToken, checkBrowserForm } from './browser-cookie.ts';
import { countMail } from './mail-limit.ts';
import { recoveryLink } from './one-time-link.ts';

export const FORGOT_PASSWORD = '/forgot';

/** A recovery link sets a password, so there is none while passwords are disabled. */
const canRecover = (deps: Deps, settings: Settings) => settings.password_sign_in && canDeliverMail(deps, settings);

export async function showRecovery(c: Context<Web>) {
  const deps = c.get('deps');
  return canRecover(deps, await deps.settings()) ? recoveryPage(c, {}) : recoveryUnavailablePage(c);
}

export async function requestRecovery(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const settings = await deps.settings();
  if (!canRecover(deps, settings)) return recoveryUnavailablePage(c);
  const entered = form.one('email');
  if (checkBrowserForm(c, form) !== 'ours')
    return recoveryPage(c, { entered, problem: textsOf(c, 'fields').staleForm });
  const email = Email.safeParse(entered);
  if (!email.success) {
    return recoveryPage(c, { entered, fieldProblem: fieldProblem(textsOf(c, 'fields'), email.error) });
  }
  await countMail(deps, email.data);
  mailLater(deps, async () => {
    const user = await findUserByEmail(deps.databases, email.data);
    if (!user || user.disabledAt !== null) return undefined;
    const event = { type: 'recovery.requested', subject: user.id, actor: 'unknown' } as const;
    await recordEvent(deps.databases.global, deps.moment, event);
    const link = await recoveryLink(deps, user.id, user.email);
    const { texts } = await mailTextsFor(deps, user.locale);
    return { to: user.email, mail: texts.recovery(settings.brand_name, link) };
  });
  return sentPage(c);
}

type RecoveryForm = { entered?: string | undefined; problem?: string; fieldProblem?: string | undefined };

function recoveryPage(c: Context<Web>, { entered, problem, fieldProblem }: RecoveryForm) {
  const [texts, fields] = [textsOf(c, 'recovery'), textsOf(c, 'fields')];
  return page(
    c,
    { title: texts.title, status: problem || fieldProblem ? 400 : 200 },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      <p>{texts.lead}</p>
      <form class="stack" method="post" action={FORGOT_PASSWORD}>
        <HiddenFields formToken={browserFormToken(c)} />
        <Field
          name="email"
          label={fields.email}
          type="email"
          autocomplete="username"
          value={entered?.slice(0, 254)}
          error={fieldProblem}
        />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
        </div>
      </form>
    </>,
  );
}

function sentPage(c: Context<Web>) {
  const texts = textsOf(c, 'recovery').sent;
  return page(
    c,
    { title: texts.title },
    <>
      <h1>{texts.title}</h1>
      <p role="status">{texts.what}</p>
      <p>{texts.how}</p>
    </>,
  );
}

function recoveryUnavailablePage(c: Context<Web>) {
  const texts = textsOf(c, 'recovery').cannot;
  return page(
    c,
    { title: texts.title, status: 404 },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.what}</p>
    </>,
  );
}
