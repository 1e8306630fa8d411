/** /api/admin/connected-apps and /connections: where this server is a client, and whose accounts it may use there. */
import type { Context } from 'hono';
import type { ApiTable } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { TEMPLATES } from '../../providers/index.ts';
import { resealAppSecrets } from '../../storage/providers/connected-apps.ts';
import { type ConnectionRow, findConnection, resealConnections } from '../../storage/providers/connections.ts';
import { resealLoginSecrets } from '../../storage/providers/social-logins.ts';
import { CONNECTION_SORTS, listConnections as readConnections } from '../../storage/server/lists.ts';
import { resealFactorSecrets } from '../../storage/users/factor-resealing.ts';
import * as connected from '../connected-app-schemas.ts';
import {
  APP_CONNECTION,
  connectionOwner,
  requireConnectedApp,
  revokeConnection,
} from '../operations/connected-apps.ts';
import { parseOrder, readListRequest, writeCursor } from '../query-parameters.ts';
import { actorOf } from './authenticate.ts';
import { ofUser, sorted } from './queries.ts';

/** GET /connection-templates: the data of each provider. */
function listTemplates(c: Context<Web>) {
  const templates = Object.entries(TEMPLATES).map(
    ([template, { title, documentation, readOn: read, connectedApp }]) => {
      const { scopes, requires: needs = [] } = connectedApp;
      return { template, title, documentation, read, scopes, needs };
    },
  );
  return c.json({ templates });
}

async function listConnections(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { rows, next } = await readConnections(
    databases,
    { ...parseOrder(c, CONNECTION_SORTS), app: c.req.query('app'), user: c.req.query('user') },
    readListRequest(c),
  );
  return c.json({ connections: rows.map(showConnection), next: writeCursor(next) });
}

async function getConnection(c: Context<Web>) {
  const { app, user } = { app: c.req.param('app') ?? '', user: c.req.param('user') ?? '' };
  const row = await findConnection(c.get('deps').databases, { appId: app, userId: connectionOwner(user) });
  if (!row) throw new OAuthError('not_found', 'there is no such connection.');
  return c.json(showConnection(row));
}

/** Ends it, here and at the provider. */
async function deleteConnection(c: Context<Web>) {
  const deps = c.get('deps');
  const app = await requireConnectedApp(deps, c.req.param('app') ?? '');
  const untold = await revokeConnection(deps, actorOf(c), app, c.req.param('user') ?? '');
  return c.json({ disconnected: true, ...(untold && { untold }) });
}

/** Seals again, under the root secret in use, what was sealed under another: that one can be retired then. */
async function resealConnectedApps(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const counts = [
    await resealAppSecrets(databases, config.root),
    await resealConnections(databases, config.root),
    await resealLoginSecrets(databases, config.root),
    await resealFactorSecrets(databases, config.root),
  ];
  const sum = (name: 'resealed' | 'unreadable') => counts.reduce((total, count) => total + count[name], 0);
  return c.json({ sealed_with: config.root.slot, resealed: sum('resealed'), unreadable: sum('unreadable') });
}

/** Never the tokens. */
function showConnection(row: ConnectionRow) {
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: row.id,
    app: row.appId,
    user: row.userId || APP_CONNECTION,
    issuer: row.issuer,
    account: row.account,
    scope: row.scopes.join(' '),
    state: row.state,
    reason: row.reason,
    expires_at: time(row.expiresAt),
    failed_at: time(row.failedAt),
    created_at: time(row.createdAt),
    refreshed_at: time(row.refreshedAt),
  };
}

/** Routes of connected apps in the API table. */
export const CONNECTION_ROUTES: ApiTable['routes'] = {
  listTemplates: {
    method: 'GET',
    path: '/connection-templates',
    summary: 'What is known of providers',
    response: connected.ConnectionTemplateListSchema,
    handle: listTemplates,
  },
  listConnections: {
    method: 'GET',
    path: '/connections',
    summary: 'The connections of users to connected apps, oldest first or last',

    query: { ...sorted(CONNECTION_SORTS), app: 'Only those of this app.', user: ofUser },
    response: connected.ConnectionPageSchema,
    handle: listConnections,
  },
  getConnection: {
    method: 'GET',
    path: '/connections/{app}/{user}',
    summary: 'One connection, or that of the app itself',
    response: connected.ConnectionSchema,
    handle: getConnection,
  },
  deleteConnection: {
    method: 'DELETE',
    path: '/connections/{app}/{user}',
    summary: 'Ends one, at the provider, too',
    response: connected.DisconnectedSchema,
    handle: deleteConnection,
  },
  resealConnectedApps: {
    method: 'POST',
    path: '/sealing',
    summary: 'Seals stored tokens and secrets again, by the secret in use',
    response: connected.Sealing,
    handle: resealConnectedApps,
  },
};
