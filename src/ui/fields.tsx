/** The fields of forms, each with its label, hint and error. */
import type { Child } from 'hono/jsx';

export type FieldProps = {
  name: string;
  label: string;
  hint?: Child;
  error?: string | undefined;
  /** The id of the element, for a page with two forms that have a field of this name. Default: `name`. */
  id?: string;
};

/** The attributes that tie an input to its hint and error, so that both are announced with it (WCAG 3.3.1). */
export function inputAttributes({ name, id = name, hint, error }: FieldProps) {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return {
    id,
    name,
    'aria-invalid': error ? ('true' as const) : undefined,
    // `page` keeps the first `autofocus` only.
    autofocus: error ? true : undefined,
    'aria-describedby': described || undefined,
  };
}

/** The hint and the error; the control points to both by `aria-describedby`. */
export function FieldNotes({ name, id = name, hint, error }: FieldProps) {
  return (
    <>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  );
}

/** A label, the control, and below it the hint and the error. */
export function FieldFrame({ children, ...field }: FieldProps & { children?: Child }) {
  const { name, id = name, label } = field;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      <FieldNotes {...field} />
    </div>
  );
}

/** A labelled input. */
export function Field(
  props: FieldProps & {
    type: 'email' | 'password' | 'text' | 'url' | 'search' | 'number' | 'date';
    autocomplete: string;
    value?: string | undefined;
    optional?: boolean;
    maxlength?: number;
    /** The keyboard of a phone. Default: that of the type. */
    inputmode?: 'numeric';
  },
) {
  return (
    <FieldFrame {...props}>
      <input
        {...inputAttributes(props)}
        type={props.type}
        value={props.value}
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required={!props.optional}
        maxlength={props.maxlength}
        inputmode={props.inputmode}
      />
    </FieldFrame>
  );
}

export const SHOW_PASSWORD_SCRIPT = '/show-password.js';

/** A password input with a button that shows the password. The button appears only where its script runs. */
export function PasswordField(
  props: FieldProps & {
    autocomplete: 'current-password' | 'new-password';
    texts: { showPassword: string; hidePassword: string };
  },
) {
  const { texts, name, id = name } = props;
  return (
    <FieldFrame {...props}>
      <input
        {...inputAttributes(props)}
        type="password"
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required
      />
      <button
        type="button"
        class="secondary reveal needs-script"
        data-reveal={id}
        data-show={texts.showPassword}
        data-hide={texts.hidePassword}
      >
        {texts.showPassword}
      </button>
    </FieldFrame>
  );
}

/** Several lines of text. */
export function TextArea(props: FieldProps & { value?: string | undefined; rows?: number; optional?: boolean }) {
  return (
    <FieldFrame {...props}>
      <textarea {...inputAttributes(props)} rows={props.rows ?? 4} spellcheck={false} required={!props.optional}>
        {/* HTML drops the first newline of a textarea. */}
        {props.value?.startsWith('\n') ? `\n${props.value}` : (props.value ?? '')}
      </textarea>
    </FieldFrame>
  );
}

/** The hidden fields of a form: the form token, and the sealed continuation. */
export function HiddenFields(props: { formToken: string; continuation?: string | undefined }) {
  return (
    <>
      <input type="hidden" name="form_token" value={props.formToken} />
      {props.continuation && <input type="hidden" name="continue" value={props.continuation} />}
    </>
  );
}
