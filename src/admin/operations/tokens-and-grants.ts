/** The operations on access tokens and grants, for the API and the console. */
import { requestedPage } from '../../http/api/cursor.ts';
import type { Deps } from '../../http/context.ts';
import { parseGrantId, parseTokenId, shardOf, type TokenId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findGrant, findToken } from '../../storage/grants/by-id.ts';
import { type Grant, revokeGrant } from '../../storage/grants/grants.ts';
import type { EndReason } from '../../storage/grants/record-status.ts';
import { revokeTokenById } from '../../storage/grants/token-records.ts';
import type { TokenRow } from '../../storage/grants/tokens.ts';
import { GRANT_SORTS, listGrants, listTokens, TOKEN_SORTS } from '../../storage/server/shard-lists.ts';
import { time, timeOrNull } from '../query-parameters.ts';
import { GRANT } from '../records/grant.ts';
import { ACCESS_TOKEN } from '../records/token.ts';
import { bindRecord } from './record.ts';
import { requireSort, written } from './record-page.ts';

/** Revokes a grant, its refresh token and its access tokens. @throws OAuthError not_found */
async function revokeGrantById({ databases, moment }: Deps, actor: string, id: string): Promise<void> {
  const grantId = parseGrantId(id);
  const db = grantId && (await databases.resolveShard(shardOf(grantId)));
  if (!db) throw new OAuthError('not_found', 'there is no such grant.');
  await revokeGrant(db, moment, grantId, actor, 'an administrator ended it');
}

/** @throws OAuthError not_found */
async function revokeAccessToken({ databases, moment }: Deps, actor: string, id: TokenId): Promise<void> {
  if (!(await revokeTokenById(databases, moment, actor, id))) {
    throw new OAuthError('not_found', 'there is no such token.');
  }
}

/** A token, and whether it is revoked, alone or with its grant, client, user or session. */
type IssuedToken = { row: TokenRow; revoked: boolean };

const statusOf = ({ row, revoked }: IssuedToken, now: number): 'active' | 'expired' | 'revoked' =>
  revoked ? 'revoked' : row.expiresAt <= now ? 'expired' : 'active';

export const ACCESS_TOKENS = bindRecord(ACCESS_TOKEN, {
  async find({ databases }, id): Promise<IssuedToken> {
    const tokenId = parseTokenId(id);
    const found = tokenId && (await findToken(databases, tokenId));
    if (!found) throw new OAuthError('not_found', 'there is no such token.');
    return found;
  },
  show: ({ row: token, revoked }, { moment }) => ({
    id: token.id,
    grant: token.grantId,
    client_id: token.clientId,
    user: token.userId,
    scope: token.scopes.join(' '),
    resource: token.resource,
    issued_at: time(token.issuedAt),
    expires_at: time(token.expiresAt),
    status: statusOf({ row: token, revoked }, moment.now),
  }),
  async list({ databases, moment }, { sort, descending, filters, ...page }) {
    const { client, user, grant } = filters;
    const by = { sort: requireSort(TOKEN_SORTS, sort), descending, client, user, grant };
    const { revoked, ...found } = await listTokens(databases, by, moment.now, requestedPage(databases, page));
    return written({ ...found, rows: found.rows.map((row): IssuedToken => ({ row, revoked: revoked.has(row.id) })) });
  },
  sorts: TOKEN_SORTS,
  actions: { revoke: ({ deps, actor }, { row }) => revokeAccessToken(deps, actor, row.id) },
});

/** A grant, and why it has ended if it has. */
type GrantRow = { row: Grant; endReason: EndReason | undefined };

export const GRANTS = bindRecord(GRANT, {
  async find({ databases, moment, settings }, id): Promise<GrantRow> {
    const grantId = parseGrantId(id);
    const found = grantId && (await findGrant(databases, grantId, moment.now, await settings()));
    if (!found) throw new OAuthError('not_found', 'there is no such grant.');
    return found;
  },
  show: ({ row: grant, endReason }) => ({
    id: grant.id,
    client_id: grant.clientId,
    user: grant.userId,
    scope: grant.scopes.join(' '),
    resources: grant.resources,
    since: time(grant.createdAt),
    last_used: time(grant.rotatedAt),
    token_first_used: timeOrNull(grant.tokenFirstUsedAt),
    token_last_used: timeOrNull(grant.tokenLastUsedAt),
    expires_at: time(grant.expiresAt),
    status: endReason ?? ('active' as const),
  }),
  async list({ databases, moment, settings }, { sort, descending, filters, ...asked }) {
    const by = { sort: requireSort(GRANT_SORTS, sort), descending, client: filters.client, user: filters.user };
    const page = await listGrants(databases, by, moment.now, await settings(), requestedPage(databases, asked));
    return written({
      ...page,
      rows: page.rows.map((row): GrantRow => ({ row, endReason: page.endReasons.get(row.id) })),
    });
  },
  sorts: GRANT_SORTS,
  actions: { revoke: ({ deps, actor }, { row }) => revokeGrantById(deps, actor, row.id) },
});
