/** Revocation of the access of clients to the accounts of users: by a user, or by an administrator. */
import { and, eq, sql } from 'drizzle-orm';
import type { GrantId, UserId } from '../../protocol/credentials.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { cutOff } from './cutoff-delivery.ts';
import type { Subject } from './cutoff-subjects.ts';
import { narrowGrants } from './narrow-grants.ts';

/** Revokes a grant of the user. @returns whether the grant is theirs. */
export async function revokeOwnGrant(
  db: Database,
  moment: RequestClock,
  actor: string,
  { id, userId }: { id: GrantId; userId: UserId },
): Promise<boolean> {
  const isEnded = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${id} AND user_id = ${userId}
    AND revoked_at = ${moment.now})`;
  const [rows] = await runBatch(() =>
    db.batch([
      db
        .update(grants)
        .set({ revokedAt: sql`COALESCE(revoked_at, ${moment.now})` })
        .where(and(eq(grants.id, id), eq(grants.userId, userId)))
        .returning({ id: grants.id }),
      recordEvent(
        db,
        moment,
        { type: 'grant.revoked', subject: id, actor, detail: { because: 'revoked by the user' } },
        isEnded,
      ),
    ]),
  );
  return rows.length === 1;
}

/** Revokes all grants of a client, of a user, or of a user to a client, in every shard. */
export async function revokeAllAccess(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  { client, user }: { client: string | undefined; user: UserId | undefined },
): Promise<void> {
  if (client !== undefined && user !== undefined) return withdrawConsent(databases, moment, actor, user, client);
  const subject: Subject | undefined = client !== undefined ? `client:${client}` : user && `user:${user}`;
  if (subject === undefined) return;
  await cutOff(databases, { subject, at: moment.now }, moment.now, (db) => [
    recordEvent(db, moment, {
      type: 'grant.revoked',
      subject: user ?? client ?? '',
      actor,
      detail: { because: 'revoked by an administrator' },
    }),
  ]);
}

/** Revokes all access of a client to a user's account, in every shard. */
export async function withdrawConsent(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
  clientId: string,
): Promise<void> {
  await cutOff(databases, { subject: `consent:${userId}:${clientId}`, at: moment.now }, moment.now, (db) => [
    recordEvent(db, moment, { type: 'consent.withdrawn', subject: userId, actor, detail: { client: clientId } }),
  ]);
}

/**
 * Withdraws one scope from all access of a client to a user's account: outstanding codes and devices with the scope
 * become no grant, refreshing omits it, and the consent page asks for it again. Access tokens stay valid until they
 * expire.
 */
export async function withdrawScope(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
  clientId: string,
  scope: string,
): Promise<void> {
  const subject: Subject = `scope:${userId}:${clientId} ${scope}`;
  const detail = { client: clientId, scope };
  await cutOff(databases, { subject, at: moment.now }, moment.now, (db) => [
    narrowGrants(db, subject),
    recordEvent(db, moment, { type: 'consent.withdrawn', subject: userId, actor, detail }),
  ]);
}
