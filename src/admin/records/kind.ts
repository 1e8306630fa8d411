/** The kind of a field, read off its schema: console and command follow it. */
import * as z from 'zod/v4/core';

export type FieldKind =
  | { is: 'toggle' }
  | { is: 'number'; least: number; most: number }
  | { is: 'choice'; of: readonly string[] }
  /** Any number of a few. */
  | { is: 'choices'; of: readonly string[] }
  /** One on a line. */
  | { is: 'list' }
  /** `name=value` on each line. */
  | { is: 'pairs' }
  /** A name on each line, and behind it what users read. */
  | { is: 'named' }
  /** Something that no other field can say. */
  | { is: 'json' }
  | { is: 'lines' }
  /** Typed, and never shown. */
  | { is: 'secret' }
  | { is: 'text'; type: 'text' | 'url' | 'email' };

/** Text that may be longer than this has several lines. */
const LINES = 2000;

/** A schema that has a default, without it: in a form an emptied field is not the default. */
export const withoutDefault = (schema: z.$ZodType): z.$ZodType =>
  schema instanceof z.$ZodDefault ? schema._zod.def.innerType : schema;

/** A schema without what makes it optional, nullable or gives it a default. */
export function innerOf(schema: z.$ZodType): z.$ZodType {
  const wrapped =
    schema instanceof z.$ZodOptional || schema instanceof z.$ZodDefault || schema instanceof z.$ZodNullable;
  return wrapped ? innerOf(schema._zod.def.innerType) : schema;
}

/** The definitions of the checks of a schema. */
const checksOf = (schema: z.$ZodType) =>
  (schema._zod.def.checks ?? []).map(({ _zod }) => _zod.def as z.$ZodCheckLessThanDef | z.$ZodCheckMaxLengthDef);

/** The bound of a number that a check sets; 0 where none does. */
const boundOf = (schema: z.$ZodType, check: string): number =>
  Number(checksOf(schema).flatMap((one) => (one.check === check && 'value' in one ? [one.value] : []))[0] ?? 0);

/** The longest text that a schema takes; 0 where it sets no bound. */
const longestOf = (schema: z.$ZodType): number =>
  Math.max(0, ...checksOf(schema).flatMap((one) => (one.check === 'max_length' ? [one.maximum] : [])));

/** The kind of field that a schema needs. */
export function kindOf(of: z.$ZodType): FieldKind {
  const schema = innerOf(of);
  if (schema instanceof z.$ZodBoolean) return { is: 'toggle' };
  if (schema instanceof z.$ZodNumber) {
    return { is: 'number', least: boundOf(schema, 'greater_than'), most: boundOf(schema, 'less_than') };
  }
  if (schema instanceof z.$ZodEnum) return { is: 'choice', of: Object.values(schema._zod.def.entries).map(String) };
  if (schema instanceof z.$ZodArray) return { is: schema._zod.def.element instanceof z.$ZodObject ? 'named' : 'list' };
  if (schema instanceof z.$ZodRecord) return { is: kindOf(schema._zod.def.valueType).is === 'text' ? 'pairs' : 'json' };
  if (schema instanceof z.$ZodObject) {
    const flat = Object.values(schema._zod.def.shape).every((member) => kindOf(member).is === 'text');
    return { is: flat ? 'pairs' : 'json' };
  }
  if (schema instanceof z.$ZodURL) return { is: 'text', type: 'url' };
  if (schema instanceof z.$ZodEmail) return { is: 'text', type: 'email' };
  const long = schema instanceof z.$ZodString && longestOf(schema) > LINES;
  return long ? { is: 'lines' } : { is: 'text', type: 'text' };
}
