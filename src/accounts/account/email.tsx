/** GET and POST /account/email: requests to confirm or change the email address. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Deps, Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { canDeliverMail, mailLater, mailTextsFor } from '../../http/mail.ts';
import { parseUserId, type UserId } from '../../protocol/credentials.ts';
import { EMAIL_CONFIRMATION_LIFETIME } from '../../protocol/lifetimes.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { findUserByEmail } from '../../storage/users/users.ts';
import { ActionButton } from '../../ui/action-forms.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Email, fieldProblem } from '../account-fields.ts';
import { accountPage, doneUrl } from '../account-page.tsx';
import { countMail } from '../mail-limit.ts';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';

export const EMAIL_PAGE = '/account/email';
export const CONFIRM_ADDRESS = '/confirm-address';

export const EmailConfirmation = z.object({
  user: z.custom<UserId>((id) => parseUserId(id) !== undefined),
  /** The address of the user at the request, and the address to confirm: the same or a new one. */
  from: z.string(),
  to: z.string(),
  madeAt: z.number(),
  until: z.number(),
});

async function confirmationLink(deps: Deps, user: UserId, from: string, to: string): Promise<string> {
  const { config, moment } = deps;
  const link = {
    user,
    from,
    to,
    madeAt: moment.now,
    until: moment.now + EMAIL_CONFIRMATION_LIFETIME,
  } satisfies z.input<typeof EmailConfirmation>;
  return `${config.issuer}${CONFIRM_ADDRESS}?link=${await config.root.seal('email-link', link)}`;
}

export async function showEmail(c: Context<Web>) {
  const signedIn = await requireSession(c, EMAIL_PAGE, 'change-email');
  return signedIn instanceof Response ? signedIn : emailPage(c, signedIn);
}

export async function submitChangeEmail(c: Context<Web>) {
  const sent = await readAccountForm(c, EMAIL_PAGE, 'change-email');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const deps = c.get('deps');
  const settings = await deps.settings();
  // The second button: confirmation of the current address.
  const entered = form.one('verify') ? signedIn.user.email : form.one('email');
  const email = Email.safeParse(entered);
  if (!email.success) return emailPage(c, signedIn, entered, fieldProblem(textsOf(c, 'fields'), email.error));
  if (!canDeliverMail(deps, settings)) return emailPage(c, signedIn, entered);
  await countMail(deps, email.data);
  const { user } = signedIn;
  // The response is the same with and without an account of that address.
  mailLater(deps, async () => {
    const { texts } = await mailTextsFor(deps, user.locale);
    const holder = await findUserByEmail(deps.databases, email.data);
    if (holder && holder.id !== user.id) return { to: email.data, mail: texts.taken(settings.brand_name) };
    const link = await confirmationLink(deps, user.id, user.email, email.data);
    return { to: email.data, mail: texts.confirm(settings.brand_name, link) };
  });
  return c.redirect(doneUrl(EMAIL_PAGE, 'mail-sent'), 303);
}

async function emailPage(c: Context<Web>, signedIn: SignedIn, entered?: string, problem?: string) {
  const deps = c.get('deps');
  const texts = textsOf(c, 'email');
  const { email, emailVerifiedAt } = signedIn.user;
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'email', status: problem ? 400 : 200 },
    <>
      <h1>{texts.title}</h1>
      <p>
        {texts.now(<strong>{email}</strong>)} {emailVerifiedAt === null ? texts.unverified : texts.verified}
      </p>
      {canDeliverMail(deps, await deps.settings()) ? (
        <form class="stack" method="post" action={EMAIL_PAGE}>
          <HiddenFields formToken={formToken(deps, signedIn.session.id)} />
          <Field
            name="email"
            label={texts.label}
            type="email"
            autocomplete="email"
            value={entered?.slice(0, 254)}
            hint={texts.hint}
            optional={emailVerifiedAt === null}
            error={problem}
          />
          <div class="actions">
            <button type="submit">{texts.submit}</button>
            {emailVerifiedAt === null && <ActionButton name="verify" value="yes" label={texts.verify} />}
          </div>
        </form>
      ) : (
        <p class="notice">{texts.cannot}</p>
      )}
    </>,
  );
}
