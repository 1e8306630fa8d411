/** The forms of one record: its change, with the version that was read, and the actions that have members of their own. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { etagOfText } from '../../http/api/if-match.ts';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { textsOf } from '../../ui/locale.ts';
import { act } from '../operations/record.ts';
import { idIn } from '../query-parameters.ts';
import { type ActionDefinition, doneOf, filledIn } from '../records/action.ts';
import type { RecordValues } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { changed, namesSetBy, nested, withoutEmpty } from '../records/request.ts';
import { type ConsoleUser, redirectDone } from './console-page.tsx';
import { pickedTexts, pickersOf } from './forms/picker.tsx';
import type { RecordForm } from './forms/record-form.ts';
import { firstOf, formFieldsIn, NOTHING, offering } from './record-form-fields.ts';
import { actingHere, backTo, type ConsoleRecord, leadsTo, nameOf, readOne } from './record-parts.tsx';

export async function putAll(
  c: Context<Web>,
  here: ConsoleUser,
  kind: ConsoleRecord,
  id: string,
  members: RecordValues,
  done: string,
) {
  const { definition, operations } = kind;
  const parsed = definition.put?.safeParse(members);
  if (!parsed?.success) throw new OAuthError('invalid_request', firstIssue(definition, parsed?.error));
  const row = await operations.put?.(actingHere(c, here), id, parsed.data as never);
  return redirectDone(c, backTo(kind, operations.show(row, c.get('deps'))), done);
}

/** A sentence with the field that it is about: one about several members stands at the first of them. */
function firstIssue({ exclusive, named: name }: RecordDefinition, error: z.ZodError | undefined): string {
  const [issue] = error?.issues ?? [];
  return `${issue?.path[0]?.toString() ?? exclusive?.[0] ?? name}: ${issue?.message ?? ''}.`;
}

export async function editForm(
  c: Context<Web>,
  here: ConsoleUser,
  kind: ConsoleRecord,
): Promise<RecordForm<z.ZodType>> {
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
      const members = value as RecordValues;
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
  here: ConsoleUser,
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
      return redirectDone(c, leadsTo(kind, action, record), doneOf(action, (done ?? {}) as RecordValues));
    },
  };
}
