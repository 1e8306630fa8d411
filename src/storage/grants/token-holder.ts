/** Online validation of an access token: its status and its user. */
import { shardOf } from '../../protocol/credentials.ts';
import type { Databases } from '../database/database.ts';
import { type UserSource, withUserBeside } from '../users/user-attributes.ts';
import { isSubjectAllowed, type User } from '../users/users.ts';
import { type IssuedToken, tokenStatus, userOf } from './tokens.ts';

/**
 * The holder of a token whose signature was verified; undefined where the token is revoked or cut off, or its user is
 * deleted or disabled. A client that acts on its own behalf has no user. `claims` are those that the user allowed
 * beyond the scopes; `lastUsedAt` is the recorded use of its grant. One round.
 */
export async function findTokenHolder(
  databases: Databases,
  token: Omit<IssuedToken, 'resource' | 'scopes' | 'exp'>,
  source: UserSource,
): Promise<{ user: User | undefined; claims: readonly string[]; lastUsedAt: number | null } | undefined> {
  const id = userOf(token.sub);
  const status = tokenStatus(databases, token);
  const shard = shardOf(token.jti);
  const [active, user] = id
    ? await withUserBeside(databases, { id, shard, source }, status)
    : ([await status, undefined] as const);
  if (!active || (id && (!user || !isSubjectAllowed(user)))) return undefined;
  return { user, claims: active.claims, lastUsedAt: active.lastUsedAt };
}
