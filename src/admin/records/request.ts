/** The requests of a record: their schemas, put together from its fields, and the members that they set. */
import * as z from 'zod';
import { describedBy, type RecordFields, type RecordValues } from './field.ts';
import { withoutDefault } from './kind.ts';

/** The members of an object schema, of the fields with these names. */
export const pick = <Fields extends RecordFields, Name extends keyof Fields>(fields: Fields, ...names: Name[]) =>
  z.strictObject(
    Object.fromEntries(names.map((name) => [name, fields[name]?.schema])) as {
      [Member in Name]: Fields[Member]['schema'];
    },
  );

/** The members of an object schema, of all fields. */
export const pickAll = <Fields extends RecordFields>(fields: Fields) =>
  pick<Fields, keyof Fields>(fields, ...Object.keys(fields));

/** The body of a change: the same members, each of which may be left out. At least one is named. */
export const changesOf = <Shape extends z.ZodRawShape>({ shape }: z.ZodObject<Shape>) =>
  z
    .strictObject(
      Object.fromEntries(
        Object.entries(shape).map(([name, schema]) => [name, z.optional(withoutDefault(schema))]),
      ) as unknown as { [Name in keyof Shape]: z.ZodOptional<Shape[Name]> },
    )
    .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });

/** The body of PUT: members that are left out stay as they are; optional members may be null, which removes them. */
export const putBodyOf = ({ shape }: z.ZodObject): z.ZodObject =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(shape).map(([name, schema]) => {
        const inner = withoutDefault(schema as z.ZodType);
        const described = z.optional(inner instanceof z.ZodOptional ? inner.nullable() : inner);
        return [name, described.describe(describedBy(schema as z.ZodType))];
      }),
    ),
  );

/** The members that hold fields, such as `metadata`. */
const holdersOf = (fields: RecordFields): string[] => [
  ...new Set(Object.values(fields).flatMap(({ within }) => (within === undefined ? [] : [within]))),
];

/** @returns true if requests of this record hold some of its fields in a member. */
export const isNested = (fields: RecordFields): boolean => holdersOf(fields).length > 0;

/** The names of the fields that a request sets: those that a member holds, too. */
export function namesSetBy(fields: RecordFields, { shape }: z.ZodObject): string[] {
  const holders = holdersOf(fields);
  const isSet = (name: string) => Object.hasOwn(shape, fields[name]?.within ?? name);
  const others = Object.keys(shape).filter((name) => !holders.includes(name) && !Object.hasOwn(fields, name));
  return [...Object.keys(fields).filter((name) => isSet(name) && !holders.includes(name)), ...others];
}

/** The request where some of its fields are not kept from console or command: else it has neither form nor verb there. */
export const settableIn = (
  where: 'notInConsole' | 'notInCommand',
  fields: RecordFields,
  schema: z.ZodObject | undefined,
): z.ZodObject | undefined =>
  schema && namesSetBy(fields, schema).some((name) => fields[name]?.[where] === undefined) ? schema : undefined;

/** Values by the names of their fields as a request has them: some within a member, which stays empty where it holds none. */
export function nested(fields: RecordFields, values: RecordValues): Record<string, unknown> {
  const entries = Object.entries(values);
  const held = holdersOf(fields).map((holder) => [
    holder,
    Object.fromEntries(entries.filter(([name]) => fields[name]?.within === holder)),
  ]);
  return {
    ...Object.fromEntries(held),
    ...Object.fromEntries(entries.filter(([name]) => fields[name]?.within === undefined)),
  };
}

/** A request of a change, without members that hold nothing. */
export const withoutEmpty = (fields: RecordFields, request: RecordValues): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(request).filter(
      ([name, value]) => !holdersOf(fields).includes(name) || Object.keys(value as object).length > 0,
    ),
  );

/** Values that say the same: what is not set may be left out, null, empty or not checked. */
function isSame(one: unknown, other: unknown): boolean {
  const set = (value: unknown) =>
    value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)
      ? undefined
      : value;
  return JSON.stringify(set(one)) === JSON.stringify(set(other));
}

/** The values that differ from those before. */
export const changed = (values: RecordValues, before: RecordValues): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => !isSame(value, before[name])));
