/** The revocation of an outstanding authorization code: its grant exists, revoked, before the code is redeemed. */
import { sql } from 'drizzle-orm';
import { newSessionId, shardOf } from '../../protocol/credentials.ts';
import { type Database, runBatch } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { NewGrant } from './new-grant.ts';

/** Revokes the grant of an outstanding code in advance: its row exists before the code is redeemed. */
export async function preventGrant(
  db: Database,
  moment: RequestClock,
  actor: string,
  { id, clientId, userId }: Pick<NewGrant, 'id' | 'clientId' | 'userId'>,
): Promise<void> {
  const row = {
    id,
    clientId,
    userId,
    sessionId: newSessionId(shardOf(id)),
    scopes: [],
    resources: [],
    claims: [],
    authorizedAt: moment.now,
    createdAt: moment.now,
    expiresAt: moment.now,
    redeemedBy: moment.requestId,
    generation: 0,
    rotatedAt: moment.now,
    rotatedBy: moment.requestId,
    revokedAt: moment.now,
    jkt: null,
    previousRotatedAt: moment.now,
  };
  await runBatch(() =>
    db.batch([
      db
        .insert(grants)
        .values(row)
        .onConflictDoUpdate({ target: grants.id, set: { revokedAt: sql`COALESCE(revoked_at, ${moment.now})` } }),
      recordEvent(db, moment, { type: 'code.revoked', subject: id, actor, detail: { client: clientId } }),
    ]),
  );
}
