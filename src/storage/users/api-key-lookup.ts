/** The user of an API key that a request presents, and the record of its use. */
import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import { constantTimeEqual, sha256 } from '../../crypto/digest.ts';
import type { ApiKeyId } from '../../protocol/credentials.ts';
import { API_KEY_LAST_USED_INTERVAL } from '../../protocol/lifetimes.ts';
import type { Databases } from '../database/database.ts';
import { apiKeys, users } from '../schema/index.ts';
import { type ApiKeyRow, isActiveKey } from './api-keys.ts';
import type { User } from './users.ts';

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
