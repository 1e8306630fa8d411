/** The password form of the sign-in page, and the links to recovery and sign-up. */
import type { Texts } from '../locales/index.ts';
import { Field, HiddenFields, PasswordField } from '../ui/fields.tsx';
import { FORGOT_PASSWORD } from './recovery.tsx';

type PasswordFormProps = {
  isShown: boolean;
  email: string | undefined;
  formToken: string;
  continuation: string | undefined;
  submit: string;
  fields: Texts['fields'];
};

/** The form with e-mail address and password; where passwords are disabled, its hidden fields, which the passkey form copies. */
export function PasswordForm({ isShown, email, formToken, continuation, submit, fields }: PasswordFormProps) {
  if (!isShown) {
    return (
      <form id="password-form" hidden>
        <HiddenFields formToken={formToken} continuation={continuation} />
      </form>
    );
  }
  return (
    <form class="stack second" method="post" action="/sign-in" id="password-form">
      <HiddenFields formToken={formToken} continuation={continuation} />
      <Field name="email" label={fields.email} type="email" autocomplete="username webauthn" value={email} />
      <PasswordField name="password" label={fields.password} autocomplete="current-password" texts={fields} />
      <div class="actions">
        <button type="submit">{submit}</button>
      </div>
    </form>
  );
}

type PasswordLinksProps = { recovers: boolean; signsUp: boolean; query: string; texts: Texts['signIn'] };

/** Links to password recovery and to sign-up. */
export function PasswordLinks({ recovers, signsUp, query, texts }: PasswordLinksProps) {
  return (
    <div class="ends">
      {recovers && <a href={FORGOT_PASSWORD}>{texts.forgot}</a>}
      {signsUp && (
        <p>
          {texts.noAccount((label) => (
            <a href={`/sign-up${query}`}>{label}</a>
          ))}
        </p>
      )}
    </div>
  );
}
