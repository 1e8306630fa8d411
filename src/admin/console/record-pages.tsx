/** The console's pages of a record, from its definition: list, one record, forms and questions. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { Web } from '../../http/context.ts';
import type { BoundRecord } from '../operations/record.ts';
import type { RecordDefinition } from '../records/record.ts';
import { namesSetBy, settableIn } from '../records/request.ts';
import { CHANGERS, type ConsolePage, type ConsoleUser, READERS } from './console-page.tsx';
import { formPage } from './forms/form.tsx';
import type { RecordForm } from './forms/record-form.ts';
import { editForm } from './record-edit.ts';
import { newForm } from './record-forms.tsx';
import { showList } from './record-list.tsx';
import { showOne, showTab } from './record-one.tsx';
import { type ConsoleRecord, onePath, type Presets, type RecordParts } from './record-parts.tsx';
import { questionPages } from './record-questions.ts';

/** Every page of a record. */
export function recordPages(bound: BoundRecord, parts: RecordParts = {}): readonly ConsolePage[] {
  const kind: ConsoleRecord = { ...bound, parts };
  const { definition } = kind;
  const { section, path, listed, page: hasPage } = definition.console;
  const one = onePath(definition);
  const { create, change, put, fresh = {} } = definition;
  return [
    { path, section, roles: READERS, show: (c, here) => showList(c, here, kind), ...(listed && { listed }) },
    ...(parts.presets ? presetPages(kind, parts.presets) : []),
    ...(parts.presets ? [] : page(definition, create ?? put, `${path}/new`, (c, here) => newForm(c, here, kind))).map(
      (form) => ({ ...form, ...(fresh.create && { fresh: fresh.create }) }),
    ),
    ...(hasPage
      ? [{ path: one, section, roles: READERS, show: (c: Context<Web>, here: ConsoleUser) => showOne(c, here, kind) }]
      : []),
    ...(definition.console.tabs ?? [])
      .filter((tab) => tab.relation !== undefined || parts.tabs?.[tab.path] !== undefined)
      .map(
        (tab): ConsolePage => ({
          path: one + tab.path,
          section,
          roles: READERS,
          show: (c, here) => showTab(c, here, kind, tab),
        }),
      ),
    ...page(definition, change ?? put, `${one}/edit`, (c, here) => editForm(c, here, kind)).map((form) => ({
      ...form,
      ...(fresh.change && { fresh: fresh.change }),
    })),
    ...questionPages(kind),
  ];
}

/** The pages on which the kind of a new record is chosen, and the form of each kind. */
function presetPages(kind: ConsoleRecord, { page: show, form }: Presets): ConsolePage[] {
  const { definition } = kind;
  const { section, path, presets: parameter = 'kind' } = definition.console;
  const nameIn = (c: Context<Web>) => c.req.param(parameter) ?? '';
  return [
    { path: `${path}/new`, section, roles: CHANGERS, show },
    ...page(definition, definition.create, `${path}/new/:${parameter}`, async (c, here) =>
      newForm(c, here, kind, form(c, nameIn(c))),
    ).map((one) => ({ ...one, ...(definition.fresh?.create && { fresh: definition.fresh.create }) })),
  ];
}

/** A page with a form, where the record has such a request. */
function page(
  { fields, console: { section } }: RecordDefinition,
  schema: z.ZodObject | undefined,
  path: string,
  form: (c: Context<Web>, here: ConsoleUser) => RecordForm<z.ZodType> | Promise<RecordForm<z.ZodType>>,
): ConsolePage[] {
  if (!schema || !settableIn('notInConsole', fields, schema)) return [];
  // A box for each value that is chosen.
  const hasBoxes = (name: string) => fields[name]?.from !== undefined || fields[name]?.known !== undefined;
  const repeatable = namesSetBy(fields, schema).filter(hasBoxes);
  return [{ path, section, roles: CHANGERS, ...(repeatable.length > 0 && { repeatable }), ...formPage(form) }];
}
