/** GET and POST /account/email: confirming one's address, or asking for another one. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { PersonId } from '../../protocol/credentials.ts';
import { CONFIRMATION } from '../../protocol/lifetimes.ts';
import { findPersonByEmail } from '../../storage/people.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Deps, Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Field, Hidden } from '../../web/fields.tsx';
import { canMail, mailLater } from '../../web/mail.ts';
import { ActButton } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { countMail } from '../mail-limit.ts';
import { Email, problemOf } from '../password-field.ts';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';

export const EMAIL = '/account/email';
export const CONFIRM = '/confirm-address';

export const EmailLink = z.object({
  person: z.string().transform((id) => id as PersonId),
  /** The address of the person when they asked, and the one to be confirmed: the same, or the one to be theirs. */
  from: z.string(),
  to: z.string(),
  madeAt: z.number(),
  until: z.number(),
});

async function confirmationLink(deps: Deps, person: PersonId, from: string, to: string): Promise<string> {
  const { config, moment } = deps;
  const link = { person, from, to, madeAt: moment.now, until: moment.now + CONFIRMATION } satisfies z.input<
    typeof EmailLink
  >;
  return `${config.issuer}${CONFIRM}?link=${await config.root.seal('email-link', link)}`;
}

export async function showEmail(c: Context<Web>) {
  const here = await visitor(c, EMAIL, 'change-email');
  return here instanceof Response ? here : emailPage(c, here);
}

export async function askForEmail(c: Context<Web>) {
  const sent = await sentForm(c, EMAIL, 'change-email');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const deps = c.get('deps');
  const settings = await deps.settings();
  // The button beside: a link for the address that is theirs already.
  const typed = form.one('verify') ? here.person.email : form.one('email');
  const email = Email.safeParse(typed);
  if (!email.success) return emailPage(c, here, typed, problemOf(wordsOf(c, 'fields'), email.error));
  if (!canMail(deps, settings)) return emailPage(c, here, typed);
  await countMail(deps, email.data);
  const { person } = here;
  const words = wordsOf(c, 'mail');
  // The page is the same, in the same time, whether or not somebody has the address.
  mailLater(deps, async () => {
    const holder = await findPersonByEmail(deps.databases, email.data);
    if (holder && holder.id !== person.id) return { to: email.data, mail: words.taken(settings.brand_name) };
    const link = await confirmationLink(deps, person.id, person.email, email.data);
    return { to: email.data, mail: words.confirm(settings.brand_name, link) };
  });
  return c.redirect(doneAt(EMAIL, 'mail-sent'), 303);
}

async function emailPage(c: Context<Web>, here: SignedIn, typed?: string, problem?: string) {
  const deps = c.get('deps');
  const say = wordsOf(c, 'email');
  const { email, emailVerifiedAt } = here.person;
  return accountPage(
    c,
    here,
    { title: say.title, section: 'email', status: problem ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <p>
        {say.now(<strong>{email}</strong>)} {emailVerifiedAt === null ? say.unverified : say.verified}
      </p>
      {canMail(deps, await deps.settings()) ? (
        <form class="stack" method="post" action={EMAIL}>
          <Hidden formToken={formToken(deps, here.session.id)} />
          <Field
            name="email"
            label={say.label}
            type="email"
            autocomplete="email"
            value={typed?.slice(0, 254)}
            hint={say.hint}
            optional={emailVerifiedAt === null}
            error={problem}
          />
          <div class="actions">
            <button type="submit">{say.submit}</button>
            {emailVerifiedAt === null && <ActButton name="verify" value="yes" label={say.verify} />}
          </div>
        </form>
      ) : (
        <p class="notice">{say.cannot}</p>
      )}
    </>,
  );
}
