/** Enrolment of a second factor: a new secret, sealed into the form, that a code of the user's app confirms. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import * as z from 'zod';
import { randomText } from '../../crypto/random.ts';
import { matchingTimeStep, newTotpSecret } from '../../crypto/totp.ts';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { SIGN_IN_PAGE_LIFETIME } from '../../protocol/lifetimes.ts';
import { authenticatorUri } from '../../protocol/second-factor.ts';
import { wasUsed } from '../../storage/grants/single-use.ts';
import { addSecondFactor } from '../../storage/users/second-factors.ts';
import type { User } from '../../storage/users/users.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { CodeField } from '../code-field.tsx';
import { encodeQrCode, QrCode } from './qr-code.tsx';
import { newRecoveryCodes } from './recovery-code.ts';

const Enrolment = z.object({
  /** Single-use: a form adds one second factor. */
  id: z.string(),
  secret: z.string(),
  /** The session, or the browser and user of a pending sign-in. */
  boundTo: z.string(),
  until: z.number(),
});
type Enrolment = z.infer<typeof Enrolment>;

type EnrolmentOutcome =
  | { is: 'enrolled'; codes: readonly string[] }
  | { is: 'wrong code'; again: Enrolment }
  | { is: 'expired' };

/** The secret of a new form. */
export function newEnrolment(c: Context<Web>, boundTo: string): Enrolment {
  const until = c.get('deps').moment.now + SIGN_IN_PAGE_LIFETIME;
  return { id: randomText(22), secret: newTotpSecret(), boundTo, until };
}

/**
 * Adds the second factor of a form whose code is right, and tells the user by mail.
 * @param options.boundTo what the form is bound to.
 * @param options.replaces true where it may replace the second factor that the user has.
 */
export async function enrol(
  c: Context<Web>,
  user: Pick<User, 'id' | 'email' | 'locale'>,
  form: Parameters,
  { boundTo, replaces }: { boundTo: string; replaces: boolean },
): Promise<EnrolmentOutcome> {
  const deps = c.get('deps');
  const { config, databases, moment } = deps;
  const opened = Enrolment.safeParse(await config.root.unseal('second-factor-form', form.one('enrolment') ?? ''));
  const isValid = opened.success && opened.data.boundTo === boundTo && opened.data.until > moment.now;
  if (!isValid) return { is: 'expired' };
  const { id, secret, until } = opened.data;
  const entered = (form.one('code') ?? '').slice(0, 20).replace(/\s/g, '');
  const step = matchingTimeStep(secret, entered, moment.now);
  if (step === undefined) return { is: 'wrong code', again: opened.data };
  const codes = newRecoveryCodes();
  const once = { text: `enrolment:${id}`, expiresAt: until };
  const factor = { userId: user.id, secret, step, codes, form: once, replaces };
  try {
    if (!(await addSecondFactor(databases, moment, config.root, factor))) return { is: 'expired' };
  } catch (error) {
    if (wasUsed(error)) return { is: 'expired' };
    throw error;
  }
  notifyOwner(deps, user, 'factor-added');
  return { is: 'enrolled', codes };
}

type EnrolmentForm = { enrolment: Enrolment; account: string; action: string; problem?: string | undefined };

/** The form of an enrolment: the QR code, the key to enter by hand, and the field of the code. */
export async function enrolmentForm(
  c: Context<Web>,
  { enrolment, account, action, problem }: EnrolmentForm,
  hidden: Child,
) {
  const deps = c.get('deps');
  const { brand_name } = await deps.settings();
  const texts = textsOf(c, 'secondFactor').adding;
  const { secret } = enrolment;
  const code = await encodeQrCode(authenticatorUri(brand_name, account, secret));
  const sealed = await deps.config.root.seal('second-factor-form', enrolment);
  return (
    <>
      <ErrorMessage>{problem}</ErrorMessage>
      <p>{texts.install}</p>
      <QrCode code={code} label={texts.picture} />
      <p>{texts.byHand}</p>
      <p>
        <code class="key">{secret.match(/.{4}/g)?.join(' ')}</code>
      </p>
      <form class="stack" method="post" action={action} id="enrolment-form">
        {hidden}
        <input type="hidden" name="enrolment" value={sealed} />
        <CodeField label={texts.code} hint={texts.codeHint} />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
        </div>
      </form>
    </>
  );
}
