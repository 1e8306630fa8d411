/** The forms of a record, from its definition: create, and edit with the version that was read. */
import type { Context } from 'hono';
import * as z from 'zod';
import { etagOfText } from '../../http/api/if-match.ts';
import type { Web } from '../../http/context.ts';
import type { Capabilities } from '../../protocol/client-metadata.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { textsOf } from '../../ui/locale.ts';
import { Copyable } from '../../ui/names.tsx';
import { act, namedRecord } from '../operations/record.ts';
import { shownIfFound } from '../operations/record-put.ts';
import { idIn } from '../query-parameters.ts';
import { type ActionDefinition, capitalised, doneOf, filledIn } from '../records/action.ts';
import type { Shown } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { changed, isNested, namesSetBy, nested, withoutEmpty } from '../records/request.ts';
import { type Operator, redirectDone } from './console-page.tsx';
import { type FormField, formFields, formSchema } from './forms/fields.tsx';
import type { RecordForm } from './forms/form.tsx';
import { offeredValues } from './forms/known-values.ts';
import { pickedTexts, pickersOf } from './forms/picker.tsx';
import { actingHere, backTo, type ConsoleRecord, type FormParts, leadsTo, nameOf, readOne } from './record-parts.tsx';
import { shownOnce } from './shown-once.tsx';

const NOTHING: z.ZodObject = z.strictObject({});

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
async function offering<Read>(
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
const firstOf = ({ fields, first }: { fields: readonly FormField[]; first: readonly string[] }) =>
  fields.filter(({ name }) => first.includes(name));

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
  here: Operator,
  kind: ConsoleRecord,
  given: FormParts | Promise<FormParts> = {},
): Promise<RecordForm<z.ZodType>> {
  const { definition } = kind;
  const { create, put, id, one, suggested = {}, fields } = definition;
  const { path, section } = definition.console;
  const say = textsOf(c, 'console');
  const schema = create ?? named(definition, put);
  const { parts, form } = await offering(c, definition, schema, given, (read) => read);
  const { defaults = {}, said = {} } = parts;
  return {
    section,
    title: parts.title ?? say.create(one),
    lead: parts.lead ?? definition.texts?.creating ?? definition.about,
    submit: say.createSubmit,
    back: path,
    ...form,
    ...(!isNested(fields) && { said }),
    suggested: { ...suggested, ...defaults, ...parts.suggested },
    typed: textsIn(c, form.fields),
    above: (typed) => pickersOf(c, firstOf(form), fields, typed),
    send(value) {
      const members = value as Shown;
      if (!create) return putNew(c, here, kind, String(members[id]), members);
      const request = isNested(fields) ? nested(fields, { ...changed(members, defaults), ...said }) : members;
      return createdPage(c, here, kind, request);
    },
  };
}

/** The members of a PUT, and the id, which the path holds otherwise. */
const named = ({ id, fields }: RecordDefinition, put = NOTHING): z.ZodObject =>
  z.strictObject({ [id]: fields[id]?.schema ?? z.string(), ...put.shape });

async function createdPage(c: Context<Web>, here: Operator, kind: ConsoleRecord, request: unknown): Promise<Response> {
  const { definition, operations } = kind;
  const made = await operations.create?.(actingHere(c, here), request as never);
  const record = namedRecord(kind, made?.row, c.get('deps'));
  if (!made?.once) return redirectDone(c, backTo(kind, record), 'added');
  const once = made.once as Shown;
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
  here: Operator,
  kind: ConsoleRecord,
  id: string,
  request: Shown,
): Promise<Response> {
  const { definition } = kind;
  if (await shownIfFound(kind, c.get('deps'), id)) {
    throw new OAuthError('conflict', `${definition.id}: there is ${definition.one} with this identifier already.`);
  }
  const { [definition.id]: _, ...members } = request;
  return putAll(c, here, kind, id, members, 'added');
}

async function putAll(c: Context<Web>, here: Operator, kind: ConsoleRecord, id: string, members: Shown, done: string) {
  const { definition, operations } = kind;
  const judged = definition.put?.safeParse(members);
  if (!judged?.success) throw new OAuthError('invalid_request', firstIssue(definition, judged?.error));
  const row = await operations.put?.(actingHere(c, here), id, judged.data as never);
  return redirectDone(c, backTo(kind, operations.show(row, c.get('deps'))), done);
}

/** A sentence with the field that it is about: one about several members stands at the first of them. */
function firstIssue({ exclusive, named: name }: RecordDefinition, error: z.ZodError | undefined): string {
  const [issue] = error?.issues ?? [];
  return `${issue?.path[0]?.toString() ?? exclusive?.[0] ?? name}: ${issue?.message ?? ''}.`;
}

export async function editForm(c: Context<Web>, here: Operator, kind: ConsoleRecord): Promise<RecordForm<z.ZodType>> {
  const { definition, operations } = kind;
  const { put, change, fields, texts } = definition;
  const schema = change ?? put ?? NOTHING;
  const say = textsOf(c, 'console');
  const deps = c.get('deps');
  // In this order: what changes between the two reads fails the one or the other. Only sending it needs the first.
  const precondition = c.req.method === 'POST' ? await operations.precondition?.(deps, idIn(c, definition)) : undefined;
  const { read, parts, form } = await offering(
    c,
    definition,
    schema,
    readOne(c, kind),
    (read) => kind.parts.editing?.(c, read as never) ?? {},
  );
  const { row, record } = read;
  const shown = { ...record, ...operations.form?.(row) };
  const names = namesSetBy(fields, schema);
  const values = Object.fromEntries(names.map((name) => [name, shown[fields[name]?.reads ?? name]]));
  return {
    section: definition.console.section,
    title: say.changing(nameOf(record)),
    lead: parts.lead ?? texts?.changing,
    submit: say.save,
    back: backTo(kind, record),
    ...form,
    typed: pickedTexts(c, form.fields, fields),
    above: (typed) => pickersOf(c, firstOf(form), fields, typed),
    record: values,
    seen: etagOfText(JSON.stringify(record)),
    precondition,
    async send(value) {
      const members = value as Shown;
      if (!change) return putAll(c, here, kind, idIn(c, definition), members, 'saved');
      const request = withoutEmpty(fields, nested(fields, changed(members, values)));
      const after = await operations.change?.(actingHere(c, here), row, request as never);
      const below = kind.parts.saved?.(after as never) ?? '';
      return redirectDone(c, backTo(kind, record) + below, 'saved');
    },
  };
}

/** The form of an action that has members of its own. */
export async function actionForm(
  c: Context<Web>,
  here: Operator,
  kind: ConsoleRecord,
  name: string,
  action: ActionDefinition,
): Promise<RecordForm<z.ZodType>> {
  const { definition } = kind;
  const { fields } = definition;
  const schema = action.body?.schema ?? NOTHING;
  const { row, record } = await readOne(c, kind);
  const form = formFieldsIn(c.get('deps').capabilities, definition, schema, {});
  const { heading = '', effect = '', submit = textsOf(c, 'console').save } = action;
  return {
    section: definition.console.section,
    title: filledIn(heading, record),
    lead: typeof effect === 'string' ? filledIn(effect, record) : undefined,
    submit,
    back: leadsTo(kind, action, record),
    ...form,
    typed: pickedTexts(c, form.fields, fields),
    above: (typed) => pickersOf(c, form.fields, fields, typed),
    async send(request) {
      const done = await act(kind, [name, action], actingHere(c, here), row, request);
      return redirectDone(c, leadsTo(kind, action, record), doneOf(action, (done ?? {}) as Shown));
    },
  };
}
