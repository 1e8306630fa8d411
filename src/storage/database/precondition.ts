/**
 * The precondition of a change (RFC 9110 §13.1): the first statement of its batch, which fails, and the batch with it,
 * where the record is not as the client read it.
 */
import { eq, getTableColumns, getTableName, type Query, type SQL, sql } from 'drizzle-orm';
import { type SQLiteColumn, SQLiteSyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { redirectsDiffer } from '../clients/client-redirects.ts';
import {
  apiKeys,
  clients,
  connectedApps,
  initialAccessTokens,
  resources,
  settings,
  singleUses,
  socialLogins,
  trustedIssuers,
  users,
} from '../schema/index.ts';

/** A condition on a record in `DB`. */
export type Precondition = SQL;

type Row<T extends SQLiteTable> = T['$inferSelect'];

/** The row exists, and every column except these has the value that was read. */
function rowIsUnchanged<T extends SQLiteTable>(
  table: T,
  row: Partial<Row<T>>,
  but: readonly (keyof Row<T>)[] = [],
): Precondition {
  const same = Object.entries(getTableColumns(table))
    // Generated columns are not compared.
    .filter(([name]) => name in row && !but.includes(name as keyof Row<T>))
    .map(([name, column]) => isSame(column, row[name as keyof Row<T>]));
  return sql`EXISTS (SELECT 1 FROM ${table} WHERE ${sql.join(same, sql` AND `)})`;
}

const isSame = (column: SQLiteColumn, value: unknown): SQL =>
  value === null ? sql`${column} IS NULL` : sql`${column} = ${sql.param(value, column)}`;

const isAbsent = (table: SQLiteTable, id: SQLiteColumn, value: string): Precondition =>
  sql`NOT EXISTS (SELECT 1 FROM ${table} WHERE ${eq(id, value)})`;

/** Columns of a client that are not shown to administrators, or only say when it was used. */
const CLIENT_COLUMNS_NOT_COMPARED = [
  'secretHash',
  'previousSecrets',
  'registrationTokenHash',
  'lastUsedAt',
  'registeredFrom',
] as const;

export const clientIsUnchanged = (row: Omit<Row<typeof clients>, 'searchName' | 'searchAddress'>): Precondition =>
  row.origin === 'document'
    ? // It may have no row: then no administrator set a field of it meanwhile.
      sql`(${isAbsent(clients, clients.id, row.id)}
        OR ${rowIsUnchanged(clients, row, [...CLIENT_COLUMNS_NOT_COMPARED, 'metadata', 'createdAt', 'trusted'])}
          AND EXISTS (SELECT 1 FROM clients WHERE id = ${row.id} AND ${row.trusted} = (trusted AND NOT ${redirectsDiffer(row.metadata)})))`
    : rowIsUnchanged(clients, row, CLIENT_COLUMNS_NOT_COMPARED);

export const userIsUnchanged = (row: Omit<Row<typeof users>, 'searchName'>): Precondition =>
  rowIsUnchanged(users, row, ['passwordHash', 'passwordSetAt']);

export const connectedAppIsUnchanged = (row: Row<typeof connectedApps>): Precondition =>
  rowIsUnchanged(connectedApps, row);

export const socialLoginIsUnchanged = (row: Row<typeof socialLogins>): Precondition =>
  rowIsUnchanged(socialLogins, row);

export const apiKeyIsUnchanged = (row: Row<typeof apiKeys>): Precondition =>
  rowIsUnchanged(apiKeys, row, ['secretHash', 'authorizedAt', 'lastUsedAt']);

export const initialAccessTokenIsUnchanged = (row: Row<typeof initialAccessTokens>): Precondition =>
  rowIsUnchanged(initialAccessTokens, row, ['lastUsedBy']);

/** @param value undefined for a setting that has its default. */
const settingIsUnchanged = (name: string, value: unknown): Precondition =>
  value === undefined
    ? isAbsent(settings, settings.name, name)
    : rowIsUnchanged(settings, { name, value } as Row<typeof settings>);

/** @param stored the values of those that do not have their defaults. */
export const settingsAreUnchanged = (
  names: readonly string[],
  stored: Readonly<Record<string, unknown>>,
): Precondition =>
  sql`(${sql.join(
    names.map((name) => settingIsUnchanged(name, stored[name])),
    sql` AND `,
  )})`;

/** @param description undefined for one that is not registered. */
export const resourceIsUnchanged = (
  id: string,
  description: Row<typeof resources>['description'] | undefined,
): Precondition =>
  description === undefined
    ? isAbsent(resources, resources.id, id)
    : rowIsUnchanged(resources, { id, description, createdAt: 0 }, ['createdAt']);

/** @param trust undefined for one that is not trusted. */
export const issuerIsUnchanged = (
  issuer: string,
  trust: Row<typeof trustedIssuers>['trust'] | undefined,
): Precondition =>
  trust === undefined
    ? isAbsent(trustedIssuers, trustedIssuers.issuer, issuer)
    : rowIsUnchanged(trustedIssuers, { issuer, trust, createdAt: 0 }, ['createdAt']);

const dialect = new SQLiteSyncDialect();

export type PreconditionStatement = Pick<Query, 'sql' | 'params'>;

/**
 * The statement inserts nothing where the condition holds, and violates a NOT NULL constraint where it does not. A
 * batch of this request that was committed before is recognised by its audit event, so that it may be sent again.
 */
export function preconditionStatement(condition: Precondition, requestId: string): PreconditionStatement {
  const own = sql`EXISTS (SELECT 1 FROM audit_events WHERE request_id = ${requestId})`;
  return dialect.sqlToQuery(
    sql`INSERT INTO ${singleUses} (hash, expires_at, used_by) SELECT NULL, 0, '' WHERE NOT (${condition} OR ${own})`,
  );
}

/** True for the error of a failed precondition. */
export const isPreconditionError = (error: unknown): boolean =>
  String(error).includes(`NOT NULL constraint failed: ${getTableName(singleUses)}.hash`) ||
  (error instanceof Error && error.cause !== undefined && isPreconditionError(error.cause));

/** 412: the record was changed meanwhile. */
export const preconditionFailed = (): OAuthError =>
  new OAuthError(
    'precondition_failed',
    'this record was changed since it was read: read it again and repeat the change. Nothing was changed.',
  );
