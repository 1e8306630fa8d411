/** The form of a new record, from its definition. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { textsOf } from '../../ui/locale.ts';
import { Copyable } from '../../ui/names.tsx';
import { namedRecord } from '../operations/record.ts';
import { findRecord } from '../operations/record-put.ts';
import { capitalised, filledIn } from '../records/action.ts';
import type { RecordValues } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { changed, isNested, nested } from '../records/request.ts';
import { type ConsoleUser, redirectDone } from './console-page.tsx';
import type { FormField } from './forms/form-field.ts';
import { pickersOf } from './forms/picker.tsx';
import type { RecordForm } from './forms/record-form.ts';
import { putAll } from './record-edit.ts';
import { firstOf, NOTHING, offering } from './record-form-fields.ts';
import { actingHere, backTo, type ConsoleRecord, type FormParts } from './record-parts.tsx';
import { shownOnce } from './shown-once.tsx';

/** The texts with which the address fills in fields of a new record. */
const textsIn = (c: Context<Web>, fields: readonly FormField[]): Record<string, string> =>
  Object.fromEntries(
    fields.flatMap(({ name, kind }) => {
      const text = c.req.query(name);
      return text === undefined || kind.is === 'secret' ? [] : [[name, text]];
    }),
  );

export async function newForm(
  c: Context<Web>,
  here: ConsoleUser,
  kind: ConsoleRecord,
  given: FormParts | Promise<FormParts> = {},
): Promise<RecordForm<z.ZodType>> {
  const { definition } = kind;
  const { create, put, id, one, suggested = {}, fields } = definition;
  const { path, section } = definition.console;
  const say = textsOf(c, 'console');
  const schema = create ?? named(definition, put);
  const { parts, form } = await offering(c, definition, schema, given, (read) => read);
  const { defaults = {}, fixed = {} } = parts;
  return {
    section,
    title: parts.title ?? say.create(one),
    lead: parts.lead ?? definition.texts?.creating ?? definition.about,
    submit: say.createSubmit,
    back: path,
    ...form,
    ...(!isNested(fields) && { fixed }),
    suggested: { ...suggested, ...defaults, ...parts.suggested },
    typed: textsIn(c, form.fields),
    above: (typed) => pickersOf(c, firstOf(form), fields, typed),
    send(value) {
      const members = value as RecordValues;
      if (!create) return putNew(c, here, kind, String(members[id]), members);
      const request = isNested(fields) ? nested(fields, { ...changed(members, defaults), ...fixed }) : members;
      return createdPage(c, here, kind, request);
    },
  };
}

/** The members of a PUT, and the id, which the path holds otherwise. */
export const named = ({ id, fields }: RecordDefinition, put = NOTHING): z.ZodObject =>
  z.strictObject({ [id]: fields[id]?.schema ?? z.string(), ...put.shape });

async function createdPage(
  c: Context<Web>,
  here: ConsoleUser,
  kind: ConsoleRecord,
  request: unknown,
): Promise<Response> {
  const { definition, operations } = kind;
  const made = await operations.create?.(actingHere(c, here), request as never);
  const record = namedRecord(kind, made?.row, c.get('deps'));
  if (!made?.once) return redirectDone(c, backTo(kind, record), 'added');
  const once = made.once as RecordValues;
  const secret = Object.keys(definition.once?.shape ?? {})
    .map((name) => once[name])
    .findLast((value) => typeof value === 'string');
  const { texts = {}, one, id, fields } = definition;
  const label = fields[id]?.label ?? id;
  const { facts = [], below } = (await kind.parts.created?.(c, { row: made.row as never, record })) ?? {};
  return shownOnce(c, here, {
    section: definition.console.section,
    title: filledIn(texts.created ?? `${capitalised(one)} {name}`, record),
    once: typeof texts.once === 'function' ? texts.once(once) : (texts.once ?? ''),
    facts: [[label, <Copyable id="id" label={label} text={String(record[id])} say={textsOf(c, 'layout')} />], ...facts],
    below,
    label: texts.onceLabel ?? capitalised(one),
    secret: secret as string | undefined,
    go: backTo(kind, record),
  });
}

async function putNew(
  c: Context<Web>,
  here: ConsoleUser,
  kind: ConsoleRecord,
  id: string,
  request: RecordValues,
): Promise<Response> {
  const { definition } = kind;
  if (await findRecord(kind, c.get('deps'), id)) {
    throw new OAuthError('conflict', `${definition.id}: there is ${definition.one} with this identifier already.`);
  }
  const { [definition.id]: _, ...members } = request;
  return putAll(c, here, kind, id, members, 'added');
}
