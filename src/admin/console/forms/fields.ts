/** A member of a record as a field of a form: its kind is read off its schema, so a new member needs only a name here. */
import * as z from 'zod';
import type { Capabilities } from '../../../protocol/client-metadata.ts';
import {
  describedBy,
  type RecordField,
  type RecordFields,
  type RecordValues,
  type Supported,
} from '../../records/field.ts';
import { type FieldKind, kindOf, withoutDefault } from '../../records/kind.ts';
import { emptyOf } from './field-text.ts';
import type { FormField } from './form-field.ts';
import type { OfferedValues } from './known-values.ts';

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
  being: RecordValues;
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
