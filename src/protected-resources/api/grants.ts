/** /api/me/grants: the user's grants, and their revocation. */
import type { Context } from 'hono';
import * as z from 'zod';
import { readListRequest, writeCursor } from '../../http/api/cursor.ts';
import { auditActor, type Web } from '../../http/context.ts';
import { parseGrantId, shardOf } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findClientFromReplica } from '../../storage/clients/clients.ts';
import { revokeOwnGrant } from '../../storage/grants/withdraw-consent.ts';
import { listActiveGrantsOf } from '../../storage/server/shard-lists.ts';

const time = (description: string) => z.iso.datetime().describe(description);

export const MyGrantSchema = z.strictObject({
  id: z.string(),
  client_id: z.string(),
  client_name: z.string().optional().describe('The name of the application.'),
  scope: z.string().describe('The granted scopes, separated by spaces.'),
  resources: z.array(z.string()).describe('The resources that the grant is for.'),
  since: time('Time of consent.'),
  last_used_at: time('Time of the last refresh.'),
  expires_at: time('Time of expiry.'),
});
export const MyGrantListSchema = z.strictObject({
  grants: z.array(MyGrantSchema),
  shards_that_did_not_answer: z
    .array(z.string())
    .describe('Databases that did not answer: their grants are missing from the list.'),
  next: z.string().optional().describe('The cursor of the next page, for "after". Absent on the last page.'),
});

/** Grants per page. */
const PAGE_SIZE = 100;

export async function listMyGrants(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const { user } = c.get('principal');
  const page = readListRequest(c, PAGE_SIZE);
  const listed = await listActiveGrantsOf(databases, user.id, moment.now, await settings(), page);
  const { rows: grants, unreachable, next } = listed;
  const ids = [...new Set(grants.map((grant) => grant.clientId))];
  const rows = await Promise.all(ids.map((id) => findClientFromReplica(databases, id, moment.now)));
  const names = new Map(rows.map((client, index) => [ids[index], client?.metadata.client_name]));
  const iso = (time: number) => new Date(time).toISOString();
  return c.json({
    grants: grants.map((grant) => ({
      id: grant.id,
      client_id: grant.clientId,
      client_name: names.get(grant.clientId),
      scope: grant.scopes.join(' '),
      resources: grant.resources,
      since: iso(grant.createdAt),
      last_used_at: iso(grant.rotatedAt),
      expires_at: iso(grant.expiresAt),
    })),
    shards_that_did_not_answer: unreachable,
    next: writeCursor(next),
  });
}

/** Revokes a grant with its refresh token and access tokens, including that of this request if it belongs to the grant. */
export async function deleteMyGrant(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const principal = c.get('principal');
  const id = parseGrantId(c.req.param('id') ?? '');
  const db = id && (await databases.resolveShard(shardOf(id)));
  const own = id && { id, userId: principal.user.id };
  if (!db || !own || !(await revokeOwnGrant(db, moment, auditActor(principal), own))) {
    throw new OAuthError('not_found', 'no such grant.');
  }
  return c.body(null, 204);
}
