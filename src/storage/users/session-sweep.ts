/** Sweeping sessions: those that have expired are deleted, and leave a cutoff behind. */
import { sql } from 'drizzle-orm';
import type { Databases } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { cutoffs, sessions } from '../schema/index.ts';

/** Deletes expired sessions. Their cutoffs keep ending what was authorized in them, as signing out does. */
export async function sweepSessions(db: Databases['global'], now: number, most: number): Promise<D1Result> {
  const over = sql`SELECT id FROM sessions WHERE expires_at < ${now} ORDER BY expires_at, id LIMIT ${most}`;
  const cutoff = {
    subject: sql`'session:' || sessions.id`,
    at: sql`sessions.expires_at`,
    writtenAt: now,
    pendingShards: [],
  };
  const hasGrants = sql`sessions.id IN (${over}) AND EXISTS (SELECT 1 FROM grants WHERE session_id = sessions.id)`;
  const [, deleted] = await db.batch([
    db
      .insert(cutoffs)
      .select(insertWhere(cutoffs, cutoff, hasGrants, sql`sessions`))
      .onConflictDoNothing(),
    db.delete(sessions).where(sql`${sessions.id} IN (${over})`),
  ]);
  return deleted;
}
