/**
 * Deletion of a user: requested, cancelled within the grace period, then purged by the cron. A purge deletes the user's
 * rows in every database, and the user after a whole pass found none: so it can stop anywhere and continue with the
 * next run, and a database that does not answer only delays it.
 */
import { and, eq, gte, inArray, isNotNull, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { PURGE_DELAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deliverCutoff } from '../grants/cutoff-delivery.ts';
import { attributesSubject, DISABLED } from '../grants/cutoff-subjects.ts';
import { type Cutoff, readCutoff, writeCutoffIf } from '../grants/write-cutoff.ts';
import { auditEvents, clients, connections, cutoffs, signInFailures, users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { keepCounting } from '../server/row-counts.ts';
import { followTerms } from '../server/search-terms.ts';
import { anotherAdministers } from './user-changes.ts';
import { belongsTo, USER_TABLES } from './user-data.ts';
import type { User } from './users.ts';

/** The requester. An administrator's request disables the account, too, so that signing in does not cancel it. */
export type Requester = 'user' | 'administrator';

/** A condition for a statement directly after another one: that one changed a row. */
const wasDone = sql`changes() > 0`;

/**
 * Schedules the deletion. Every session, grant, API key and code of the user is revoked at once, in every shard.
 * @returns the user after the change; a scheduled deletion is left as it is.
 * @throws OAuthError conflict where no administrator would be left: then nothing is changed.
 */
export async function requestDeletion(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: UserId,
  { dueAt, by }: { dueAt: number; by: Requester },
): Promise<User | undefined> {
  const db = databases.global;
  const { now } = moment;
  const disables = by === 'administrator';
  const cutoff: Cutoff = { subject: `user:${id}`, at: disables ? DISABLED : now, exact: disables };
  const values = {
    deletionRequestedAt: now,
    deletionDueAt: dueAt,
    ...(disables && { disabledAt: sql`COALESCE(disabled_at, ${now})` }),
  };
  const results = await runBatch(() =>
    db.batch([
      db
        .update(users)
        .set(values)
        .where(and(eq(users.id, id), isNull(users.deletionDueAt), anotherAdministers)),
      recordEvent(db, moment, { type: 'user.deletion-requested', subject: id, actor }, wasDone),
      writeCutoffIf(db, cutoff, now, wasDone),
      db.select().from(users).where(eq(users.id, id)),
    ]),
  );
  const [user] = results[3];
  if (user && user.deletionDueAt === null) {
    const why = 'this is the last administrator: make another one first, else the server would have no administrator.';
    throw new OAuthError('conflict', why);
  }
  if (user?.deletionRequestedAt === now) await deliver(databases, id);
  return user;
}

/** Delivers the cutoff of the user to the shards. For one that does not answer it stays pending. */
async function deliver(databases: Databases, id: UserId): Promise<void> {
  const [row] = await readCutoff(databases.global, `user:${id}`);
  await deliverCutoff(databases, row);
}

const unscheduled = { deletionRequestedAt: null, deletionDueAt: null };

/** A condition on `users`: the deletion is scheduled, and the purge has not begun. */
const mayBeCancelled = (id: UserId): SQL | undefined =>
  and(eq(users.id, id), isNotNull(users.deletionDueAt), isNull(users.purgeStartedAt));

/**
 * Cancels the deletion of a user who signs in, except one that an administrator requested, or of a disabled user.
 * @returns whether it was cancelled.
 */
export async function cancelDeletionBySignIn(databases: Databases, moment: RequestClock, id: UserId): Promise<boolean> {
  const db = databases.global;
  const event = { type: 'user.deletion-cancelled', subject: id, actor: `user:${id}` } as const;
  const [, , rows] = await runBatch(() =>
    db.batch([
      db
        .update(users)
        .set(unscheduled)
        .where(and(mayBeCancelled(id), isNull(users.disabledAt))),
      recordEvent(db, moment, event, wasDone),
      db.select({ dueAt: users.deletionDueAt }).from(users).where(eq(users.id, id)),
    ]),
  );
  return rows[0]?.dueAt === null;
}

/**
 * Cancels the deletion for an administrator. A user whom the request disabled is enabled again; one who was disabled
 * otherwise stays disabled.
 * @returns the user after the change; still scheduled where the purge has begun.
 */
export async function cancelDeletion(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  user: User,
): Promise<User | undefined> {
  const db = databases.global;
  const { now } = moment;
  const { id } = user;
  const cutoff: Cutoff = { subject: `user:${id}`, at: now, exact: true };
  const isEnabledAgain = sql`${wasDone} AND EXISTS (SELECT 1 FROM users WHERE id = ${id} AND disabled_at IS NULL)`;
  const disabledAt = sql`CASE WHEN disabled_at = deletion_requested_at THEN NULL ELSE disabled_at END`;
  const results = await runBatch(() =>
    db.batch([
      db
        .update(users)
        .set({ ...unscheduled, disabledAt })
        .where(mayBeCancelled(id)),
      recordEvent(db, moment, { type: 'user.deletion-cancelled', subject: id, actor }, wasDone),
      writeCutoffIf(db, cutoff, now, isEnabledAgain),
      db.select().from(users).where(eq(users.id, id)),
    ]),
  );
  const [after] = results[3];
  const isEnabled = after?.deletionDueAt === null && after.disabledAt === null;
  if (isEnabled && user.deletionDueAt !== null) await deliver(databases, id);
  return after;
}

/** Limit of users in one run of the cron. */
const MAX_USERS_PER_RUN = 20;

/**
 * Begins the purge of users whose grace period has ended: it cannot be cancelled, and all their credentials are
 * invalid.
 */
export async function startPurges(databases: Databases, now: number): Promise<void> {
  const db = databases.global;
  const isDue = and(lte(users.deletionDueAt, now), isNull(users.purgeStartedAt));
  const due = await db.select({ id: users.id }).from(users).where(isDue).limit(MAX_USERS_PER_RUN);
  for (const { id } of due) {
    const cutoff: Cutoff = { subject: `user:${id}`, at: DISABLED, exact: true };
    await runBatch(() =>
      db.batch([
        db
          .update(users)
          .set({ purgeStartedAt: now, disabledAt: sql`COALESCE(disabled_at, ${now})` })
          .where(and(eq(users.id, id), isDue)),
        writeCutoffIf(db, cutoff, now, wasDone),
      ]),
    );
    await deliver(databases, id);
  }
}

/** Users whose purge began at or before then, until they are deleted. */
export function listPurges(databases: Databases, before: number): Promise<User[]> {
  const { global: db } = databases;
  // With the due time the index is used.
  const isPurged = and(isNotNull(users.deletionDueAt), lte(users.purgeStartedAt, before));
  return db.select().from(users).where(isPurged).limit(MAX_USERS_PER_RUN);
}

/**
 * Deletes the rows of users whose purge began long enough ago. An unfinished user continues with the next run, and one
 * whose cutoff is pending for a shard waits again, because rows could still be created there. While an existing shard
 * is not bound, no user is purged: its rows cannot be deleted.
 */
export async function purgeUsers(databases: Databases, moment: RequestClock): Promise<void> {
  if ((await databases.unboundShards()).length > 0) return;
  const isOwed = sql`EXISTS (SELECT 1 FROM cutoffs WHERE subject = 'user:' || users.id AND pending_shards <> '[]')`;
  await databases.global
    .update(users)
    .set({ purgeStartedAt: moment.now })
    .where(and(isNotNull(users.deletionDueAt), isNotNull(users.purgeStartedAt), isOwed));
  for (const user of await listPurges(databases, moment.now - PURGE_DELAY)) {
    if (await isCutOffInAllShards(databases, user.id)) await purgeUser(databases, moment, user);
  }
}

/** True where every shard has the cutoff of the user. */
async function isCutOffInAllShards({ global: db }: Databases, id: UserId): Promise<boolean> {
  const isTold = and(eq(cutoffs.subject, `user:${id}`), eq(cutoffs.at, DISABLED), eq(cutoffs.pendingShards, []));
  return (await db.select({ at: cutoffs.at }).from(cutoffs).where(isTold)).length === 1;
}

/** Rows of one table in one statement, and passes in one run of the cron. */
const CHUNK = 1000;
const MAX_PASSES = 20;

async function purgeUser(databases: Databases, moment: RequestClock, user: User): Promise<void> {
  const shards = databases.shardNames.flatMap((name) => databases.shard(name) ?? []);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const outcomes = await Promise.allSettled(shards.map((db) => deleteChunk(db, user)));
    if (outcomes.some(({ status }) => status === 'rejected')) return;
    const deleted = outcomes.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
    if (deleted === 0) return finishPurge(databases, moment, user);
  }
}

/** @returns the number of deleted rows. */
async function deleteChunk(db: Database, user: User): Promise<number> {
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

/** Deletes the cutoffs of the other shards, then those in `DB`, and the user. Connections are revoked before. */
async function finishPurge(databases: Databases, moment: RequestClock, { id }: User): Promise<void> {
  const others = databases.shardNames.slice(1).flatMap((name) => databases.shard(name) ?? []);
  const outcomes = await Promise.allSettled(others.map((db) => deleteCutoffs(db, id, sql`true`)));
  if (outcomes.some(({ status }) => status === 'rejected')) return;
  const db = databases.global;
  const isGone = sql`NOT EXISTS (SELECT 1 FROM users WHERE id = ${id})`;
  const isDisconnected = sql`NOT EXISTS (SELECT 1 FROM connections WHERE user_id = ${id})`;
  await runBatch(() =>
    db.batch([
      db.delete(users).where(and(eq(users.id, id), isNotNull(users.purgeStartedAt), isDisconnected)),
      recordEvent(db, moment, { type: 'user.deleted', subject: id, actor: 'system' }, wasDone),
      deleteCutoffs(db, id, isGone),
      ...followTerms(db, 'user', id),
    ]),
  );
}

/** The cutoffs of a user, and of the user's consent to clients. */
const deleteCutoffs = (db: Database, id: UserId, onlyIf: SQL) =>
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
