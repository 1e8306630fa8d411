/** A member of a record as a field of a form: its kind is read off its schema, so a new member needs only a name here. */
import * as z from 'zod';
import type { Texts } from '../../../locales/index.ts';
import type { Capabilities } from '../../../protocol/client-metadata.ts';
import { type Line, linesIn } from '../../../protocol/lines.ts';
import { Checkbox, Checkboxes, type Choice, Field, KnownOrOthers, Select, TextArea } from '../../../ui/fields.tsx';
import { describedBy, type RecordField, type RecordFields, type Shown, type Supported } from '../../records/field.ts';
import { type FieldKind, kindOf, withoutDefault } from '../../records/kind.ts';
import type { OfferedValues } from './known-values.ts';

export type FormField = {
  name: string;
  kind: FieldKind;
  optional: boolean;
  label?: string;
  help: string;
  /** The meaning of choices, by value. */
  choices?: Readonly<Record<string, string>> | undefined;
  /** @returns true where a value is required, given those of all fields. */
  required?: (value: Record<string, unknown>) => boolean;
  /** The value of an emptied field; undefined where the former value is kept. */
  empty: unknown;
  /** The values that are offered as boxes, beside a field for others. */
  known?: readonly Choice[] | undefined;
};

/** The members of a schema that a form shows, in its order. */
export function fieldsOf<Shape extends z.ZodRawShape>(
  { shape }: z.ZodObject<Shape>,
  ...names: (keyof Shape & string)[]
): FormField[] {
  return names.map((name) => {
    const schema = shape[name] as unknown as z.ZodType;
    const kind = kindOf(schema);
    const optional = schema.safeParse(undefined).success;
    return { name, kind, optional, help: describedBy(schema), empty: emptyOf(schema, kind) };
  });
}

/** The schema of a form whose request holds fields in members: each field by its own schema. */
export const formSchema = (fields: RecordFields, names: readonly string[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.optional(ownSchema(fields[name]))])));

const ownSchema = (field: RecordField | undefined): z.core.$ZodType => withoutDefault(field?.schema ?? z.unknown());

/** The values that a form offers of each list that the server supports. */
const offeredBy = (can: Capabilities): Record<Supported, readonly string[]> => ({
  grantTypes: can.grants.map(({ grantType }) => grantType),
  authMethods: can.authMethods,
  idTokenAlgorithms: can.idTokenAlgorithms,
  assertionAlgorithms: can.assertionAlgorithms,
});

type FieldsOfForm = {
  fields: RecordFields;
  /** The request. */
  schema: z.ZodObject;
  names: readonly string[];
  /** The record as far as it is known: fields that it requires are marked. */
  being: Shown;
  offered: Partial<Record<Supported, readonly string[]>> | undefined;
  known?: OfferedValues | undefined;
};

/** The fields of a form as they are defined. A page never shows a secret again. */
export const formFields = (can: Capabilities, form: FieldsOfForm): FormField[] =>
  form.names.map((name) => {
    const field = form.fields[name];
    const { label = name, from, choices, required } = field ?? {};
    const isOwn = !Object.hasOwn(form.schema.shape, name);
    const schema = isOwn ? ownSchema(field) : (form.schema.shape[name] as z.ZodType);
    const offered = from && { ...offeredBy(can), ...form.offered }[from];
    const kind = offered ? offeredKind(schema, offered) : name.endsWith('_secret') ? SECRET : kindOf(schema);
    return {
      name,
      kind,
      optional: required ? !required(form.being) : isOwn || z.safeParse(schema, undefined).success,
      label,
      help: field?.help ?? describedBy(schema as z.ZodType),
      choices,
      ...(required && { required }),
      empty: emptyOf(schema, kind),
      known: field?.known && form.known?.[field.known],
    };
  });

const SECRET: FieldKind = { is: 'secret' };

const offeredKind = (schema: z.core.$ZodType, of: readonly string[]): FieldKind =>
  kindOf(schema).is === 'list' ? { is: 'choices', of } : { is: 'choice', of };

/** @returns the value of a record as the text of the field. */
export function writtenOf({ kind, known }: FormField, value: unknown): string | undefined {
  if (value === undefined || value === null || value === false || kind.is === 'secret') return undefined;
  if (kind.is === 'list' || kind.is === 'choices') return (value as string[]).join('\n');
  if (known) return spacesToLines(String(value));
  if (kind.is === 'json') return JSON.stringify(value, null, 2);
  if (kind.is === 'pairs')
    return Object.entries(value)
      .map((pair) => pair.join('='))
      .join('\n');
  if (kind.is !== 'named') return String(value);
  return (value as Named[]).map(({ name, description }) => `${name} ${description}`).join('\n');
}

type Named = { name: string; description: string };

/** Names separated by spaces, one on a line. */
const spacesToLines = (text: string): string => text.replaceAll(/\s+/g, '\n');

const linesOf = (text: string): string[] => [...new Set(linesIn(text).map((line) => line.text))];

/** The line of a text that an entry of its value was read from: by its index, or by its name in pairs. */
export function lineOf({ kind }: FormField, text: string, entry: string | number): Line | undefined {
  if (kind.is !== 'list' && kind.is !== 'named' && kind.is !== 'pairs') return undefined;
  const lines = linesIn(text);
  if (typeof entry === 'string') return lines.findLast((line) => cut(line.text, /=/)[0] === entry);
  const distinct = linesOf(text)[entry];
  return lines.find((line) => line.text === distinct);
}

/** Cuts a line in two; the second half is empty where there is nothing to cut at. */
function cut(line: string, at: RegExp): [string, string] {
  const found = line.search(at);
  return found < 0 ? [line, ''] : [line.slice(0, found).trim(), line.slice(found + 1).trim()];
}

/**
 * Parses the text of a field into the value that the schema takes; undefined for a field left empty.
 * @throws SyntaxError where the text of a JSON field is not JSON.
 */
export function readField({ kind, known }: FormField, text: string | undefined): unknown {
  if (kind.is === 'toggle') return text !== undefined;
  if (kind.is === 'choices') return linesOf(text ?? '');
  if (text === undefined || text.trim() === '') return undefined;
  if (kind.is === 'number') return Number(text);
  if (kind.is === 'list') return linesOf(text);
  if (known) return linesOf(spacesToLines(text)).join(' ');
  if (kind.is === 'pairs') return Object.fromEntries(linesOf(text).map((line) => cut(line, /=/)));
  if (kind.is === 'json') return JSON.parse(text);
  // A problem names its lines by number: empty ones before them stay.
  if (kind.is === 'lines') return text.trimEnd();
  if (kind.is !== 'named') return text.trim();
  return linesOf(text)
    .map((line) => cut(line, /\s/))
    .map(([name, description]): Named => ({ name, description }));
}

/** The former value where the boxes and the field for others have the same names in another order. */
export function inFormerOrder(field: FormField, value: unknown, before: unknown): unknown {
  if (!field.known || value === undefined || before === undefined || before === null) return value;
  const sorted = (one: unknown) =>
    linesOf(writtenOf(field, one) ?? '')
      .toSorted()
      .join('\n');
  return sorted(value) === sorted(before) ? before : value;
}

/** @returns the value that an emptied field sets: an empty list or empty pairs, null where it is accepted, else undefined. */
export function emptyOf(schema: z.core.$ZodType, { is }: FieldKind): unknown {
  if (is === 'list' || is === 'named') return [];
  if (is === 'pairs') return {};
  const takes = (value: unknown) => z.safeParse(schema, value).success;
  if (takes(null)) return null;
  const isText = (is === 'text' || is === 'lines') && !takes(undefined);
  return isText && takes('') ? '' : undefined;
}

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
