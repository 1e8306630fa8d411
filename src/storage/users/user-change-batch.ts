/** The batch of one change of a user, with the cutoffs that follow from it. */
import { and, eq, gte, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { attributesSubject, DISABLED } from '../grants/cutoff-subjects.ts';
import {
  allShardNames,
  type Cutoff,
  cutoffTime,
  LATER_CUTOFF,
  readCutoff,
  writeCutoffIf,
} from '../grants/write-cutoff.ts';
import { cutoffs, users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { AuditType } from '../server/audit-types.ts';
import { followTerms } from '../server/search-terms.ts';
import { nextAttributesNumber, writeAttributesCutoff } from './user-attributes.ts';
import type { ProfileChanges, User } from './users.ts';

export type UserChanges = ProfileChanges & {
  roles?: string[];
  disabled?: boolean;
  email?: string;
  emailChangedAt?: number;
};

/**
 * The statement that cuts off consent to clients that require a role which the user loses; it stands before the change.
 */
function cutOffLostAccess(databases: Databases, now: number, id: UserId, roles: readonly string[], onlyIf: SQL) {
  const subject = sql<string>`'consent:' || users.id || ':' || clients.id`;
  const row = { subject, at: cutoffTime(now), writtenAt: now, pendingShards: allShardNames };
  const required = sql`EXISTS (SELECT 1 FROM json_each(clients.roles) WHERE value IN`;
  const losesAccess = sql`users.id = ${id} AND clients.roles <> '[]' AND ${onlyIf}
    AND ${required} (SELECT value FROM json_each(users.roles)))
    AND NOT ${required} (SELECT value FROM json_each(${JSON.stringify(roles)})))`;
  return databases.global
    .insert(cutoffs)
    .select(insertWhere(cutoffs, row, losesAccess, sql`users, clients`))
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: LATER_CUTOFF,
    });
}

/** The cutoffs of a user's consent and attributes that are pending for some shard. */
function selectPendingCutoffs({ global }: Databases, id: UserId) {
  const ofUser = and(gte(cutoffs.subject, `consent:${id}:`), lt(cutoffs.subject, `consent:${id};`));
  return global
    .select()
    .from(cutoffs)
    .where(and(or(ofUser, eq(cutoffs.subject, attributesSubject(id))), ne(cutoffs.pendingShards, [])));
}

export async function runChange(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: UserId,
  { disabled, ...shown }: UserChanges,
  onlyIf: SQL | undefined,
): Promise<{ user: User | undefined; written: (typeof cutoffs.$inferSelect)[] }> {
  const db = databases.global;
  const { roles, emailChangedAt: _, ...profile } = shown;
  const fields = Object.keys(profile);
  const detail = { ...(fields.length > 0 && { fields }), ...(roles && { roles }) };
  const values = {
    ...shown,
    ...(fields.length > 0 && { updatedAt: moment.now }),
    ...(Object.keys(detail).length > 0 && { attributesChangedAt: nextAttributesNumber(moment.now) }),
    ...(disabled !== undefined && { disabledAt: disabled ? moment.now : null }),
  };
  // Each statement follows the previous one directly: where the change was not made, its consequences are not, either.
  const event = (type: AuditType, more = {}) =>
    recordEvent(db, moment, { type, subject: id, actor, ...more }, previousChangedRow);
  const ofDisabling = (value: boolean) => [
    event(value ? 'user.disabled' : 'user.enabled'),
    writeCutoffIf(db, cutoffOf(id, value, moment.now), moment.now, previousChangedRow),
  ];
  const results = await runBatch(() =>
    db.batch([
      cutOffLostAccess(databases, moment.now, id, roles ?? [], roles ? (onlyIf ?? sql`true`) : sql`false`),
      db
        .update(users)
        .set(values)
        .where(and(eq(users.id, id), onlyIf)),
      ...(Object.keys(detail).length > 0 ? [event('user.changed', { detail })] : []),
      ...(disabled === undefined ? [] : ofDisabling(disabled)),
      ...(fields.length > 0 ? followTerms(db, 'user', id) : []),
      writeAttributesCutoff(databases, id),
      selectPendingCutoffs(databases, id),
      db.select().from(users).where(eq(users.id, id)),
      readCutoff(db, `user:${id}`),
    ]),
  );
  type Written = (typeof cutoffs.$inferSelect)[];
  const [lost, [user], ofUser] = results.slice(-3) as [Written, User[], Written];
  return { user, written: disabled === undefined ? lost : [...lost, ...ofUser] };
}

const cutoffOf = (id: UserId, disabled: boolean, now: number): Cutoff => ({
  subject: `user:${id}`,
  at: disabled ? DISABLED : now,
  exact: true,
});
