/** The fields of forms that offer choices. */
import { FieldFrame, FieldNotes, type FieldProps, inputAttributes } from './fields.tsx';

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
