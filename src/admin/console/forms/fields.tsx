/** A member of a record as a field of a form: its kind is read off its schema, so a new member needs only a name here. */
import * as z from 'zod';
import { Checkbox, Field, Select, TextArea } from '../../../web/fields.tsx';
import type { Words } from '../../../words/index.ts';

export type Kind =
  | { is: 'toggle' }
  | { is: 'number'; least: number; most: number }
  | { is: 'choice'; of: readonly string[] }
  /** One on a line. */
  | { is: 'list' }
  /** `name=value` on each line. */
  | { is: 'pairs' }
  /** A name on each line, and behind it what people read. */
  | { is: 'named' }
  /** Something that no other field can say. */
  | { is: 'json' }
  | { is: 'lines' }
  /** Typed, and never shown. */
  | { is: 'secret' }
  | { is: 'text'; type: 'text' | 'url' | 'email' };

export type FormField = {
  name: string;
  kind: Kind;
  optional: boolean;
  help: string;
  /** What it says when it is emptied; undefined where what stood there stays. */
  empty: unknown;
};

/** Text that may be longer than this has several lines. */
const LINES = 2000;

function inner(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable;
  return wrapped ? inner(schema.unwrap() as z.ZodType) : schema;
}

export function kindOf(of: z.ZodType): Kind {
  const schema = inner(of);
  if (schema instanceof z.ZodBoolean) return { is: 'toggle' };
  if (schema instanceof z.ZodNumber) return { is: 'number', least: schema.minValue ?? 0, most: schema.maxValue ?? 0 };
  if (schema instanceof z.ZodEnum) return { is: 'choice', of: schema.options.map(String) };
  if (schema instanceof z.ZodArray) return { is: schema.element instanceof z.ZodObject ? 'named' : 'list' };
  if (schema instanceof z.ZodRecord) return { is: 'pairs' };
  if (schema instanceof z.ZodObject) {
    const flat = Object.values(schema.shape).every((member) => kindOf(member as z.ZodType).is === 'text');
    return { is: flat ? 'pairs' : 'json' };
  }
  if (schema instanceof z.ZodURL) return { is: 'text', type: 'url' };
  if (schema instanceof z.ZodEmail) return { is: 'text', type: 'email' };
  const long = schema instanceof z.ZodString && (schema.maxLength ?? 0) > LINES;
  return long ? { is: 'lines' } : { is: 'text', type: 'text' };
}

const helpOf = (schema: z.ZodType): string => schema.description ?? inner(schema).description ?? '';

/** The members of a schema that a form shows, in its order. */
export function fieldsOf<Shape extends z.ZodRawShape>(
  { shape }: z.ZodObject<Shape>,
  ...names: (keyof Shape & string)[]
): FormField[] {
  return names.map((name) => {
    const schema = shape[name] as unknown as z.ZodType;
    const kind = kindOf(schema);
    const optional = schema.safeParse(undefined).success;
    return { name, kind, optional, help: helpOf(schema), empty: emptyOf(schema, kind) };
  });
}

/** The same fields, those named as secrets: a page never says again what was typed there. */
export const withSecrets = (fields: readonly FormField[], ...names: string[]): FormField[] =>
  fields.map((field) => (names.includes(field.name) ? { ...field, kind: { is: 'secret' } } : field));

/** What a record says, as it stands in the field. */
export function writtenOf({ kind }: FormField, value: unknown): string | undefined {
  if (value === undefined || value === null || value === false || kind.is === 'secret') return undefined;
  if (kind.is === 'list') return (value as string[]).join('\n');
  if (kind.is === 'json') return JSON.stringify(value, null, 2);
  if (kind.is === 'pairs')
    return Object.entries(value)
      .map((pair) => pair.join('='))
      .join('\n');
  if (kind.is !== 'named') return String(value);
  return (value as Named[]).map(({ name, description }) => `${name} ${description}`).join('\n');
}

type Named = { name: string; description: string };

const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

/** Cuts a line in two; the second half is empty where there is nothing to cut at. */
function cut(line: string, at: RegExp): [string, string] {
  const found = line.search(at);
  return found < 0 ? [line, ''] : [line.slice(0, found).trim(), line.slice(found + 1).trim()];
}

/**
 * What somebody typed, as the schema takes it; undefined where a field was left empty.
 * @throws SyntaxError where JSON belongs and is not.
 */
export function readField({ kind }: FormField, text: string | undefined): unknown {
  if (kind.is === 'toggle') return text !== undefined;
  if (text === undefined || text.trim() === '') return undefined;
  if (kind.is === 'number') return Number(text);
  if (kind.is === 'list') return linesOf(text);
  if (kind.is === 'pairs') return Object.fromEntries(linesOf(text).map((line) => cut(line, /=/)));
  if (kind.is === 'json') return JSON.parse(text);
  if (kind.is !== 'named') return text.trim();
  return linesOf(text)
    .map((line) => cut(line, /\s/))
    .map(([name, description]): Named => ({ name, description }));
}

/** What somebody takes away by emptying the field: a list or pairs are empty then, what may be null is; else nothing. */
function emptyOf(schema: z.ZodType, { is }: Kind): unknown {
  if (is === 'list' || is === 'named') return [];
  if (is === 'pairs') return {};
  return schema.safeParse(null).success ? null : undefined;
}

type Say = Words['console']['form'];

export function RecordField(props: {
  field: FormField;
  label: string;
  value: string | undefined;
  problem: string | undefined;
  choices: Record<string, string>;
  say: Say;
}) {
  const { field, label, value, problem, choices, say } = props;
  const { name, kind, optional, help } = field;
  const how = kind.is === 'number' ? say.between(kind.least, kind.most) : (say.how[kind.is] ?? '');
  const labelled = { name, label, hint: [help, how].filter(Boolean).join(' ') || undefined, error: problem };
  if (kind.is === 'toggle') return <Checkbox {...labelled} checked={value !== undefined} />;
  if (kind.is === 'choice') {
    const none = optional ? [{ value: '', label: say.unsaid }] : [];
    const of = kind.of.map((one) => ({ value: one, label: choices[one] ?? one }));
    return <Select {...labelled} value={value} choices={[...none, ...of]} />;
  }
  if (kind.is === 'secret') return <Field {...labelled} type="password" autocomplete="off" optional={optional} />;
  if (kind.is !== 'text' && kind.is !== 'number') {
    return <TextArea {...labelled} value={value} rows={3} optional={optional} />;
  }
  const type = kind.is === 'text' ? kind.type : kind.is;
  return <Field {...labelled} type={type} autocomplete="off" value={value} optional={optional} />;
}
