/** The form for a new password. */
import type { Child } from 'hono/jsx';
import type { Texts } from '../locales/index.ts';
import { PasswordField } from '../ui/fields.tsx';

/** @param props.children hidden fields. */
export function NewPasswordForm(props: {
  action: string;
  fields: Texts['fields'];
  label?: string;
  problem?: string | undefined;
  submit: string;
  children: Child;
}) {
  return (
    <form class="stack" method="post" action={props.action}>
      {props.children}
      <PasswordField
        name="password"
        label={props.label ?? props.fields.password}
        autocomplete="new-password"
        texts={props.fields}
        hint={props.fields.passwordHint}
        error={props.problem}
      />
      <div class="actions">
        <button type="submit">{props.submit}</button>
      </div>
    </form>
  );
}
