/** The operations of a record, which API and console call: its definition says which it needs. */
import type * as z from 'zod';
import { writeCursor } from '../../http/api/cursor.ts';
import { type Creation, RANDOM_CREATION } from '../../http/api/idempotency-key.ts';
import type { Deps } from '../../http/context.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isKeyOf } from '../../protocol/table.ts';
import type { Cursor } from '../../storage/database/list-page.ts';
import type { Precondition } from '../../storage/database/precondition.ts';
import type { Query } from '../query-parameters.ts';
import type { ActionDefinition } from '../records/action.ts';
import type { Shown } from '../records/field.ts';
import type { ActedOn, RecordDefinition } from '../records/record.ts';

/** The user or command that acts, in a request. */
export type Acting = {
  deps: Deps;
  /** The name in the audit log. */
  actor: string;
  /** The origin of ids and secrets. */
  making: Creation;
  /** The administrator who acts in the console. */
  self?: UserId | undefined;
};

export type RecordListQuery = {
  sort: string;
  descending: boolean;
  filters: Readonly<Record<string, string | undefined>>;
  /** The cursor of the page, as an address has it. */
  after: string | undefined;
  most: number;
};

export type RecordPage<Row> = {
  rows: readonly Row[];
  next?: string | undefined;
  /** Shards that did not answer. */
  unreachable?: readonly string[];
};

/** A page of storage, with its cursor as addresses have it. */
export const written = <Row>(page: {
  rows: readonly Row[];
  next: Cursor | undefined;
  unreachable?: readonly string[];
}): RecordPage<Row> => ({ ...page, next: writeCursor(page.next) });

/** The order of a list, among those that it has. @throws OAuthError invalid_request */
export function requireSort<Sorts extends object>(sorts: Sorts, sort: string): keyof Sorts & string {
  if (isKeyOf(sorts, sort)) return sort;
  throw new OAuthError('invalid_request', `sort must be one of: ${Object.keys(sorts).join(', ')}.`);
}

type Input<Schema> = Schema extends z.ZodType ? z.output<Schema> : never;

/** The body of an action, else the parameters of its path and the switches of its query. */
type ActionRequest<Action> = Action extends { body: { schema: infer Schema } }
  ? Input<Schema>
  : Readonly<Record<string, string | undefined>>;

/** The actions with an operation of their own: those that set fields are changes. */
type Acts<Actions> = {
  [Name in keyof Actions as Actions[Name] extends { sets: Shown } ? never : Name]: Actions[Name];
};

export type RecordOperations<Definition extends RecordDefinition, Row> = {
  /** @throws OAuthError not_found */
  find: (deps: Deps, id: string) => Promise<Row>;
  /** The record as the API answers with it: never a secret. */
  show: (row: Row, deps: Deps) => z.input<Definition['answer']>;
  /** Values of its fields that console pages show, where the answer has others or holds them in a member. */
  fields?: (row: Row) => Shown;
  /** Values that the form of a change shows, where they are others. */
  form?: (row: Row) => Shown;
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
  ends?: { [Name in keyof Definition['actions']]?: (deps: Deps, id: string) => Promise<Shown> };
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
    ends?: Readonly<Record<string, ((deps: Deps, id: string) => Promise<Shown>) | undefined>>;
    views?: Readonly<Record<string, (acting: Acting, row: unknown, query: Shown) => Promise<object>>>;
  };
};

/** A definition with its operations, as far as views and actions need them. */
export type BoundActions = {
  definition: ActedOn;
  operations: Pick<BoundRecord['operations'], 'find' | 'show' | 'actions' | 'views' | 'change'>;
};

/** Joins a definition and its operations, judged against each other. */
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

export const actingOf = (deps: Deps, actor: string, making: Creation = RANDOM_CREATION, self?: UserId): Acting => ({
  deps,
  actor,
  making,
  self,
});

/** The record as console pages show it, with the name that sentences and headings use. */
export const namedRecord = ({ definition, operations }: BoundRecord, row: unknown, deps: Deps): Shown => {
  const record: Shown = { ...operations.show(row, deps), ...operations.fields?.(row) };
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
