/** The definition of a field of a record: from it follow the admin API, OpenAPI, console, command and docs/reference. */
import * as z from 'zod';
import { innerOf } from './kind.ts';

/** A record as the API answers with it. */
export type RecordValues = Readonly<Record<string, unknown>>;

/** A value that its kind does not show well enough: a time, a state, an address, or the id of another record. */
export type Display = 'time' | 'day' | 'user' | 'client' | 'resource' | 'state' | 'code' | 'lines' | 'link';

/** Lists of what this server supports, of which a field's value is taken. */
export type Supported = 'grantTypes' | 'authMethods' | 'idTokenAlgorithms' | 'assertionAlgorithms';

/** Values that exist already, which forms offer beside a field to type others in. */
export type KnownValues = 'scopes' | 'keyScopes' | 'rolesInUse';

export type RecordField<Schema extends z.ZodType = z.ZodType> = {
  /** Validates the value; its description is the help of the field. */
  schema: Schema;
  /** The name shown in console and reference. */
  label: string;
  /** The help, where the description of the schema is not. */
  help?: string;
  /** The member of the record that holds it, such as `metadata`; the record itself where it is left out. */
  within?: string;
  display?: Display;
  /** The meaning of its values, where they do not speak for themselves; the empty one, where it is not set. */
  choices?: Readonly<Record<string, string>>;
  /** The text for a value that is null, empty or left out; nothing is displayed where it is left out. */
  unset?: string;
  /** The order of the list that goes by this field. */
  sort?: string;
  /** The option of the command, where it is not the name with dashes. */
  option?: string;
  /** The member of an answer whose value the form of a change shows, where it has another name. */
  reads?: string;
  /** True where the form shows it only behind the heading "Advanced". */
  advanced?: true;
  /** For which records it has a meaning; for all where it is left out. */
  when?(record: RecordValues): boolean;
  /** For which records the form requires a value, where the schema does not say so. */
  required?(record: RecordValues): boolean;
  /** The list that its values are taken from. */
  from?: Supported;
  /** The values that a form offers, where others may be typed too: of a list, or of names separated by spaces. */
  known?: KnownValues;
  /** The reason why the console's forms do not have it. */
  notInConsole?: string;
  /** The reason why the command has no option for it. */
  notInCommand?: string;
};

export type RecordFields = Readonly<Record<string, RecordField>>;

/** The members of an object schema: each field's schema, described by its help. */
export function shapeOf<Fields extends Record<string, { schema: z.ZodType; help: string }>>(fields: Fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { schema, help }]) => [name, schema.describe(help)]),
  ) as { [Name in keyof Fields]: Fields[Name]['schema'] };
}

/** The option of the command that sets a field. */
export const optionOf = (name: string, { option }: Pick<RecordField, 'option'> = {}): string =>
  option ?? name.replaceAll('_', '-');

/** The description of a schema. */
export const describedBy = (schema: z.ZodType): string =>
  schema.description ?? z.globalRegistry.get(innerOf(schema))?.description ?? '';

/** The help of a field: its effect and the values that it accepts, in a sentence or two. */
export const helpOf = ({ help, schema }: Pick<RecordField, 'help' | 'schema'>): string => help ?? describedBy(schema);

/** The member of a record, where the record has it. */
export const memberOf = (fields: RecordFields, record: RecordValues, name: string): unknown => {
  const { within } = fields[name] ?? {};
  return within === undefined ? record[name] : (record[within] as RecordValues | undefined)?.[name];
};
