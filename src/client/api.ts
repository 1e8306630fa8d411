/** /api/me/connections: what a person's own programs learn and take of their accounts elsewhere. */
import type { Context } from 'hono';
import * as z from 'zod';
import { CONNECTIONS_SCOPE, parseScope } from '../protocol/scope.ts';
import { type ConnectedApp, listEnabledApps } from '../storage/connected-apps.ts';
import { type ConnectionRow, listConnectionsOf } from '../storage/connections.ts';
import { type ApiTable, route } from '../web/api.ts';
import type { Web } from '../web/context.ts';
import { mayConnect } from './connected-apps.ts';
import { takeToken } from './connections.ts';
import { connectAddress } from './token-cache.ts';

async function listOwnConnections(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const { person } = c.get('principal');
  const [apps, rows] = await Promise.all([listEnabledApps(databases), listConnectionsOf(databases, person.id)]);
  const connections = apps
    .map((app) => ({ app, row: rows.find((row) => row.appId === app.id) }))
    .filter(({ app, row }) => row || mayConnect(app, person))
    .map(({ app, row }) => show(config.issuer, app, row));
  return c.json({ connections });
}

function show(issuer: string, app: ConnectedApp, row: ConnectionRow | undefined) {
  return {
    app: app.id,
    name: app.description.name,
    state: row?.state ?? 'not_connected',
    ...(row && {
      scope: row.scopes.join(' '),
      ...(row.account !== null && { account: row.account }),
      ...(row.expiresAt !== null && { expires_at: new Date(row.expiresAt).toISOString() }),
      ...(row.reason !== null && { reason: row.reason }),
    }),
    connect: connectAddress(issuer, app.id),
  };
}

export const TokenRequest = z.strictObject({
  scope: z.string().max(2000).optional().describe('What the token must be good for: scopes, joined by spaces.'),
});

export const ConnectedToken = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  scope: z.string().describe('What was granted.'),
  expires_in: z.number().optional().describe('Seconds; left out where the provider does not say.'),
});

export const OwnConnection = z.strictObject({
  app: z.string(),
  name: z.string(),
  state: z.enum(['connected', 'reconnect', 'not_connected']),
  scope: z.string().optional(),
  account: z.string().optional().describe('What you are there.'),
  expires_at: z.iso.datetime().optional().describe('When the access token expires, where the provider says.'),
  reason: z.string().optional().describe('Why it must be connected again, or what the last failure was.'),
  connect: z.string().describe('Where you connect it, in a browser.'),
});
export const OwnConnectionList = z.strictObject({ connections: z.array(OwnConnection) });

/** A token that is good now, where the app lets programs of people have it. */
async function takeOwnToken(c: Context<Web>, request: z.infer<typeof TokenRequest>) {
  const token = await takeToken(c.get('deps'), {
    appId: c.req.param('app') ?? '',
    personId: c.get('principal').person.id,
    scopes: parseScope(request.scope ?? ''),
    by: 'people',
  });
  return c.json(token);
}

const scopes = [CONNECTIONS_SCOPE];

/** Beside the other routes of `/api/me`. */
export const CONNECTIONS_API: ApiTable = {
  base: '/api/me',
  title: 'A person’s own account',
  about: 'What the person connected elsewhere, for programs of their own.',
  scopes,
  takes: { TokenRequest },
  gives: { ConnectedToken, OwnConnection, OwnConnectionList },
  routes: {
    listOwnConnections: {
      ...{ method: 'GET', path: '/connections', summary: 'What you connected, and what you could', scopes },
      ...{ answer: OwnConnectionList, handle: listOwnConnections },
    },
    takeOwnToken: route({
      ...{ method: 'POST', path: '/connections/{app}/token', summary: 'A token of the other side that is good now' },
      ...{ scopes, body: TokenRequest, bodyIsOptional: true, answer: ConnectedToken, handle: takeOwnToken },
    }),
  },
};
