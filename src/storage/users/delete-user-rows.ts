/** The statements that delete the rows and the cutoffs of a user in one database. */
import { and, eq, gte, inArray, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import type { UserId } from '../../protocol/credentials.ts';
import type { Database } from '../database/database.ts';
import { attributesSubject } from '../grants/cutoff-subjects.ts';
import { auditEvents, clients, connections, cutoffs, signInFailures } from '../schema/index.ts';
import { keepCounting } from '../server/row-counts.ts';
import { belongsTo, USER_TABLES } from './user-data.ts';
import type { User } from './users.ts';

/** Rows of one table in one statement. */
const CHUNK = 1000;

/** Deletes a chunk of the rows of a user from each table. @returns the number of deleted rows. */
export async function deleteUserRows(db: Database, user: User): Promise<number> {
  const [first, ...rest] = USER_TABLES.filter(({ table }) => table !== connections).map((one) => {
    const chunk = sql`SELECT rowid FROM ${one.table} WHERE ${belongsTo(one, user.id)} LIMIT ${CHUNK}`;
    return db.delete(one.table).where(sql`rowid IN (${chunk})`);
  });
  if (!first) return 0;
  const hash = sha256(user.email);
  const results = await db.batch([
    first,
    ...rest,
    keepCounting(db, 'tokens'),
    keepCounting(db, 'audit_events'),
    // Their client continues on its own behalf, without scopes that only a user has.
    db.update(clients).set({ actsAs: null }).where(eq(clients.actsAs, user.id)),
    // A provider's message about a failure may identify the user.
    db
      .update(auditEvents)
      .set({ detail: {} })
      .where(
        and(
          eq(auditEvents.actor, `user:${user.id}`),
          eq(auditEvents.type, 'connection.failed'),
          ne(auditEvents.detail, {}),
        ),
      ),
    db.delete(signInFailures).where(
      sql`key IN (${sql.join(
        [`account:${hash}`, `mail-to:${hash}`, `notice-to:${hash}`, `code-of:${user.id}`, `factor-of:${user.id}`].map(
          (key) => sql`${key}`,
        ),
        sql`, `,
      )})`,
    ),
  ]);
  return results.reduce((sum, { meta }) => sum + meta.changes, 0);
}

/** The statement that deletes the cutoffs of a user, and of the user's consent to clients. */
export const deleteUserCutoffs = (db: Database, id: UserId, onlyIf: SQL) =>
  db
    .delete(cutoffs)
    .where(
      and(
        onlyIf,
        or(
          inArray(cutoffs.subject, [`user:${id}`, `password:${id}`, `sessions:${id}`, attributesSubject(id)]),
          begins(`consent:${id}`),
          begins(`scope:${id}`),
        ),
      ),
    );

/** A condition: the subject begins with these parts. A semicolon sorts directly after the colon. */
const begins = (parts: string) => and(gte(cutoffs.subject, `${parts}:`), lt(cutoffs.subject, `${parts};`));
