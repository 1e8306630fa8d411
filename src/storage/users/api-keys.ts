/** API keys of users, in `DB`. The secret is hashed here; revoking deletes the row. */
import { and, asc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { constantTimeEqual, sha256 } from '../../crypto/digest.ts';
import type { ApiKeyId, UserId } from '../../protocol/credentials.ts';
import { API_KEY_LAST_USED_INTERVAL } from '../../protocol/lifetimes.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { authorizedAtOf } from '../grants/cutoffs.ts';
import { apiKeys, users } from '../schema/index.ts';
import { hasNoEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import type { User } from './users.ts';

export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** Limit of keys of a user; lists read all of them at once. */
export const MAX_API_KEYS = 100;

/** A condition on `api_keys`: no cutoff of the user since the secret was created. */
const keyIsNotCutOff = sql`NOT EXISTS (SELECT 1 FROM cutoffs
  WHERE subject = 'user:' || api_keys.user_id AND at >= api_keys.authorized_at)`;

/** The subject whose cutoffs revoke a key, for a statement on `api_keys`. */
const subjectOfKey = sql`json_array('user:' || api_keys.user_id)`;

export const isActiveKey = (now: number) => and(gt(apiKeys.expiresAt, now), keyIsNotCutOff);

export type KeyHolder = { key: ApiKeyRow; user: User };

/**
 * The key and its user, where the secret matches, the key is neither expired nor cut off, and the user is not disabled.
 * One round.
 */
export const findKeyHolder = (
  databases: Databases,
  { id, secret }: { id: ApiKeyId; secret: string },
  now: number,
): Promise<KeyHolder | undefined> => findHolder(databases, eq(apiKeys.id, id), secret, now);

/** As `findKeyHolder`, by the public part that an imported key had at the server that it comes from. One round. */
export const findLegacyKeyHolder = (
  databases: Databases,
  { legacyKey, secret }: { legacyKey: string; secret: string },
  now: number,
): Promise<KeyHolder | undefined> => findHolder(databases, eq(apiKeys.legacyKey, legacyKey), secret, now);

/** True where a key was imported with this public part, expired or not. */
export async function hasLegacyKey(databases: Databases, legacyKey: string): Promise<boolean> {
  const rows = await databases.global.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.legacyKey, legacyKey));
  return rows.length > 0;
}

async function findHolder(
  databases: Databases,
  isThis: SQL,
  secret: string,
  now: number,
): Promise<KeyHolder | undefined> {
  const [row] = await databases.global
    .select({ key: apiKeys, user: users })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(and(isThis, isActiveKey(now), isNull(users.disabledAt)));
  return row && constantTimeEqual(sha256(secret), row.key.secretHash) ? row : undefined;
}

/** Records the use of a key, at most once a minute. Runs behind the response. */
export async function touchKey(databases: Databases, key: ApiKeyRow, now: number): Promise<void> {
  const before = now - API_KEY_LAST_USED_INTERVAL;
  if ((key.lastUsedAt ?? 0) > before) return;
  await databases.global
    .update(apiKeys)
    .set({ lastUsedAt: now })
    // Of concurrent uses one writes.
    .where(and(eq(apiKeys.id, key.id), or(isNull(apiKeys.lastUsedAt), sql`${apiKeys.lastUsedAt} <= ${before}`)));
}

export type NewApiKeyRow = Pick<ApiKeyRow, 'id' | 'userId' | 'name' | 'scopes' | 'expiresAt'> & {
  secret: string;
  /** Of an imported key. */
  legacyKey?: string;
};

/**
 * Creates a key unless one with its id or its legacy key exists.
 * @returns the stored key; undefined for a user at the limit, or where the id was revoked before.
 */
export async function createKey(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  { secret, ...key }: NewApiKeyRow,
): Promise<ApiKeyRow | undefined> {
  const db = databases.global;
  const authorizedAt = authorizedAtOf([`user:${key.userId}`], moment.now);
  const given = { legacyKey: null, ...key, secretHash: sha256(secret) };
  const row = { ...given, createdAt: moment.now, authorizedAt, lastUsedAt: null };
  const hasRoom = sql`(SELECT COUNT(*) FROM api_keys WHERE user_id = ${key.userId}
    AND expires_at > ${moment.now} AND ${keyIsNotCutOff}) < ${MAX_API_KEYS}`;
  const detail = { key: key.id, scopes: key.scopes };
  const [, , rows] = await runBatch(() =>
    db.batch([
      db
        .insert(apiKeys)
        .select(insertWhere(apiKeys, row, sql`${hasRoom} AND ${hasNoEvent(key.id, 'api-key.revoked')}`))
        .onConflictDoNothing(),
      recordEvent(db, moment, { type: 'api-key.created', subject: key.userId, actor, detail }, previousChangedRow),
      db.select().from(apiKeys).where(eq(apiKeys.id, key.id)),
    ]),
  );
  return rows[0];
}

export type KeyFilter = { id?: ApiKeyId; user?: UserId | undefined };

/**
 * Replaces secret and expiry; the previous secret is invalid at once. @returns the key, or undefined where it is
 * invalid.
 */
export async function replaceKeySecret(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  of: Required<Pick<KeyFilter, 'id'>> & KeyFilter,
  { secret, expiresAt }: { secret: string; expiresAt: number },
): Promise<ApiKeyRow | undefined> {
  const db = databases.global;
  const secretHash = sha256(secret);
  const [rows] = await runBatch(() =>
    db.batch([
      db
        .update(apiKeys)
        .set({ secretHash, expiresAt, authorizedAt: authorizedAtOf(subjectOfKey, moment.now) })
        .where(and(matches(of), isActiveKey(moment.now)))
        .returning(),
      recordEvent(
        db,
        moment,
        { type: 'api-key.rotated', subject: of.id, actor },
        sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${of.id} AND secret_hash = ${secretHash})`,
      ),
    ]),
  );
  return rows[0];
}

/** Revokes a key at once. @returns whether there was one. */
export async function revokeKey(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  of: Required<Pick<KeyFilter, 'id'>> & KeyFilter,
): Promise<boolean> {
  const db = databases.global;
  const isThere = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${of.id}
    AND user_id = COALESCE(${of.user ?? null}, user_id))`;
  const wasThere = sql`EXISTS (SELECT 1 FROM audit_events WHERE request_id = ${moment.requestId}
    AND type = 'api-key.revoked' AND subject = ${of.id})`;
  const [, , rows] = await runBatch(() =>
    db.batch([
      recordEvent(db, moment, { type: 'api-key.revoked', subject: of.id, actor }, isThere),
      db.delete(apiKeys).where(matches(of)),
      // A repeated request recognises its own revocation.
      db.select({ was: sql<number>`${wasThere}` }).from(sql`(SELECT 1)`),
    ]),
  );
  return rows[0]?.was === 1;
}

const matches = ({ id, user }: KeyFilter) =>
  and(id === undefined ? undefined : eq(apiKeys.id, id), user === undefined ? undefined : eq(apiKeys.userId, user));

/** The valid keys of a user, or the one named, oldest first: never more than the limit. */
export function listKeysOf(databases: Databases, of: KeyFilter & { user: UserId }, now: number): Promise<ApiKeyRow[]> {
  return databases.global
    .select()
    .from(apiKeys)
    .where(and(matches(of), isActiveKey(now)))
    .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
    .limit(MAX_API_KEYS);
}

export async function findKey(databases: Databases, id: ApiKeyId, now: number): Promise<ApiKeyRow | undefined> {
  const [row] = await databases.global
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.id, id), isActiveKey(now)));
  return row;
}

export function sweepApiKeys(db: Database, now: number, most: number) {
  return deleteRows(db, apiKeys, lt(apiKeys.expiresAt, now), most);
}
