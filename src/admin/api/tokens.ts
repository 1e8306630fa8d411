/** /api/admin/tokens, /grants, /devices and /revocations: what was issued, and ending it. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { GrantId, PersonId, TokenId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findGrant, findToken } from '../../storage/by-id.ts';
import type { DeviceCode } from '../../storage/device-codes.ts';
import type { Grant } from '../../storage/grants.ts';
import {
  DEVICE_SORTS,
  GRANT_SORTS,
  listDeviceCodes,
  listGrants as readGrants,
  listTokens as readTokens,
  TOKEN_SORTS,
} from '../../storage/lists.ts';
import type { End } from '../../storage/standing.ts';
import type { TokenRow } from '../../storage/tokens.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { endGrant, endToken } from '../acts/issued.ts';
import { endAllOf } from '../acts/people.ts';
import { endDevice, findDevice } from '../acts/waiting.ts';
import { askedFilter, askedOrder, askedPage, time, writeCursor } from '../parse.ts';
import type { RevocationRequest } from '../requests.ts';
import * as requests from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf } from './authenticate.ts';
import { ofClient, ofPerson, sorted } from './queries.ts';

/** The tokens that have not expired: of everybody, or of a client, a person, a grant. */
async function listTokens(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const query = { ...askedOrder(c, TOKEN_SORTS, true), ...askedFilter(c, 'client', 'person', 'grant') };
  const { rows, next, unreachable } = await readTokens(databases, query, moment.now, askedPage(c));
  return c.json({
    tokens: rows.map((token) => showToken(token, moment.now)),
    next: writeCursor(next),
    shards_that_did_not_answer: unreachable,
  });
}

/** One that was issued, for as long as its record is kept. */
async function getToken(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const token = await findToken(databases, (c.req.param('id') ?? '') as TokenId);
  if (!token) throw new OAuthError('not_found', 'there is no such token.');
  return c.json(showToken(token, moment.now));
}

const showToken = (token: TokenRow, now: number) => ({
  ...{ id: token.id, grant: token.grantId, client_id: token.clientId, person: token.personId },
  ...{ scope: token.scopes.join(' '), resource: token.resource },
  ...{ issued_at: time(token.issuedAt), expires_at: time(token.expiresAt) },
  status: token.revokedAt !== null ? 'revoked' : token.expiresAt <= now ? 'expired' : 'active',
});

async function deleteToken(c: Context<Web>) {
  await endToken(c.get('deps'), actorOf(c), c.req.param('id') ?? '');
  return c.body(null, 204);
}

async function listGrants(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const query = { ...askedOrder(c, GRANT_SORTS, true), client: c.req.query('client'), person: c.req.query('person') };
  const page = await readGrants(databases, query, moment.now, await settings(), askedPage(c));
  return c.json({
    grants: page.rows.map((grant) => showGrant(grant, page.over.get(grant.id))),
    next: writeCursor(page.next),
    shards_that_did_not_answer: page.unreachable,
  });
}

async function getGrant(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const id = (c.req.param('id') ?? '') as GrantId;
  const found = await findGrant(databases, id, moment.now, await settings());
  if (!found) throw new OAuthError('not_found', 'there is no such grant.');
  return c.json(showGrant(found.row, found.over));
}

const showGrant = (grant: Grant, over: End | undefined) => ({
  ...{ id: grant.id, client_id: grant.clientId, person: grant.personId },
  ...{ scope: grant.scopes.join(' '), resources: grant.resources },
  ...{ since: time(grant.createdAt), last_used: time(grant.rotatedAt), expires_at: time(grant.expiresAt) },
  status: over ?? 'active',
});

async function deleteGrant(c: Context<Web>) {
  await endGrant(c.get('deps'), actorOf(c), c.req.param('id') ?? '');
  return c.body(null, 204);
}

async function revokeEverythingOf(c: Context<Web>, { client, person }: z.infer<typeof RevocationRequest>) {
  await endAllOf(c.get('deps'), actorOf(c), { client, person: person as PersonId | undefined });
  return c.body(null, 204);
}

async function listDevices(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { rows, next, unreachable } = await listDeviceCodes(
    databases,
    askedOrder(c, DEVICE_SORTS),
    moment.now,
    askedPage(c),
  );
  return c.json({
    devices: rows.map(showDevice),
    next: writeCursor(next),
    shards_that_did_not_answer: unreachable,
  });
}

const getDevice = async (c: Context<Web>) =>
  c.json(showDevice(await findDevice(c.get('deps'), c.req.param('id') ?? '')));

/** Never its codes. */
const showDevice = (device: DeviceCode) => ({
  ...{ id: device.id, client_id: device.clientId, scope: device.scopes.join(' ') },
  ...{ status: device.decision ?? 'pending', person: device.personId, expires_at: time(device.expiresAt) },
});

async function deleteDevice(c: Context<Web>) {
  await endDevice(c.get('deps'), actorOf(c), c.req.param('id') ?? '');
  return c.body(null, 204);
}

/** What the API table says of them. */
export const TOKEN_ROUTES: ApiTable['routes'] = {
  listTokens: {
    ...{ method: 'GET', path: '/tokens', summary: 'Access tokens that have not expired, by when they do' },
    query: {
      ...sorted(TOKEN_SORTS, 'desc'),
      ...{ client: `${ofClient} One of the three at most.`, person: ofPerson, grant: 'Only those of this grant.' },
    },
    ...{ answer: answers.TokenList, handle: listTokens },
  },
  getToken: {
    ...{ method: 'GET', path: '/tokens/{id}', summary: 'One access token, as long as its record is kept' },
    ...{ answer: answers.Token, handle: getToken },
  },
  deleteToken: { method: 'DELETE', path: '/tokens/{id}', summary: 'Ends one access token', handle: deleteToken },
  listGrants: {
    ...{ method: 'GET', path: '/grants', summary: 'What people let clients do' },
    ...{
      query: { ...sorted(GRANT_SORTS, 'desc'), client: ofClient, person: ofPerson },
      answer: answers.GrantList,
      handle: listGrants,
    },
  },
  getGrant: {
    ...{ method: 'GET', path: '/grants/{id}', summary: 'One grant' },
    ...{ answer: answers.Grant, handle: getGrant },
  },
  deleteGrant: {
    ...{ method: 'DELETE', path: '/grants/{id}', summary: 'Ends a grant, its refresh token and its access tokens' },
    handle: deleteGrant,
  },
  revokeEverythingOf: route({
    ...{ method: 'POST', path: '/revocations', summary: 'Ends all of a client, of a person, or of both together' },
    ...{ body: requests.RevocationRequest, handle: revokeEverythingOf },
  }),
  listDevices: {
    ...{ method: 'GET', path: '/devices', summary: 'Devices that wait for a person, or have been answered' },
    query: sorted(DEVICE_SORTS),
    ...{ answer: answers.DeviceList, handle: listDevices },
  },
  getDevice: {
    ...{ method: 'GET', path: '/devices/{id}', summary: 'One device' },
    ...{ answer: answers.Device, handle: getDevice },
  },
  deleteDevice: { method: 'DELETE', path: '/devices/{id}', summary: 'Ends its code', handle: deleteDevice },
};
