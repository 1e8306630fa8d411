/** /api/me/connections: a user's connections and their access tokens, for clients of the user. */
import type { Context } from 'hono';
import * as z from 'zod';
import { type ApiTable, route } from '../http/api/routes.ts';
import type { Web } from '../http/context.ts';
import { parseScope } from '../protocol/scope.ts';
import { CONNECTIONS_SCOPE } from '../protocol/scope-names.ts';
import { type ConnectedApp, listEnabledApps } from '../storage/providers/connected-apps.ts';
import { type ConnectionRow, listConnectionsOf } from '../storage/providers/connections.ts';
import { mayConnect } from './connected-apps.ts';
import { connectionToken } from './connections.ts';
import { connectAddress } from './refresh-failure.ts';

async function listOwnConnections(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const { user } = c.get('principal');
  const [apps, rows] = await Promise.all([listEnabledApps(databases), listConnectionsOf(databases, user.id)]);
  const connections = apps
    .map((app) => ({ app, row: rows.find((row) => row.appId === app.id) }))
    .filter(({ app, row }) => row || mayConnect(app, user))
    .map(({ app, row }) => connectionJson(config.issuer, app, row));
  return c.json({ connections });
}

function connectionJson(issuer: string, app: ConnectedApp, row: ConnectionRow | undefined) {
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
  scope: z.string().max(2000).optional().describe('Scopes that the token must have, separated by spaces.'),
});

const ConnectedToken = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  scope: z.string().describe('The granted scopes.'),
  expires_in: z.number().optional().describe('Seconds; absent where the provider sets none.'),
});

const OwnConnection = z.strictObject({
  app: z.string(),
  name: z.string(),
  state: z.enum(['connected', 'reconnect', 'not_connected']),
  scope: z.string().optional(),
  account: z.string().optional().describe('Your account at the provider.'),
  expires_at: z.iso.datetime().optional().describe('Expiry of the access token, where the provider sets one.'),
  reason: z.string().optional().describe('The reason for reconnecting, or the last failure.'),
  connect: z.string().describe('The page on which you connect it, in a browser.'),
});
const OwnConnectionList = z.strictObject({ connections: z.array(OwnConnection) });

/** A valid access token, where the app's raw_tokens allows clients of users to have it. */
async function requestOwnToken(c: Context<Web>, request: z.infer<typeof TokenRequest>) {
  const token = await connectionToken(c.get('deps'), {
    appId: c.req.param('app') ?? '',
    userId: c.get('principal').user.id,
    scopes: parseScope(request.scope ?? ''),
    by: 'users',
  });
  return c.json(token);
}

const scopes = [CONNECTIONS_SCOPE];

/** The routes of connections below `/api/me`. */
export const CONNECTIONS_API: ApiTable = {
  base: '/api/me',
  title: 'A user’s own account',
  about: 'Accounts at other providers that the user connected, for clients of the user.',
  scopes,
  requestSchemas: { TokenRequest },
  responseSchemas: { ConnectedToken, OwnConnection, OwnConnectionList },
  routes: {
    listOwnConnections: {
      method: 'GET',
      path: '/connections',
      summary: 'List your connections, and the apps that you can connect',
      scopes,
      response: OwnConnectionList,
      handle: listOwnConnections,
    },
    takeOwnToken: route({
      method: 'POST',
      path: '/connections/{app}/token',
      summary: 'Get a valid access token of the provider',
      scopes,
      body: TokenRequest,
      bodyIsOptional: true,
      response: ConnectedToken,
      handle: requestOwnToken,
    }),
  },
};
