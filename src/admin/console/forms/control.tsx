/** The control of a field of a form, by the kind of its value. */
import type { Texts } from '../../../locales/index.ts';
import { Checkbox, Checkboxes, KnownOrOthers, Select } from '../../../ui/choice-fields.tsx';
import { Field, TextArea } from '../../../ui/fields.tsx';
import { linesOf } from './field-text.ts';
import type { FormField } from './form-field.ts';

const labelledChoices = (values: readonly string[], labels: Readonly<Record<string, string>>) =>
  values.map((value) => ({ value, label: labels[value] ?? value }));

type Say = Texts['console']['form'];

/** The control of a field of a form. */
export function FormControl(props: {
  field: FormField;
  label: string;
  value: string | undefined;
  problem: string | undefined;
  say: Say;
}) {
  const { field, label, value, problem, say } = props;
  const { name, kind, optional, help, choices = {} } = field;
  const how = kind.is === 'number' ? say.between(kind.least, kind.most) : (say.how[kind.is] ?? '');
  const labelled = { name, label, hint: [help, how].filter(Boolean).join(' ') || undefined, error: problem };
  if (kind.is === 'toggle') return <Checkbox {...labelled} checked={value !== undefined} />;
  if (kind.is === 'choice') {
    const none = optional ? [{ value: '', label: choices[''] ?? say.unsaid }] : [];
    return <Select {...labelled} value={value} choices={[...none, ...labelledChoices(kind.of, choices)]} />;
  }
  if (kind.is === 'choices') {
    return <Checkboxes {...labelled} values={linesOf(value ?? '')} choices={labelledChoices(kind.of, choices)} />;
  }
  if (field.known) {
    return (
      <KnownOrOthers {...labelled} values={linesOf(value ?? '')} choices={field.known} others={say.others(label)} />
    );
  }
  if (kind.is === 'secret') return <Field {...labelled} type="password" autocomplete="off" optional={optional} />;
  if (kind.is !== 'text' && kind.is !== 'number') {
    return <TextArea {...labelled} value={value} rows={3} optional={optional} />;
  }
  const type = kind.is === 'text' ? kind.type : kind.is;
  return <Field {...labelled} type={type} autocomplete="off" value={value} optional={optional} />;
}
