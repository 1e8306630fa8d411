/**
 * Reading a user from the nearest replica, without granting what was withdrawn: every change of roles or e-mail address
 * gets a number, in the user's row and in a cutoff in every shard. A decision in a shard reads the cutoff, and a row with
 * a lower number is read again from the primary. No clock and no limit of the replica's lag is assumed.
 */
import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import type { Shard, UserId } from '../../protocol/credentials.ts';
import type { Database, Databases } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { FIRST_SHARD } from '../database/shard-names.ts';
import { attributesSubject } from '../grants/cutoff-subjects.ts';
import { allShardNames } from '../grants/write-cutoff.ts';
import { cutoffs, users } from '../schema/index.ts';
import { findUser, isSubjectAllowed, readUserFromReplica, type User, userById } from './users.ts';

/** The database that a user is read from. Changes and administration read the primary. */
export type UserSource = 'primary' | 'replica';

/** The number of the next change, for the statement that changes the user. */
export const nextAttributesNumber = (now: number): SQL =>
  sql`MAX(${now}, COALESCE(${users.attributesChangedAt}, 0) + 1)`;

/** The statement that writes the number to `DB` as a cutoff, in the batch of the change and after it. */
export function writeAttributesCutoff({ global: db }: Databases, id: UserId) {
  const changedAt = sql`users.attributes_changed_at`;
  const row = {
    subject: sql`${attributesSubject(id)}`,
    at: changedAt,
    writtenAt: changedAt,
    pendingShards: allShardNames,
  };
  return db
    .insert(cutoffs)
    .select(insertWhere(cutoffs, row, and(eq(users.id, id), isNotNull(users.attributesChangedAt)) as SQL, sql`users`))
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: {
        at: sql`excluded.at`,
        writtenAt: sql`excluded.written_at`,
        pendingShards: sql`excluded.pending_shards`,
      },
      setWhere: sql`excluded.at > cutoffs.at`,
    });
}

/** A decision of a shard; `user` where the decision is `DB`'s own, whose batch reads the user, too. */
export type ShardDecision = { attributesCutoff: number | null; user?: User | undefined };

/** The statement that reads the user in the batch of a decision of `DB`; none in another shard, or without a user. */
export const userInBatch = ({ global }: Databases, db: Database, id: UserId | undefined) =>
  id !== undefined && db === global ? ([userById(db, { id })] as const) : ([] as const);

/** The user by the results of a batch that ends with `userInBatch`; undefined where that has no statement. */
export function userOfBatch(results: readonly unknown[], { length }: ReturnType<typeof userInBatch>): User | undefined {
  return length === 0 ? undefined : (results.at(-1) as User[])[0];
}

/** True where a replica's row has every change of the user's attributes that the decision of a shard saw. */
const hasEveryChange = (near: User | undefined, cutoff: number | null): near is User =>
  near !== undefined && (near.attributesChangedAt ?? 0) >= (cutoff ?? 0);

/**
 * The user beside a decision of a shard, in one round; in two where the replica's row is missing, outdated, disabled or
 * scheduled for deletion, because no refusal is based on a replica. Where `DB` decides, its batch reads the user.
 * @param decision undefined for a refusal, which needs no user.
 */
export async function withUserBeside<Decision extends ShardDecision>(
  databases: Databases,
  { id, shard, source }: { id: UserId; shard: Shard; source: UserSource },
  decision: Promise<Decision | undefined>,
): Promise<[Decision | undefined, User | undefined]> {
  if (shard === FIRST_SHARD) {
    const decided = await decision;
    return [decided, decided?.user];
  }
  if (source === 'primary') return Promise.all([decision, findUser(databases, id)]);
  const reading = readUserFromReplica(databases, id).catch(() => undefined);
  const [decided, near] = await Promise.all([decision, reading]);
  if (!decided) return [decided, undefined];
  const isUsable = hasEveryChange(near, decided.attributesCutoff) && isSubjectAllowed(near);
  return [decided, isUsable ? near : await findUser(databases, id)];
}

/**
 * The attributes of a user beside a decision of a shard, for the claims of tokens, which are no reason to refuse: a
 * failed read does not fail the request (OpenID Connect Core §5.5.1), and no role that was removed is in a token.
 * @param id undefined where the tokens need no attributes.
 */
export async function withAttributesBeside<Decision extends ShardDecision>(
  databases: Databases,
  { id, shard }: { id: UserId | undefined; shard: Shard },
  decision: Promise<Decision>,
): Promise<Decision & { user: User | undefined }> {
  if (id === undefined || shard === FIRST_SHARD) return { user: undefined, ...(await decision) };
  const reading = readUserFromReplica(databases, id).catch(() => undefined);
  const [decided, near] = await Promise.all([decision, reading]);
  const isCurrent = hasEveryChange(near, decided.attributesCutoff);
  return { ...decided, user: isCurrent ? near : await findUser(databases, id).catch(() => undefined) };
}
