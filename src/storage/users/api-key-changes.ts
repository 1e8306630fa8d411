/** Creation, rotation and revocation of API keys. */
import { and, eq, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { authorizedAtOf } from '../grants/cutoffs.ts';
import { apiKeys } from '../schema/index.ts';
import { hasNoEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { type ApiKeyRow, isActiveKey, type KeyFilter, keyIsNotCutOff, MAX_API_KEYS, matches } from './api-keys.ts';

/** The subject whose cutoffs revoke a key, for a statement on `api_keys`. */
const subjectOfKey = sql`json_array('user:' || api_keys.user_id)`;

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
