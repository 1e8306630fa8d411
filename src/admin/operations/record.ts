/** The operations of a record, which API and console call: its definition says which it needs. */
import type * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import type { Precondition } from '../../storage/database/precondition.ts';
import type { Query } from '../query-parameters.ts';
import type { ActionDefinition } from '../records/action.ts';
import type { RecordValues } from '../records/field.ts';
import type { ActedOn, RecordDefinition } from '../records/record.ts';
import type { Acting } from './acting.ts';
import type { RecordListQuery, RecordPage } from './record-page.ts';

type Input<Schema> = Schema extends z.ZodType ? z.output<Schema> : never;

/** The body of an action, else the parameters of its path and the switches of its query. */
type ActionRequest<Action> = Action extends { body: { schema: infer Schema } }
  ? Input<Schema>
  : Readonly<Record<string, string | undefined>>;

/** The actions with an operation of their own: those that set fields are changes. */
type Acts<Actions> = {
  [Name in keyof Actions as Actions[Name] extends { sets: RecordValues } ? never : Name]: Actions[Name];
};

export type RecordOperations<Definition extends RecordDefinition, Row> = {
  /** @throws OAuthError not_found */
  find: (deps: Deps, id: string) => Promise<Row>;
  /** The record as the API answers with it: never a secret. */
  show: (row: Row, deps: Deps) => z.input<Definition['answer']>;
  /** Values of its fields that console pages show, where the answer has others or holds them in a member. */
  fields?: (row: Row) => RecordValues;
  /** Values that the form of a change shows, where they are others. */
  form?: (row: Row) => RecordValues;
  /** The name in sentences, where it is not the member that the definition names. */
  nameOf?: (row: Row) => string;
  /** The members of the answer about one record that no list has; they are read beside the record. */
  detail?: (deps: Deps, id: string) => Promise<Record<string, unknown>>;
  list: (deps: Deps, query: RecordListQuery) => Promise<RecordPage<Row>>;
  /** The orders of a paged list, the first its own. */
  sorts?: object;
  /** The condition that holds for as long as the record is as it was read. */
  precondition?: (deps: Deps, id: string) => Promise<Precondition>;
  create?: (
    acting: Acting,
    request: Input<Definition['create']>,
  ) => Promise<{ row: Row; once?: Input<Definition['once']> }>;
  change?: (acting: Acting, row: Row, request: Input<Definition['change']>) => Promise<Row>;
  put?: (acting: Acting, id: string, members: Input<Definition['put']>) => Promise<Row>;
  /** By the names of the definition; each returns its answer, where it has one, or the row, where that is the record. */
  actions: ActionOperations<Definition['actions'], Row>;
  /** Reads, for the questions, what depends on the record. */
  ends?: { [Name in keyof Definition['actions']]?: (deps: Deps, id: string) => Promise<RecordValues> };
  views?: { [Name in keyof Definition['views']]: (acting: Acting, row: Row, query: Query) => Promise<object> };
};

type ActionOperations<Actions, Row> = {
  [Name in keyof Acts<Actions>]: (acting: Acting, row: Row, request: ActionRequest<Actions[Name]>) => Promise<unknown>;
};

/** A definition with its operations, of whichever record. */
export type BoundRecord = {
  definition: RecordDefinition;
  operations: Omit<RecordOperations<RecordDefinition, unknown>, 'actions' | 'ends' | 'views'> & {
    actions: Readonly<Record<string, (acting: Acting, row: unknown, request: unknown) => Promise<unknown>>>;
    ends?: Readonly<Record<string, ((deps: Deps, id: string) => Promise<RecordValues>) | undefined>>;
    views?: Readonly<Record<string, (acting: Acting, row: unknown, query: RecordValues) => Promise<object>>>;
  };
};

/** A definition with its operations, as far as views and actions need them. */
export type BoundActions = {
  definition: ActedOn;
  operations: Pick<BoundRecord['operations'], 'find' | 'show' | 'actions' | 'views' | 'change'>;
};

/** Joins a definition and its operations, compared by their types. */
export const bindRecord = <Definition extends RecordDefinition, Row>(
  definition: Definition,
  operations: RecordOperations<Definition, Row>,
): BoundRecord => ({ definition, operations: operations as unknown as BoundRecord['operations'] });

/** The same of the whole server, which has no row. */
export const bindServer = <Definition extends ActedOn>(
  definition: Definition,
  operations: {
    actions: ActionOperations<Definition['actions'], unknown>;
    views: { [Name in keyof Definition['views']]: (acting: Acting, query: Query) => Promise<object> };
  },
): BoundActions => ({
  definition,
  operations: {
    find: async () => undefined,
    show: () => ({}),
    actions: operations.actions as unknown as BoundRecord['operations']['actions'],
    views: Object.fromEntries(
      Object.entries<(acting: Acting, query: Query) => Promise<object>>(operations.views).map(([name, view]) => [
        name,
        (acting, _, query) => view(acting, query as Query),
      ]),
    ),
  },
});

/** The record as console pages show it, with the name that sentences and headings use. */
export const namedRecord = ({ definition, operations }: BoundRecord, row: unknown, deps: Deps): RecordValues => {
  const record: RecordValues = { ...operations.show(row, deps), ...operations.fields?.(row) };
  const name = operations.nameOf?.(row) ?? record[definition.named];
  return { ...record, name: String(name ?? record[definition.id] ?? '') };
};

/** Does an action. @returns its answer, or the row. */
export function act(
  { operations }: BoundActions,
  [name, { sets }]: readonly [string, ActionDefinition],
  acting: Acting,
  row: unknown,
  request: unknown,
): Promise<unknown> {
  const done = sets
    ? operations.change?.(acting, row, sets as never)
    : operations.actions[name]?.(acting, row, request);
  return done ?? Promise.resolve();
}
