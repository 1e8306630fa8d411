/** The form in which a person chooses a password. */
import type { Child } from 'hono/jsx';
import { Field } from '../web/fields.tsx';
import type { Words } from '../words/index.ts';

/** @param props.children what it carries unseen. */
export function NewPasswordForm(props: {
  action: string;
  fields: Words['fields'];
  label?: string;
  problem?: string | undefined;
  submit: string;
  children: Child;
}) {
  return (
    <form class="stack" method="post" action={props.action}>
      {props.children}
      <Field
        name="password"
        label={props.label ?? props.fields.password}
        type="password"
        autocomplete="new-password"
        hint={props.fields.passwordHint}
        error={props.problem}
      />
      <div class="actions">
        <button type="submit">{props.submit}</button>
      </div>
    </form>
  );
}
