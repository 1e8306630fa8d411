/** API keys of users, in `DB`. The secret is hashed here; revoking deletes the row. */
import { and, asc, eq, gt, lt, sql } from 'drizzle-orm';
import type { ApiKeyId, UserId } from '../../protocol/credentials.ts';
import type { Database, Databases } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { apiKeys } from '../schema/index.ts';

export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** Limit of keys of a user; lists read all of them at once. */
export const MAX_API_KEYS = 100;

/** A condition on `api_keys`: no cutoff of the user since the secret was created. */
export const keyIsNotCutOff = sql`NOT EXISTS (SELECT 1 FROM cutoffs
  WHERE subject = 'user:' || api_keys.user_id AND at >= api_keys.authorized_at)`;

export const isActiveKey = (now: number) => and(gt(apiKeys.expiresAt, now), keyIsNotCutOff);

export type KeyFilter = { id?: ApiKeyId; user?: UserId | undefined };

export const matches = ({ id, user }: KeyFilter) =>
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
