/** GET and POST /forgot: a link for somebody who cannot sign in. It answers alike whoever asks, in the same time. */
import type { Context } from 'hono';
import type { Settings } from '../protocol/settings.ts';
import { recordEvent } from '../storage/audit.ts';
import { findPersonByEmail } from '../storage/people.ts';
import { readForm } from '../web/body.ts';
import type { Deps, Web } from '../web/context.ts';
import { Field, Hidden } from '../web/fields.tsx';
import { canMail, mailLater } from '../web/mail.ts';
import { page } from '../web/page.tsx';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { browserFormToken, judgeBrowserForm } from './browser-cookie.ts';
import { recoveryLink } from './link.ts';
import { countMail } from './mail-limit.ts';
import { Email, problemOf } from './password-field.ts';

export const FORGOT = '/forgot';

/** A link chooses a password, so there are none where passwords are switched off. */
const canRecover = (deps: Deps, settings: Settings) => settings.password_sign_in && canMail(deps, settings);

export async function showRecovery(c: Context<Web>) {
  const deps = c.get('deps');
  return canRecover(deps, await deps.settings()) ? recoveryPage(c, {}) : cannotPage(c);
}

export async function recover(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const settings = await deps.settings();
  if (!canRecover(deps, settings)) return cannotPage(c);
  const typed = form.one('email');
  if (judgeBrowserForm(c, form) !== 'ours') return recoveryPage(c, { typed, problem: wordsOf(c, 'fields').staleForm });
  const email = Email.safeParse(typed);
  if (!email.success) {
    return recoveryPage(c, { typed, fieldProblem: problemOf(wordsOf(c, 'fields'), email.error) });
  }
  await countMail(deps, email.data);
  const words = wordsOf(c, 'mail');
  mailLater(deps, async () => {
    const person = await findPersonByEmail(deps.databases, email.data);
    if (!person || person.disabledAt !== null) return undefined;
    const event = { type: 'recovery.asked', subject: person.id, actor: 'unknown' } as const;
    await recordEvent(deps.databases.global, deps.moment, event);
    const link = await recoveryLink(deps, person.id, person.email);
    return { to: person.email, mail: words.recovery(settings.brand_name, link) };
  });
  return sentPage(c);
}

type Typed = { typed?: string | undefined; problem?: string; fieldProblem?: string | undefined };

function recoveryPage(c: Context<Web>, { typed, problem, fieldProblem }: Typed) {
  const [say, fields] = [wordsOf(c, 'recovery'), wordsOf(c, 'fields')];
  return page(
    c,
    { title: say.title, status: problem || fieldProblem ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <Problem>{problem}</Problem>
      <p>{say.lead}</p>
      <form class="stack" method="post" action={FORGOT}>
        <Hidden formToken={browserFormToken(c)} />
        <Field
          name="email"
          label={fields.email}
          type="email"
          autocomplete="username"
          value={typed?.slice(0, 254)}
          error={fieldProblem}
        />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
    </>,
  );
}

function sentPage(c: Context<Web>) {
  const say = wordsOf(c, 'recovery').sent;
  return page(
    c,
    { title: say.title },
    <>
      <h1>{say.title}</h1>
      <p role="status">{say.what}</p>
      <p>{say.how}</p>
    </>,
  );
}

function cannotPage(c: Context<Web>) {
  const say = wordsOf(c, 'recovery').cannot;
  return page(
    c,
    { title: say.title, status: 404 },
    <>
      <h1>{say.title}</h1>
      <p>{say.what}</p>
    </>,
  );
}
