/**
 * The options of a command: those of its own, and those that set the fields of a record, read off their definitions.
 */
import type { ParseArgsConfig } from 'node:util';
import type * as z from 'zod';
import { helpOf, optionOf } from '../../src/admin/records/field.ts';
import { type FieldKind, kindOf } from '../../src/admin/records/kind.ts';

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

/** True for a field whose value is typed, or read from the standard input. */
export const isSecret = (field: string): boolean => field.endsWith('_secret');

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
