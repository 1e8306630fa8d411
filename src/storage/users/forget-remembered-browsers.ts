/** The end of remembered browsers: one that its user forgets, all of a user, and expired ones. */
import { and, eq, lt, sql } from 'drizzle-orm';
import type { RememberedBrowserId, UserId } from '../../protocol/credentials.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { rememberedBrowsers as browsers, users } from '../schema/index.ts';
import { type AuditEvent, type RequestClock, recordEvent } from '../server/audit.ts';

const forgotten = (userId: UserId, actor: string, detail: Record<string, unknown> = {}): AuditEvent => ({
  type: 'browser.forgotten',
  subject: userId,
  actor,
  detail,
});

/** Forgets one remembered browser of a user. @returns false for an unknown one. */
export async function forgetBrowser(
  { global: db }: Databases,
  moment: RequestClock,
  userId: UserId,
  id: RememberedBrowserId,
): Promise<boolean> {
  const [gone] = await runBatch(() =>
    db.batch([
      db
        .delete(browsers)
        .where(and(eq(browsers.id, id), eq(browsers.userId, userId)))
        .returning({ id: browsers.id }),
      recordEvent(db, moment, forgotten(userId, `user:${userId}`), previousChangedRow),
    ]),
  );
  return gone.length > 0;
}

/** Forgets every remembered browser of a user. The number also covers one whose sign-in goes on meanwhile. */
export async function forgetBrowsersOf(
  { global: db }: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
): Promise<void> {
  const browsersForgotten = sql`${users.browsersForgotten} + 1`;
  await runBatch(() =>
    db.batch([
      db.update(users).set({ browsersForgotten }).where(eq(users.id, userId)),
      ...forgetStatements(db, moment, actor, userId),
    ]),
  );
}

/** The statements that delete the rows of a user, for a batch whose condition ends them. */
const forgetStatements = (db: Database, moment: RequestClock, actor: string, userId: UserId) =>
  [
    db.delete(browsers).where(eq(browsers.userId, userId)),
    recordEvent(db, moment, forgotten(userId, actor, { all: true }), previousChangedRow),
  ] as const;

export const sweepRememberedBrowsers = (db: Database, before: number, most: number) =>
  deleteRows(db, browsers, lt(browsers.expiresAt, before), most);
