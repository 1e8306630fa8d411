/** API keys of people, in `DB`. The secret is hashed here; revoking deletes the row. */
import { and, asc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { equalInConstantTime, sha256 } from '../crypto/digest.ts';
import type { ApiKeyId, PersonId } from '../protocol/credentials.ts';
import { API_KEY_USED_STEP } from '../protocol/lifetimes.ts';
import { type Moment, recordEvent, wasNeverEnded } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Database, type Databases, decide } from './database.ts';
import type { Person } from './people.ts';
import { apiKeys, people } from './schema/index.ts';

export type ApiKey = typeof apiKeys.$inferSelect;

/** Nobody needs more, and a list of them is read at once. */
export const MOST_KEYS = 100;

/** A condition on `api_keys`: nothing was taken away from the person since the secret was made. */
const keyIsUncut = sql`NOT EXISTS (SELECT 1 FROM cutoffs
  WHERE subject = 'person:' || api_keys.person_id AND at >= api_keys.born_at)`;

export const isGood = (now: number) => and(gt(apiKeys.expiresAt, now), keyIsUncut);

/**
 * The key and its person, where the secret is right, the key neither expired nor cut off, and the person not disabled.
 * One round.
 */
export async function findKeyHolder(
  databases: Databases,
  { id, secret }: { id: ApiKeyId; secret: string },
  now: number,
): Promise<{ key: ApiKey; person: Person } | undefined> {
  const [row] = await databases.global
    .select({ key: apiKeys, person: people })
    .from(apiKeys)
    .innerJoin(people, eq(people.id, apiKeys.personId))
    .where(and(eq(apiKeys.id, id), isGood(now), isNull(people.disabledAt)));
  return row && equalInConstantTime(sha256(secret), row.key.secretHash) ? row : undefined;
}

/** Notes that a key is in use, at most once a minute. Runs behind the response. */
export async function touchKey(databases: Databases, key: ApiKey, now: number): Promise<void> {
  const before = now - API_KEY_USED_STEP;
  if ((key.lastUsedAt ?? 0) > before) return;
  await databases.global
    .update(apiKeys)
    .set({ lastUsedAt: now })
    // Of many uses at once one writes.
    .where(and(eq(apiKeys.id, key.id), or(isNull(apiKeys.lastUsedAt), sql`${apiKeys.lastUsedAt} <= ${before}`)));
}

export type NewApiKey = Pick<ApiKey, 'id' | 'personId' | 'name' | 'scopes' | 'expiresAt'> & { secret: string };

/**
 * Makes it, unless one with its id is there.
 * @returns what is there then: nothing for somebody who has too many, or where one was and has been revoked.
 */
export async function createKey(
  databases: Databases,
  moment: Moment,
  actor: string,
  { secret, ...key }: NewApiKey,
): Promise<ApiKey | undefined> {
  const db = databases.global;
  const row = { ...key, secretHash: sha256(secret), createdAt: moment.now, bornAt: moment.now, lastUsedAt: null };
  const hasRoom = sql`(SELECT COUNT(*) FROM api_keys WHERE person_id = ${key.personId}
    AND expires_at > ${moment.now} AND ${keyIsUncut}) < ${MOST_KEYS}`;
  const detail = { key: key.id, name: key.name, scopes: key.scopes };
  const [, , rows] = await decide(() =>
    db.batch([
      db
        .insert(apiKeys)
        .select(rowIf(apiKeys, row, sql`${hasRoom} AND ${wasNeverEnded(key.id, 'api-key.revoked')}`))
        .onConflictDoNothing(),
      recordEvent(db, moment, { type: 'api-key.created', subject: key.personId, actor, detail }, sql`changes() > 0`),
      db.select().from(apiKeys).where(eq(apiKeys.id, key.id)),
    ]),
  );
  return rows[0];
}

export type KeyFilter = { id?: ApiKeyId; person?: PersonId | undefined };

/** A new secret and a new end; the old secret is over at once. @returns the key, or undefined where it is not good. */
export async function replaceKeySecret(
  databases: Databases,
  moment: Moment,
  actor: string,
  of: Required<Pick<KeyFilter, 'id'>> & KeyFilter,
  { secret, expiresAt }: { secret: string; expiresAt: number },
): Promise<ApiKey | undefined> {
  const db = databases.global;
  const secretHash = sha256(secret);
  const [rows] = await decide(() =>
    db.batch([
      db
        .update(apiKeys)
        .set({ secretHash, expiresAt, bornAt: moment.now })
        .where(and(matches(of), isGood(moment.now)))
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

/** Ends a key at once. @returns whether there was one. */
export async function revokeKey(
  databases: Databases,
  moment: Moment,
  actor: string,
  of: Required<Pick<KeyFilter, 'id'>> & KeyFilter,
): Promise<boolean> {
  const db = databases.global;
  const isThere = sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${of.id}
    AND person_id = COALESCE(${of.person ?? null}, person_id))`;
  const wasThere = sql`EXISTS (SELECT 1 FROM audit_events WHERE request_id = ${moment.requestId}
    AND type = 'api-key.revoked' AND subject = ${of.id})`;
  const [, , rows] = await decide(() =>
    db.batch([
      recordEvent(db, moment, { type: 'api-key.revoked', subject: of.id, actor }, isThere),
      db.delete(apiKeys).where(matches(of)),
      // Sent again, it recognises that it was this request that ended it.
      db.select({ was: sql<number>`${wasThere}` }).from(sql`(SELECT 1)`),
    ]),
  );
  return rows[0]?.was === 1;
}

const matches = ({ id, person }: KeyFilter) =>
  and(
    id === undefined ? undefined : eq(apiKeys.id, id),
    person === undefined ? undefined : eq(apiKeys.personId, person),
  );

/** The keys of a person that are good, or the one named, oldest first: never more than they may have. */
export function listKeysOf(databases: Databases, of: KeyFilter & { person: PersonId }, now: number): Promise<ApiKey[]> {
  return databases.global
    .select()
    .from(apiKeys)
    .where(and(matches(of), isGood(now)))
    .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
    .limit(MOST_KEYS);
}

export async function findKey(databases: Databases, id: ApiKeyId, now: number): Promise<ApiKey | undefined> {
  const [row] = await databases.global
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.id, id), isGood(now)));
  return row;
}

export function sweepApiKeys(db: Database, now: number, most: number) {
  const over = db.select({ id: apiKeys.id }).from(apiKeys).where(lt(apiKeys.expiresAt, now)).limit(most);
  return db.delete(apiKeys).where(sql`${apiKeys.id} IN ${over}`);
}
