/** /api/me/grants: what a person let applications do, and taking it away. */
import type { Context } from 'hono';
import * as z from 'zod';
import { type GrantId, shardOf } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findClientNear } from '../../storage/clients.ts';
import { endOwnGrant, listGrantsOfPerson } from '../../storage/consents.ts';
import { actorOfPrincipal, type Web } from '../../web/context.ts';

const time = (what: string) => z.iso.datetime().describe(what);

export const MyGrant = z.strictObject({
  id: z.string(),
  client_id: z.string(),
  client_name: z.string().optional().describe('What the application calls itself.'),
  scope: z.string().describe('What it may do.'),
  resources: z.array(z.string()).describe('Where it may do it.'),
  since: time('When you agreed.'),
  last_used_at: time('When it was refreshed last.'),
  expires_at: time('When it ends by itself.'),
});
export const MyGrantList = z.strictObject({
  grants: z.array(MyGrant),
  shards_that_did_not_answer: z
    .array(z.string())
    .describe('Databases that did not answer: what belongs to them is missing from the list.'),
});

export async function listMyGrants(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const { person } = c.get('principal');
  const { grants, unreachable } = await listGrantsOfPerson(databases, person.id, moment.now, await settings());
  const ids = [...new Set(grants.map((grant) => grant.clientId))];
  const rows = await Promise.all(ids.map((id) => findClientNear(databases, id, moment.now)));
  const names = new Map(rows.map((client, index) => [ids[index], client?.metadata.client_name]));
  const iso = (at: number) => new Date(at).toISOString();
  return c.json({
    grants: grants.map((grant) => ({
      ...{ id: grant.id, client_id: grant.clientId, client_name: names.get(grant.clientId) },
      ...{ scope: grant.scopes.join(' '), resources: grant.resources },
      ...{ since: iso(grant.createdAt), last_used_at: iso(grant.rotatedAt), expires_at: iso(grant.expiresAt) },
    })),
    shards_that_did_not_answer: unreachable,
  });
}

/** Ends it, its refresh token and its access tokens, the one of this request included where it is of that grant. */
export async function deleteMyGrant(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const principal = c.get('principal');
  const id = (c.req.param('id') ?? '') as GrantId;
  const db = databases.shard(shardOf(id));
  const own = { id, personId: principal.person.id };
  if (!db || !(await endOwnGrant(db, moment, actorOfPrincipal(principal), own))) {
    throw new OAuthError('not_found', 'you have no such grant.');
  }
  return c.body(null, 204);
}
