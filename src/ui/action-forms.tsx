/** Forms that act on a record: buttons, and the confirmation before something is revoked or deleted. */
import type { Child } from 'hono/jsx';

/** One form around a list of buttons with a value each: the form token is in the page once. */
export function ListForm(props: { action: string; formToken: string; children?: Child }) {
  return (
    <form method="post" action={props.action}>
      <input type="hidden" name="form_token" value={props.formToken} />
      {props.children}
    </form>
  );
}

/** A button of a `ListForm`. */
export function ActionButton(props: {
  label: Child;
  name?: string;
  value?: string;
  /** The label for screen readers, where the visible one needs the text beside the button. */
  describe?: string;
  /** Revokes or deletes something. */
  destructive?: boolean;
}) {
  return (
    <button
      type="submit"
      name={props.name}
      value={props.value}
      class={props.destructive ? 'danger' : 'secondary'}
      aria-label={props.describe}
    >
      {props.label}
    </button>
  );
}

/** A form of one button and hidden fields. */
export function ButtonForm(props: {
  action: string;
  label: Child;
  hidden: Record<string, string>;
  /** Revokes or deletes something. */
  destructive?: boolean;
  main?: boolean;
}) {
  return (
    <form method="post" action={props.action}>
      {Object.entries(props.hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={props.destructive ? 'danger' : props.main ? undefined : 'secondary'}>
        {props.label}
      </button>
    </form>
  );
}

/** A confirmation before something is revoked or deleted: the consequences, the button, and a link to cancel. */
export function ConfirmationForm(props: {
  heading: string;
  children?: Child;
  action: string;
  hidden: Record<string, string>;
  submit: string;
  back: { href: string; label: string };
}) {
  return (
    <>
      <h1>{props.heading}</h1>
      {props.children}
      <form class="stack" method="post" action={props.action}>
        {Object.entries(props.hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="actions">
          <button type="submit" class="danger">
            {props.submit}
          </button>
          <a class="button secondary" href={props.back.href}>
            {props.back.label}
          </a>
        </div>
      </form>
    </>
  );
}
