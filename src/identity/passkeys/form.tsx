/** The form that a script fills in with what the browser answers; without the script it is not shown. */
import type { Child } from 'hono/jsx';
import type { Asked } from './ceremony.ts';

export const PASSKEY_SCRIPT = '/passkeys.js';

export function PasskeyForm(props: {
  /** `get` asks for a passkey, `create` for a new one. */
  kind: 'get' | 'create';
  action: string;
  asked: Asked;
  label: string;
  failed: string;
  /** What is said where the browser does not know passkeys; nothing where there is another way. */
  unsupported?: string;
  secondary?: boolean;
  /** The id of another form of the page, whose hidden fields this one sends, too: they stand in the page once. */
  like?: string;
  children?: Child;
}) {
  const { kind, action, asked, label, failed, unsupported, secondary, like, children } = props;
  return (
    <form
      class="stack"
      method="post"
      action={action}
      data-passkey={kind}
      data-options={asked.options}
      data-failed={failed}
      data-unsupported={unsupported}
      data-like={like}
      hidden
    >
      {children}
      <input type="hidden" name="ceremony" value={asked.ceremony} />
      <input type="hidden" name="passkey" value="" />
      <div class="actions">
        <button type="submit" class={secondary ? 'secondary' : undefined}>
          {label}
        </button>
      </div>
      <p role="status" class="hint"></p>
    </form>
  );
}
