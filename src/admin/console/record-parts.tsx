/** The addresses, links and parts that the pages of a record share. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { actingOf } from '../operations/acting.ts';
import { type BoundRecord, namedRecord } from '../operations/record.ts';
import { idIn, keyOf } from '../query-parameters.ts';
import { type ActionDefinition, capitalised } from '../records/action.ts';
import type { RecordValues, Supported } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { settableIn } from '../records/request.ts';
import type { ConsoleUser } from './console-page.tsx';
import type { OfferedValues } from './forms/known-values.ts';

/** One record on its page: the row of its operations, and its members with its name. */
export type ReadRecord<Row = unknown> = { row: Row; record: RecordValues };

/** The properties of a form that its definition cannot say. */
export type FormParts = {
  title?: string;
  lead?: Child;
  /** Members that the request has besides the fields. */
  fixed?: RecordValues;
  /** Fields that the form does not have, and those that stand before the heading "Advanced" besides. */
  without?: readonly string[];
  also?: readonly string[];
  /** The only fields before that heading, where it is not the definition that says so. */
  first?: readonly string[];
  /** The record as far as it decides which fields there are, and which of them come first or are required. */
  having?: RecordValues;
  being?: RecordValues;
  /** The values that hold where nothing is set, and those that are suggested. */
  defaults?: RecordValues;
  suggested?: RecordValues;
  /** The values that each list offers, where they are fewer than the server supports. */
  offered?: Partial<Record<Supported, readonly string[]>>;
  /** The values that exist for fields that may hold others, too. */
  known?: OfferedValues;
  script?: string;
  attributes?: Record<string, string>;
};

/** Kinds of a new record that are chosen before its form: the definition has the parameter of their addresses. */
export type Presets = {
  page: (c: Context<Web>, here: ConsoleUser) => Response | Promise<Response>;
  /** @throws OAuthError not_found */
  form: (c: Context<Web>, name: string) => FormParts | Promise<FormParts>;
};

/** Further facts of a new record, and content below them. */
export type Created = { facts: readonly (readonly [string, Child])[]; below: Child };

/** The parts of its pages that a record has besides. */
export type RecordParts = {
  /** Below the heading of the list. */
  aboveList?: (c: Context<Web>, here: ConsoleUser, filters: RecordValues) => Child | Promise<Child>;
  /** Above the list, and read beside it. */
  besideList?: (c: Context<Web>, here: ConsoleUser) => Promise<Child>;
  /** Further facts of one record. */
  facts?: (c: Context<Web>, read: ReadRecord<never>) => readonly (readonly [string, Child | undefined])[];
  /** The end of the page of one record; it may read while the record is read. */
  detail?: (c: Context<Web>, here: ConsoleUser, reading: Promise<ReadRecord<never>>) => Promise<Child>;
  /** The content of its further tabs, by path. */
  tabs?: Readonly<
    Record<string, (c: Context<Web>, here: ConsoleUser, reading: Promise<ReadRecord<never>>) => Promise<Child>>
  >;
  /** Members that the page of one record shows elsewhere. */
  omitted?: readonly string[];
  /** A cell of the list that the definition cannot say. */
  cells?: Readonly<Record<string, (c: Context<Web>, record: RecordValues) => Child>>;
  presets?: Presets;
  /** The facts and content that the page after the creation shows besides. */
  created?: (c: Context<Web>, read: ReadRecord<never>) => Created | Promise<Created>;
  /** The form of a change. */
  editing?: (c: Context<Web>, read: ReadRecord<never>) => FormParts;
  /** The page below the record that a change leads to. */
  saved?: (row: never) => string | undefined;
};

/** A record with its operations, and the parts of its pages. */
export type ConsoleRecord = BoundRecord & { parts: RecordParts };

/** The path of one record, with its parameters. */
export const onePath = (definition: RecordDefinition): string =>
  [definition.console.path, ...keyOf(definition).map((name) => `:${name}`)].join('/');

export async function readOne(c: Context<Web>, bound: BoundRecord): Promise<ReadRecord> {
  const row = await bound.operations.find(c.get('deps'), idIn(c, bound.definition));
  return { row, record: namedRecord(bound, row, c.get('deps')) };
}

/** The address of one record, or of a page below it. */
export const recordAddress = ({ console, key, id }: RecordDefinition, record: RecordValues, below = ''): string =>
  [console.path, ...(key ?? [id]).map((name) => encodeURIComponent(String(record[name])))].join('/') + below;

export const backTo = ({ definition }: ConsoleRecord, record: RecordValues): string =>
  definition.console.page ? recordAddress(definition, record) : definition.console.path;

/** The address that a question leads back to. */
export const leadsTo = (kind: ConsoleRecord, { leadsTo: to }: ActionDefinition, record: RecordValues): string =>
  typeof to === 'function' ? to(record) : backTo(kind, record);

export const titleOf = ({ many }: RecordDefinition): string => capitalised(many);
export const nameOf = ({ name }: RecordValues): string => String(name ?? '');

/** A link to a form or a question of a record, with its effect. */
export type RecordLink = { label: string; href: string; summary?: string; danger?: boolean };

/** The actions whose questions a record has, with the links to them. Those with parameters stand elsewhere. */
export const actionLinks = (definition: RecordDefinition, record: RecordValues) =>
  Object.entries(definition.actions).flatMap(
    ([name, { label, page = `/${name}`, path = '', summary, danger = false, when }]): RecordLink[] =>
      label === undefined || path.includes('{') || !(when?.(record) ?? true)
        ? []
        : [{ label, href: recordAddress(definition, record, page), summary, danger }],
  );

/** The links to the form and to the questions of a record. */
export const changeLinks = (definition: RecordDefinition, record: RecordValues, edit: string): RecordLink[] => [
  ...(settableIn('notInConsole', definition.fields, definition.change ?? definition.put)
    ? [{ label: edit, href: recordAddress(definition, record, '/edit') }]
    : []),
  ...actionLinks(definition, record),
];

export const actingHere = (c: Context<Web>, here: ConsoleUser) =>
  actingOf(c.get('deps'), here.actor, undefined, here.user.id);
