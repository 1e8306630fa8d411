/** Online validation of an access token: its status and its user. */
import { type GrantId, shardOf } from '../../protocol/credentials.ts';
import { TOKEN_USED_INTERVAL } from '../../protocol/lifetimes.ts';
import type { Databases } from '../database/database.ts';
import type { RequestClock } from '../server/audit.ts';
import { type UserSource, withUserBeside } from '../users/user-attributes.ts';
import { isSubjectAllowed, type User } from '../users/users.ts';
import { writeTokenUse } from './token-use.ts';
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
  const status = tokenStatus(databases, token, id);
  const shard = shardOf(token.jti);
  const [active, user] = id
    ? await withUserBeside(databases, { id, shard, source }, status)
    : ([await status, undefined] as const);
  if (!active || (id && (!user || !isSubjectAllowed(user)))) return undefined;
  return { user, claims: active.claims, lastUsedAt: active.lastUsedAt };
}

/** A grant with the recorded time of the last use of its tokens. */
type UsedGrant = { grant?: GrantId | undefined; lastUsedAt: number | null };

/** The dependencies of a record of use: `waitUntil` runs it after the response. */
type TokenUseDeps = {
  databases: Databases;
  moment: RequestClock;
  waitUntil: (what: string, work: Promise<unknown>) => void;
};

/** Records, after the response, that a token of the grant was used, unless that is known of the last day. */
export function recordTokenUse({ databases, moment, waitUntil }: TokenUseDeps, { grant, lastUsedAt }: UsedGrant): void {
  const { now } = moment;
  if (grant === undefined || (lastUsedAt !== null && lastUsedAt > now - TOKEN_USED_INTERVAL)) return;
  waitUntil('record token use', writeTokenUse(databases, grant, now));
}
