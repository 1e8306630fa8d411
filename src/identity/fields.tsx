/** The parts that the forms of this room share. */

/** A labelled input, with its error tied to it. */
export function Field(props: {
  name: string;
  label: string;
  type: 'email' | 'password' | 'text';
  autocomplete: string;
  value?: string | undefined;
  hint?: string;
  error?: string | undefined;
  autofocus?: boolean;
}) {
  const described = [props.hint && `${props.name}-hint`, props.error && `${props.name}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <div class="field">
      <label for={props.name}>{props.label}</label>
      <input
        id={props.name}
        name={props.name}
        type={props.type}
        value={props.value}
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required
        autofocus={props.autofocus}
        aria-invalid={props.error ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
      {props.hint && (
        <p class="hint" id={`${props.name}-hint`}>
          {props.hint}
        </p>
      )}
      {props.error && (
        <p class="field-error" id={`${props.name}-error`}>
          {props.error}
        </p>
      )}
    </div>
  );
}

/** What a form carries unseen: its token, and where to go on. */
export function Hidden(props: { formToken: string; place?: string | undefined }) {
  return (
    <>
      <input type="hidden" name="form_token" value={props.formToken} />
      {props.place && <input type="hidden" name="continue" value={props.place} />}
    </>
  );
}
