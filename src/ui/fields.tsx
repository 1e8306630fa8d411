/** The fields of forms, each with its label, hint and error. */
import type { Child } from 'hono/jsx';

type FieldProps = {
  name: string;
  label: string;
  hint?: Child;
  error?: string | undefined;
  /** The id of the element, for a page with two forms that have a field of this name. Default: `name`. */
  id?: string;
};

/** The attributes that tie an input to its hint and error, so that both are announced with it (WCAG 3.3.1). */
function inputAttributes({ name, id = name, hint, error }: FieldProps) {
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
function FieldNotes({ name, id = name, hint, error }: FieldProps) {
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
function FieldFrame({ children, ...field }: FieldProps & { children?: Child }) {
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

export type Choice = { value: string; label: string };

/** A choice of one. */
export function Select(props: FieldProps & { value?: string | undefined; choices: readonly Choice[] }) {
  return (
    <FieldFrame {...props}>
      <select {...inputAttributes(props)}>
        {props.choices.map(({ value, label }) => (
          <option value={value} selected={value === props.value}>
            {label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

/** A boolean; a value that is not sent means false. */
export function Checkbox(props: FieldProps & { value?: string; checked?: boolean }) {
  const { name, id = name, label } = props;
  return (
    <div class="field check">
      <label for={id}>
        <input {...inputAttributes(props)} type="checkbox" value={props.value ?? 'on'} checked={props.checked} />{' '}
        {label}
      </label>
      <FieldNotes {...props} />
    </div>
  );
}

/** A choice of several: each value is sent under the same name. */
export function Checkboxes(props: FieldProps & { values: readonly string[]; choices: readonly Choice[] }) {
  const { name, id = name, label, values, choices, hint, error } = props;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <fieldset aria-describedby={described || undefined}>
      <legend>{label}</legend>
      {choices.map((choice) => (
        <label>
          <input type="checkbox" name={name} value={choice.value} checked={values.includes(choice.value)} />{' '}
          {choice.label}
        </label>
      ))}
      <FieldNotes {...props} />
    </fieldset>
  );
}

/** Boxes for values that exist, and a field for others, one per line, which is sent last under the same name. */
export function KnownOrOthers(
  props: FieldProps & { values: readonly string[]; choices: readonly Choice[]; others: string },
) {
  const { name, id = name, label, values, choices, others } = props;
  const further = values.filter((value) => !choices.some((choice) => choice.value === value));
  return (
    <fieldset class="known">
      <legend>{label}</legend>
      <div class="boxes">
        {choices.map((choice) => (
          <label>
            <input type="checkbox" name={name} value={choice.value} checked={values.includes(choice.value)} />{' '}
            {choice.label}
          </label>
        ))}
      </div>
      <label for={id}>{others}</label>
      <textarea {...inputAttributes(props)} rows={2} spellcheck={false}>
        {further.join('\n')}
      </textarea>
      <FieldNotes {...props} />
    </fieldset>
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
