/** The parts of forms: fields with their errors tied to them. */
import type { Child } from 'hono/jsx';

type Labelled = {
  name: string;
  label: string;
  hint?: Child;
  error?: string | undefined;
  /** Where a page has two forms with a field of this name: what the element is called instead. */
  id?: string;
};

/** What names an input's hint and error to it, so that both are read with it (WCAG 3.3.1). */
function tied({ name, id = name, hint, error }: Labelled) {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return {
    id,
    name,
    'aria-invalid': error ? ('true' as const) : undefined,
    // The page lets the first one have the focus.
    autofocus: error ? true : undefined,
    'aria-describedby': described || undefined,
  };
}

/** What helps, and what is wrong; the control points to both. */
function Notes({ name, id = name, hint, error }: Labelled) {
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

/** A label, the control, and below it what helps and what is wrong. */
function Frame({ children, ...field }: Labelled & { children?: Child }) {
  const { name, id = name, label } = field;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      <Notes {...field} />
    </div>
  );
}

/** A labelled input. */
export function Field(
  props: Labelled & {
    type: 'email' | 'password' | 'text' | 'url' | 'search' | 'number' | 'date';
    autocomplete: string;
    value?: string | undefined;
    optional?: boolean;
    maxlength?: number;
  },
) {
  return (
    <Frame {...props}>
      <input
        {...tied(props)}
        type={props.type}
        value={props.value}
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required={!props.optional}
        maxlength={props.maxlength}
      />
    </Frame>
  );
}

/** Several lines of text. */
export function TextArea(props: Labelled & { value?: string | undefined; rows?: number; optional?: boolean }) {
  return (
    <Frame {...props}>
      <textarea {...tied(props)} rows={props.rows ?? 4} spellcheck={false} required={!props.optional}>
        {props.value ?? ''}
      </textarea>
    </Frame>
  );
}

export type Choice = { value: string; label: string };

/** One of a few. */
export function Select(props: Labelled & { value?: string | undefined; choices: readonly Choice[] }) {
  return (
    <Frame {...props}>
      <select {...tied(props)}>
        {props.choices.map(({ value, label }) => (
          <option value={value} selected={value === props.value}>
            {label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** Yes or no; a value that is not sent means no. */
export function Checkbox(props: Labelled & { value?: string; checked?: boolean }) {
  const { name, id = name, label } = props;
  return (
    <div class="field check">
      <label for={id}>
        <input {...tied(props)} type="checkbox" value={props.value ?? 'on'} checked={props.checked} /> {label}
      </label>
      <Notes {...props} />
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
