/** Ending one grant or one token: the same for the API, and so the command, and for the console. */
import { type GrantId, shardOf, type TokenId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { revokeGrant } from '../../storage/grants.ts';
import { revokeTokenById } from '../../storage/tokens.ts';
import type { Deps } from '../../web/context.ts';

/** Its refresh token and its access tokens end with it. @throws OAuthError not_found */
export async function endGrant({ databases, moment }: Deps, actor: string, id: string): Promise<void> {
  const db = databases.shard(shardOf(id as GrantId));
  if (!db) throw new OAuthError('not_found', 'there is no such grant.');
  await revokeGrant(db, moment, id as GrantId, actor, 'an administrator ended it');
}

/** @throws OAuthError not_found */
export async function endToken({ databases, moment }: Deps, actor: string, id: string): Promise<void> {
  if (!(await revokeTokenById(databases, moment, actor, id as TokenId))) {
    throw new OAuthError('not_found', 'there is no such token.');
  }
}
