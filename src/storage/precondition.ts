/**
 * What must still be so when a record is changed (RFC 9110 §13.1): the first statement of the batch that changes it,
 * which fails, and the batch with it, where it is not so any more.
 */
import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm';
import { type SQLiteColumn, SQLiteSyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { OAuthError } from '../protocol/oauth-error.ts';
import {
  apiKeys,
  clients,
  connectedApps,
  initialAccessTokens,
  people,
  resources,
  settings,
  socialLogins,
  trustedIssuers,
} from './schema/index.ts';

/** Of a record in `DB`. */
export type Condition = SQL;

type Row<T extends SQLiteTable> = T['$inferSelect'];

/** The row is there, and every column of it but these is as it was read. */
function isAsRead<T extends SQLiteTable>(
  table: T,
  row: Partial<Row<T>>,
  but: readonly (keyof Row<T>)[] = [],
): Condition {
  const same = Object.entries(getTableColumns(table))
    // A column that is computed from others is not read with them.
    .filter(([name]) => name in row && !but.includes(name as keyof Row<T>))
    .map(([name, column]) => isSame(column, row[name as keyof Row<T>]));
  return sql`EXISTS (SELECT 1 FROM ${table} WHERE ${sql.join(same, sql` AND `)})`;
}

const isSame = (column: SQLiteColumn, value: unknown): SQL =>
  value === null ? sql`${column} IS NULL` : sql`${column} = ${sql.param(value, column)}`;

const isAbsent = (table: SQLiteTable, id: SQLiteColumn, value: string): Condition =>
  sql`NOT EXISTS (SELECT 1 FROM ${table} WHERE ${eq(id, value)})`;

/** What is not shown of a client, or says only when it was used, may change meanwhile. */
const UNSEEN_OF_CLIENT = [
  ...(['secretHash', 'previousSecretHash', 'previousSecretUntil', 'registrationTokenHash', 'lastUsedAt'] as const),
];

export const clientIsAsRead = (row: Omit<Row<typeof clients>, 'searchName' | 'searchAddress'>): Condition =>
  row.origin === 'document'
    ? // It may have no row: then nobody said anything of it meanwhile.
      sql`(${isAbsent(clients, clients.id, row.id)}
        OR ${isAsRead(clients, row, [...UNSEEN_OF_CLIENT, 'metadata', 'createdAt'])})`
    : isAsRead(clients, row, UNSEEN_OF_CLIENT);

export const personIsAsRead = (row: Omit<Row<typeof people>, 'searchName'>): Condition =>
  isAsRead(people, row, ['passwordHash', 'passwordSetAt']);

export const connectedAppIsAsRead = (row: Row<typeof connectedApps>): Condition => isAsRead(connectedApps, row);

export const socialLoginIsAsRead = (row: Row<typeof socialLogins>): Condition => isAsRead(socialLogins, row);

export const apiKeyIsAsRead = (row: Row<typeof apiKeys>): Condition =>
  isAsRead(apiKeys, row, ['secretHash', 'bornAt', 'lastUsedAt']);

export const initialAccessTokenIsAsRead = (row: Row<typeof initialAccessTokens>): Condition =>
  isAsRead(initialAccessTokens, row, ['takenBy']);

/** @param value undefined for a setting that has its default. */
export const settingIsAsRead = (name: string, value: unknown): Condition =>
  value === undefined
    ? isAbsent(settings, settings.name, name)
    : isAsRead(settings, { name, value } as Row<typeof settings>);

/** @param description undefined for one that is not registered. */
export const resourceIsAsRead = (
  id: string,
  description: Row<typeof resources>['description'] | undefined,
): Condition =>
  description === undefined
    ? isAbsent(resources, resources.id, id)
    : isAsRead(resources, { id, description, createdAt: 0 }, ['createdAt']);

/** @param trust undefined for one that is not trusted. */
export const issuerIsAsRead = (issuer: string, trust: Row<typeof trustedIssuers>['trust'] | undefined): Condition =>
  trust === undefined
    ? isAbsent(trustedIssuers, trustedIssuers.issuer, issuer)
    : isAsRead(trustedIssuers, { issuer, trust, createdAt: 0 }, ['createdAt']);

const dialect = new SQLiteSyncDialect();

/**
 * The statement: it inserts nothing, and where the condition does not hold it tries to insert what a column forbids.
 * A batch of this request that was decided before is known by its event: sent again, or followed by another one, it
 * finds its own change.
 */
export function demandStatement(condition: Condition, requestId: string) {
  const own = sql`EXISTS (SELECT 1 FROM audit_events WHERE request_id = ${requestId})`;
  return dialect.sqlToQuery(
    sql`INSERT INTO spent (hash, expires_at, spent_by) SELECT NULL, 0, '' WHERE NOT (${condition} OR ${own})`,
  );
}

/** Whether an error is that of the statement. */
export const wasNotSo = (error: unknown): boolean =>
  String(error).includes('NOT NULL constraint failed: spent.hash') ||
  (error instanceof Error && error.cause !== undefined && wasNotSo(error.cause));

/** 412: somebody else was here meanwhile. */
export const preconditionFailed = (): OAuthError =>
  new OAuthError(
    'precondition_failed',
    'this record is not what you last saw: read it again, and decide again. Nothing was changed.',
  );
