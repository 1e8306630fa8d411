/** The fields of the forms of a record, from its definition. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Web } from '../../http/context.ts';
import type { Capabilities } from '../../protocol/client-metadata.ts';
import type { RecordDefinition } from '../records/record.ts';
import { isNested, namesSetBy } from '../records/request.ts';
import { formFields, formSchema } from './forms/fields.ts';
import type { FormField } from './forms/form-field.ts';
import { offeredValues } from './forms/known-values.ts';
import type { FormParts } from './record-parts.tsx';

export const NOTHING: z.ZodObject = z.strictObject({});

/** The fields of a form: those of the request that the record has, and of them those before the heading "Advanced". */
export function formFieldsIn(can: Capabilities, { fields }: RecordDefinition, schema: z.ZodObject, parts: FormParts) {
  const { without = [], also = [], having = {}, being = having } = parts;
  const names = namesSetBy(fields, schema).filter((name) => {
    const { notInConsole, when } = fields[name] ?? {};
    return notInConsole === undefined && !without.includes(name) && (when?.(having) ?? true);
  });
  const isFirst = (name: string) =>
    parts.first?.includes(name) ??
    (also.includes(name) || (!fields[name]?.advanced && (fields[name]?.when?.(being) ?? true)));
  return {
    schema: isNested(fields) ? formSchema(fields, names) : schema,
    fields: formFields(can, { fields, schema, names, being, offered: parts.offered, known: parts.known }),
    first: names.filter(isFirst),
    ...(parts.script !== undefined && { script: parts.script, attributes: parts.attributes ?? {} }),
  };
}

/** The same, with the values that exist for those fields that may hold others, too: read beside what else is read. */
export async function offering<Read>(
  c: Context<Web>,
  definition: RecordDefinition,
  schema: z.ZodObject,
  reading: Read | Promise<Read>,
  partsOf: (read: Read) => FormParts,
) {
  const deps = c.get('deps');
  const names = namesSetBy(definition.fields, schema);
  const [read, known] = await Promise.all([reading, offeredValues(deps, definition.fields, names)]);
  const parts = partsOf(read);
  return { read, parts, form: formFieldsIn(deps.capabilities, definition, schema, { ...parts, known }) };
}

/** The fields before the heading "Advanced". */
export const firstOf = ({ fields, first }: { fields: readonly FormField[]; first: readonly string[] }) =>
  fields.filter(({ name }) => first.includes(name));
