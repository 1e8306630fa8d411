/** The form that a script submits with the browser's response; without the script only its place is there. */
import type { Child } from 'hono/jsx';
import type { PasskeyChallenge } from './ceremony.ts';

export const PASSKEY_SCRIPT = '/passkeys.js';

export function PasskeyForm(props: {
  /** `get` authenticates, `create` registers a passkey. */
  kind: 'get' | 'create';
  action: string;
  challenge: PasskeyChallenge;
  label: string;
  failed: string;
  /** The text for browsers without support of passkeys. Default: none, where there is another sign-in method. */
  unsupported?: string;
  /** The id of another form of the page, whose hidden fields this one sends, too. */
  copyHiddenFrom?: string;
  children?: Child;
}) {
  const { kind, action, challenge, label, failed, unsupported, copyHiddenFrom, children } = props;
  return (
    <form
      class="passkey stack needs-script"
      method="post"
      action={action}
      data-passkey={kind}
      data-options={challenge.options}
      data-failed={failed}
      data-unsupported={unsupported}
      data-like={copyHiddenFrom}
    >
      {children}
      <input type="hidden" name="ceremony" value={challenge.ceremony} />
      <input type="hidden" name="passkey" value="" />
      <div class="actions">
        <button type="submit">{label}</button>
      </div>
      <p role="status" class="hint"></p>
    </form>
  );
}
