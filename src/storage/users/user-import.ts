/** Imported users: many in few statements, each whole or not at all, and none a second time. */
import { eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { auditEvents, users } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';
import { addUserTerms } from '../server/search-terms.ts';
import { USER_DEFAULTS } from './new-user.ts';
import type { User } from './users.ts';

/** The columns of an imported user; the others have the values of a new one. */
export type ImportedUserRow = Pick<
  User,
  | 'id'
  | 'email'
  | 'emailVerifiedAt'
  | 'name'
  | 'givenName'
  | 'familyName'
  | 'picture'
  | 'locale'
  | 'passwordHash'
  | 'roles'
  | 'disabledAt'
>;

/** The users that stand in the way: those with one of these ids, or one of these addresses. */
export function readUsersInTheWay(databases: Databases, rows: readonly ImportedUserRow[]) {
  const idOrAddress = or(inArray(users.id, listed(rows, 'id')), inArray(users.email, listed(rows, 'email')));
  return databases.global.select({ id: users.id, email: users.email }).from(users).where(idOrAddress);
}

/** Ids of imported users that were deleted here, as far as the audit log reaches: they do not come back. */
export async function readDeletedUsers(databases: Databases, rows: readonly ImportedUserRow[]): Promise<Set<string>> {
  const deleted = await databases.global
    .select({ id: auditEvents.subject })
    .from(auditEvents)
    .where(sql`${inArray(auditEvents.subject, listed(rows, 'id'))} AND ${eq(auditEvents.type, 'user.deleted')}`);
  return new Set(deleted.map(({ id }) => id));
}

/** The members of that name, as a list of values in SQL: one parameter, however many rows. */
const listed = (rows: readonly ImportedUserRow[], member: 'id' | 'email'): SQL =>
  sql`(SELECT value FROM json_each(${JSON.stringify(rows.map((row) => row[member]))}))`;

/**
 * Inserts users; one whose id or address is in use is left out.
 * @returns the ids of those that this request inserted.
 */
export async function importUsers(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  source: string,
  rows: readonly ImportedUserRow[],
): Promise<Set<string>> {
  const db = databases.global;
  const ids = listed(rows, 'id');
  const wasDeleted = sql`SELECT 1 FROM audit_events WHERE subject = value ->> '$.id' AND type = 'user.deleted'`;
  const event = {
    requestId: moment.requestId,
    type: 'user.added',
    subject: sql`users.id`,
    at: moment.now,
    actor,
    detail: sql`json_object('roles', json(users.roles), 'imported_from', ${source})`,
  };
  const isNew = sql`users.id IN ${ids} AND users.created_at = ${moment.now} AND NOT EXISTS (SELECT 1 FROM audit_events
    WHERE subject = users.id AND type = 'user.added')`;
  const [, , , added] = await runBatch(() =>
    db.batch([
      db
        .insert(users)
        .select(
          insertWhere(
            users,
            rowFrom(moment.now),
            sql`NOT EXISTS (${wasDeleted})`,
            sql`json_each(${JSON.stringify(rows)})`,
          ),
        )
        .onConflictDoNothing(),
      db
        .insert(auditEvents)
        .select(insertWhere(auditEvents, event, isNew, sql`users`))
        .onConflictDoNothing(),
      addUserTerms(db, ids),
      db
        .select({ id: auditEvents.subject })
        .from(auditEvents)
        .where(sql`request_id = ${moment.requestId} AND type = 'user.added'`),
    ]),
  );
  return new Set(added.map(({ id }) => id));
}

/** The columns of a row, from an entry of a JSON list. */
function rowFrom(now: number) {
  const text = (member: keyof ImportedUserRow) => sql`value ->> ${sql.raw(`'$.${member}'`)}`;
  return {
    ...USER_DEFAULTS,
    id: text('id'),
    email: text('email'),
    emailVerifiedAt: text('emailVerifiedAt'),
    name: text('name'),
    givenName: text('givenName'),
    familyName: text('familyName'),
    picture: text('picture'),
    locale: text('locale'),
    passwordHash: text('passwordHash'),
    passwordSetAt: sql`iif(value ->> '$.passwordHash' IS NULL, NULL, ${now})`,
    roles: sql`value -> '$.roles'`,
    createdAt: now,
    disabledAt: text('disabledAt'),
  };
}
