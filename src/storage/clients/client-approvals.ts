/** Clients that await the approval of an administrator, from when a signed-in user first wanted to use one. */
import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { DAY, HOUR } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { clients, singleUses } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { type ClientRow, type ClientSnapshot, newClientRow } from './clients.ts';

/** Clients that await approval at a time; further ones are asked for when some of these are decided or expire. */
const MOST_WAITING = 500;

/** The time before which a request for approval has expired, in milliseconds. */
export const approvalCutoff = ({ new_client_days }: Pick<Settings, 'new_client_days'>, now: number): number =>
  now - new_client_days * DAY;

/**
 * Notes that a user wants to use a client that awaits approval; a document client gets its row by that.
 * @param expired requests before this time count no more, in milliseconds.
 * @returns true if the request is new.
 */
export async function requestApproval(
  databases: Databases,
  moment: RequestClock,
  client: ClientSnapshot,
  expired: number,
): Promise<boolean> {
  const db = databases.global;
  const { id, origin, metadata } = client;
  const waiting = sql`(SELECT count(*) FROM clients WHERE approval IS NULL AND approval_requested_at > ${expired})`;
  const isNew = and(
    isNull(clients.approval),
    or(isNull(clients.approvalRequestedAt), sql`${clients.approvalRequestedAt} <= ${expired}`),
    sql`${waiting} < ${MOST_WAITING}`,
  );
  const row = { ...newClientRow({ id, origin, metadata }, moment.now), approvalRequestedAt: moment.now };
  const requested =
    origin === 'document'
      ? db
          .insert(clients)
          .select(insertWhere(clients, row, sql`${waiting} < ${MOST_WAITING}`))
          .onConflictDoUpdate({ target: clients.id, set: { approvalRequestedAt: moment.now }, setWhere: isNew })
      : db
          .update(clients)
          .set({ approvalRequestedAt: moment.now })
          .where(and(eq(clients.id, id), isNew));
  const event = { type: 'client.approval-requested', subject: id, actor: `client:${id}` } as const;
  const [, , rows] = await runBatch(() =>
    db.batch([
      requested,
      recordEvent(db, moment, event, previousChangedRow),
      db.select({ at: clients.approvalRequestedAt }).from(clients).where(eq(clients.id, id)),
      ...followTerms(db, 'client', id),
    ]),
  );
  return rows[0]?.at === moment.now;
}

/** Clients whose approval was requested since then, the longest waiting first. Rules may have decided about some since. */
export function listWaitingClients(databases: Databases, since: number, most: number): Promise<ClientRow[]> {
  return databases.global
    .select()
    .from(clients)
    .where(and(isNull(clients.approval), isNotNull(clients.approvalRequestedAt), sql`approval_requested_at > ${since}`))
    .orderBy(clients.approvalRequestedAt)
    .limit(most);
}

/** Takes the one mail of an hour. @returns false if it was sent less than an hour ago. */
export async function takeApprovalMail(databases: Databases, now: number): Promise<boolean> {
  const row = { hash: sha256('mail about waiting clients'), expiresAt: now + HOUR, usedBy: '' };
  const taken = await databases.global
    .insert(singleUses)
    .values(row)
    .onConflictDoUpdate({
      target: singleUses.hash,
      set: { expiresAt: row.expiresAt },
      setWhere: sql`${singleUses.expiresAt} <= ${now}`,
    })
    .returning({ expiresAt: singleUses.expiresAt });
  return taken.length > 0;
}
