/** The field for a one-time code, which browsers and phones fill in. */
import { Field } from '../ui/fields.tsx';

/** @param props maxlength: room for the digits with spaces between them. */
export function CodeField({ label, hint, maxlength = 10 }: { label: string; hint: string; maxlength?: number }) {
  return (
    <Field
      name="code"
      label={label}
      type="text"
      inputmode="numeric"
      autocomplete="one-time-code"
      hint={hint}
      maxlength={maxlength}
    />
  );
}
