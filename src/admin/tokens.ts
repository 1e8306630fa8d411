/** /api/admin/tokens, /grants, /devices and /revocations: what was issued, and ending it. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { DeviceId, GrantId, PersonId, TokenId } from '../protocol/credentials.ts';
import { shardOf } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { endEverythingOf, listGrants as readGrants } from '../storage/consents.ts';
import { listDeviceCodes, deleteDeviceCode as removeDevice } from '../storage/device-codes.ts';
import { revokeGrant } from '../storage/grants.ts';
import { endSessionsOf } from '../storage/session-ends.ts';
import { listTokens as readTokens, revokeTokenById } from '../storage/tokens.ts';
import type { Web } from '../web/context.ts';
import { actorOf } from './authenticate.ts';
import { PAGE_SIZE } from './parse.ts';
import type { RevocationRequest } from './requests.ts';

const time = (milliseconds: number) => new Date(milliseconds).toISOString();

/** The latest tokens that have not expired: of everybody, or of a client, a person, a grant. */
export async function listTokens(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const filter = { client: c.req.query('client'), person: c.req.query('person'), grant: c.req.query('grant') };
  const { tokens, unreachable } = await readTokens(databases, filter, moment.now, PAGE_SIZE);
  return c.json({
    tokens: tokens.map((token) => ({
      id: token.id,
      grant: token.grantId,
      client_id: token.clientId,
      person: token.personId,
      scope: token.scopes.join(' '),
      resource: token.resource,
      issued_at: time(token.issuedAt),
      expires_at: time(token.expiresAt),
      status: token.revokedAt === null ? 'active' : 'revoked',
    })),
    shards_that_did_not_answer: unreachable,
  });
}

export async function deleteToken(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const id = (c.req.param('id') ?? '') as TokenId;
  if (!(await revokeTokenById(databases, moment, actorOf(c), id)))
    throw new OAuthError('not_found', 'there is no such token.');
  return c.body(null, 204);
}

export async function listGrants(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const filter = { client: c.req.query('client'), person: c.req.query('person') };
  const { grants, unreachable } = await readGrants(databases, filter, moment.now, await settings(), PAGE_SIZE);
  return c.json({
    grants: grants.map((grant) => ({
      id: grant.id,
      client_id: grant.clientId,
      person: grant.personId,
      scope: grant.scopes.join(' '),
      resources: grant.resources,
      since: time(grant.createdAt),
      last_used: time(grant.rotatedAt),
      expires_at: time(grant.expiresAt),
    })),
    shards_that_did_not_answer: unreachable,
  });
}

export async function deleteGrant(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const id = (c.req.param('id') ?? '') as GrantId;
  const db = databases.shard(shardOf(id));
  if (!db) throw new OAuthError('not_found', 'there is no such grant.');
  await revokeGrant(db, moment, id, actorOf(c), 'an administrator ended it');
  return c.body(null, 204);
}

/** Ends all that a client has, all that a person gave, or all that a person gave a client: codes in flight, too. */
export async function revokeEverythingOf(c: Context<Web>, { client, person }: z.infer<typeof RevocationRequest>) {
  const { databases, moment, later, sessionsEnded } = c.get('deps');
  const personId = person as PersonId | undefined;
  await endEverythingOf(databases, moment, actorOf(c), { client, person: personId });
  // With all that a person gave, their sessions are over; this is so that the applications are told.
  if (personId && client === undefined) {
    const ends = endSessionsOf(databases, moment, actorOf(c), personId);
    later(
      'end sessions',
      ends.then(({ ended }) => sessionsEnded(ended)),
    );
  }
  return c.body(null, 204);
}

export async function listDevices(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { rows, unreachable } = await listDeviceCodes(databases, moment.now);
  return c.json({
    devices: rows.map((device) => ({
      id: device.id,
      client_id: device.clientId,
      scope: device.scopes.join(' '),
      status: device.decision ?? 'pending',
      person: device.personId,
      expires_at: time(device.expiresAt),
    })),
    shards_that_did_not_answer: unreachable,
  });
}

export async function deleteDevice(c: Context<Web>) {
  const id = (c.req.param('id') ?? '') as DeviceId;
  if (!(await removeDevice(c.get('deps').databases, shardOf(id), id))) {
    throw new OAuthError('not_found', 'there is no such device.');
  }
  return c.body(null, 204);
}
