/**
 * The options of a command: those of its own, and those that set the fields of a record, read off their definitions.
 */
import { readFileSync } from 'node:fs';
import type { ParseArgsConfig } from 'node:util';
import type * as z from 'zod';
import { helpOf, optionOf } from '../../src/admin/records/field.ts';
import { type FieldKind, kindOf } from '../../src/admin/records/kind.ts';
import { Failure } from '../failure.ts';

export type CommandOption = {
  name: string;
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** The value in the help. */
  value: string;
  help: string;
};

/** The values of a command's options, by their names. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export const textOption = (name: string, help: string, value = 'TEXT'): CommandOption => ({
  name,
  type: 'string',
  value,
  help,
});

export const flagOption = (name: string, help: string): CommandOption => ({ name, type: 'boolean', value: '', help });

/** The text of an option that is given once; undefined where it was not given. */
export function textIn(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** As `parseArgs` takes them. */
export const parsedAs = (options: readonly CommandOption[]): NonNullable<ParseArgsConfig['options']> =>
  Object.fromEntries(
    options.map(({ name, type, multiple }) => [name, { type, ...(multiple !== undefined && { multiple }) }]),
  );

type Field = { schema: z.ZodType; label?: string; help?: string; option?: string };

export type FieldOption = CommandOption & {
  field: string;
  kind: FieldKind['is'];
  /** True where an empty text unsets the field. */
  nullable: boolean;
  /** True for switches with the values yes and no, which can also be left unchanged. */
  yesNo: boolean;
};

/** The value of an option in the help, by the kind of its field. */
const VALUES: Partial<Record<FieldKind['is'], string>> = {
  toggle: '',
  number: 'NUMBER',
  json: 'JSON',
  pairs: 'JSON',
  list: 'TEXT …',
  named: '"NAME TEXT" …',
};

const isSecret = (field: string): boolean => field.endsWith('_secret');

/** The option of each field. @param yesNo whether switches are given as yes or no. */
export const fieldOptions = (fields: Readonly<Record<string, Field>>, yesNo = false): FieldOption[] =>
  Object.entries(fields).map(([field, { schema, label, help, option }]) => {
    const kind = kindOf(schema).is;
    const isSwitch = kind === 'toggle' && !yesNo;
    const text = help ?? helpOf({ schema });
    return {
      field,
      kind,
      name: optionOf(field, option === undefined ? {} : { option }),
      type: isSwitch ? 'boolean' : 'string',
      multiple: kind === 'list' || kind === 'named',
      nullable: schema.safeParse(null).success,
      yesNo: kind === 'toggle' && yesNo,
      value: kind === 'toggle' && yesNo ? 'yes|no' : isSecret(field) ? 'TEXT (- reads it)' : (VALUES[kind] ?? 'TEXT'),
      help: label === undefined ? text : `${label}. ${text}`,
    };
  });

/** The fields that the options name, each as its schema takes it. @throws Failure */
export function fieldsIn(options: readonly FieldOption[], values: Values): Record<string, unknown> {
  const fields = options.map((option) => [option.field, readOption(option, values[option.name])] as const);
  return given(Object.fromEntries(fields));
}

/** @throws Failure for what is not of the field's kind. */
function readOption({ name, field, kind, nullable, yesNo }: FieldOption, value: Values[string]): unknown {
  if (value === undefined) return undefined;
  if (value === '' && nullable) return null;
  // Not in the history of the shell.
  if (value === '-' && isSecret(field)) return readFileSync(0, 'utf8').trim();
  if (yesNo) return parseSwitch(name, String(value));
  if (kind === 'number') return parseNumber(name, String(value));
  if (kind === 'json' || kind === 'pairs') return parseJson(name, String(value));
  if (kind === 'named') return [value].flat().map((text) => namedIn(String(text)));
  if (kind === 'list' && name === 'scope')
    return [value].flat().flatMap((text) => String(text).split(' ').filter(Boolean));
  // An empty text empties the list.
  if (kind === 'list') return [value].flat().filter((text) => text !== '');
  return value;
}

/** The name, then a space, then the text that users read. */
function namedIn(text: string) {
  const [name = '', ...words] = text.split(' ');
  return { name, description: words.join(' ') || name };
}

/** Leaves out what was not given. */
export function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** @throws Failure for what is not JSON. */
export function parseJson(option: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`--${option} must be JSON.`);
  }
}

/** @throws Failure for what is not a number. */
export function parseNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Failure(`--${option} must be a number.`);
  return Number(text);
}

/** @throws Failure for what is neither yes nor no. */
function parseSwitch(option: string, text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new Failure(`--${option} is yes or no.`);
  return text === 'yes';
}
