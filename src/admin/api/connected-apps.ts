/** /api/admin/connected-apps and /connections: where this server is a client, and whose accounts it may use there. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { PROVIDERS } from '../../client/providers/index.ts';
import { callbackPath } from '../../protocol/connected-app.ts';
import type { PersonId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type ConnectedApp, listConnectedApps as readApps, resealAppSecrets } from '../../storage/connected-apps.ts';
import { type ConnectionRow, findConnection, resealConnections } from '../../storage/connections.ts';
import { CONNECTION_SORTS, listConnections as readConnections } from '../../storage/lists.ts';
import { connectedAppIsAsRead } from '../../storage/precondition.ts';
import { resealLoginSecrets } from '../../storage/social-logins.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { addApp, alterApp, endConnection, findApp, ITSELF, removeApp } from '../acts/connected-apps.ts';
import type { ConnectedAppChangesRequest, NewConnectedAppRequest } from '../connected-app-schemas.ts';
import * as connected from '../connected-app-schemas.ts';
import { askedOrder, askedPage, writeCursor } from '../parse.ts';
import { actorOf } from './authenticate.ts';
import { ofPerson, sorted } from './queries.ts';

/** What is known of each provider. */
function listTemplates(c: Context<Web>) {
  const templates = Object.entries(PROVIDERS).map(([template, provider]) => ({
    ...{ template, title: provider.title, documentation: provider.documentation, read: provider.read },
    ...{ scopes: provider.scopes, needs: 'needs' in provider ? provider.needs : [] },
  }));
  return c.json({ templates });
}

async function listConnectedApps(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const rows = await readApps(databases);
  return c.json({ connected_apps: rows.map((app) => show(config.issuer, app)) });
}

async function getConnectedApp(c: Context<Web>) {
  return c.json(show(c.get('deps').config.issuer, await find(c)));
}

const connectedAppIsStill = async (c: Context<Web>) => connectedAppIsAsRead(await find(c));

async function createConnectedApp(c: Context<Web>, request: z.infer<typeof NewConnectedAppRequest>) {
  const deps = c.get('deps');
  return c.json(show(deps.config.issuer, await addApp(deps, actorOf(c), request)), 201);
}

async function patchConnectedApp(c: Context<Web>, request: z.infer<typeof ConnectedAppChangesRequest>) {
  const deps = c.get('deps');
  return c.json(show(deps.config.issuer, await alterApp(deps, actorOf(c), await find(c), request)));
}

/** Looks at the server again: where it moved, this server registers again and the others connect again. */
const refreshConnectedApp = (c: Context<Web>) => patchConnectedApp(c, {});

async function deleteConnectedApp(c: Context<Web>) {
  await removeApp(c.get('deps'), actorOf(c), await find(c));
  return c.body(null, 204);
}

async function listConnections(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { rows, next } = await readConnections(
    databases,
    { ...askedOrder(c, CONNECTION_SORTS), app: c.req.query('app'), person: c.req.query('person') },
    askedPage(c),
  );
  return c.json({ connections: rows.map(showConnection), next: writeCursor(next) });
}

async function getConnection(c: Context<Web>) {
  const { app, person } = { app: c.req.param('app') ?? '', person: c.req.param('person') ?? '' };
  const owner = { appId: app, personId: person === ITSELF ? '' : (person as PersonId) } as const;
  const row = await findConnection(c.get('deps').databases, owner);
  if (!row) throw new OAuthError('not_found', 'there is no such connection.');
  return c.json(showConnection(row));
}

/** Ends it, here and at the provider. */
async function deleteConnection(c: Context<Web>) {
  const deps = c.get('deps');
  const app = await findApp(deps, c.req.param('app') ?? '');
  const untold = await endConnection(deps, actorOf(c), app, c.req.param('person') ?? '');
  return c.json({ disconnected: true, ...(untold && { untold }) });
}

/** Seals again, under the root secret in use, what was sealed under another: that one can be retired then. */
async function resealConnectedApps(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const counts = [
    await resealAppSecrets(databases, config.root),
    await resealConnections(databases, config.root),
    await resealLoginSecrets(databases, config.root),
  ];
  const sum = (name: 'resealed' | 'unreadable') => counts.reduce((total, count) => total + count[name], 0);
  return c.json({ sealed_with: config.root.slot, resealed: sum('resealed'), unreadable: sum('unreadable') });
}

const find = (c: Context<Web>): Promise<ConnectedApp> => findApp(c.get('deps'), c.req.param('id') ?? '');

/** Never the secret. */
function show(issuer: string, app: ConnectedApp) {
  return {
    id: app.id,
    template: app.template,
    ...app.description,
    dpop: app.description.dpop ?? 'auto',
    issuer: app.issuer,
    metadata: app.metadataUrl,
    redirect_uri: issuer + callbackPath(app.id),
    client_id: app.registration.clientId,
    registered: app.registration.how,
    auth_method: app.registration.authMethod,
    has_secret: app.sealedSecret !== null,
    created_at: new Date(app.createdAt).toISOString(),
    disabled: app.disabledAt !== null,
  };
}

/** Never the tokens. */
function showConnection(row: ConnectionRow) {
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: row.id,
    app: row.appId,
    person: row.personId || ITSELF,
    ...{ issuer: row.issuer, account: row.account, scope: row.scopes.join(' '), state: row.state, reason: row.reason },
    ...{ expires_at: time(row.expiresAt), failed_at: time(row.failedAt), created_at: time(row.createdAt) },
    refreshed_at: time(row.refreshedAt),
  };
}

/** What the API table says of them. */
export const CONNECTED_APP_ROUTES: ApiTable['routes'] = {
  listTemplates: {
    ...{ method: 'GET', path: '/connection-templates', summary: 'What is known of providers' },
    ...{ answer: connected.ConnectionTemplateList, handle: listTemplates },
  },
  listConnectedApps: {
    ...{ method: 'GET', path: '/connected-apps', summary: 'Where this server is a client' },
    ...{ answer: connected.ConnectedAppList, handle: listConnectedApps },
  },
  createConnectedApp: route({
    ...{ method: 'POST', path: '/connected-apps', summary: 'A new one, filled from what the server says of itself' },
    ...{ status: 201, body: connected.NewConnectedAppRequest, answer: connected.ConnectedApp },
    handle: createConnectedApp,
  }),
  getConnectedApp: {
    ...{ method: 'GET', path: '/connected-apps/{id}', summary: 'One connected app, its redirect URI among it' },
    ...{ answer: connected.ConnectedApp, handle: getConnectedApp, isAsRead: connectedAppIsStill },
  },
  patchConnectedApp: route({
    ...{ method: 'PATCH', path: '/connected-apps/{id}', summary: 'Changes, disables or enables a connected app' },
    ...{ body: connected.ConnectedAppChangesRequest, answer: connected.ConnectedApp, handle: patchConnectedApp },
  }),
  deleteConnectedApp: {
    ...{ method: 'DELETE', path: '/connected-apps/{id}', summary: 'With everything connected through it' },
    handle: deleteConnectedApp,
  },
  refreshConnectedApp: {
    ...{ method: 'POST', path: '/connected-apps/{id}/refresh', summary: 'Looks at the server again' },
    ...{ answer: connected.ConnectedApp, handle: refreshConnectedApp },
  },
  listConnections: {
    ...{ method: 'GET', path: '/connections', summary: 'Whose accounts elsewhere may be used, oldest first or last' },
    ...{
      query: { ...sorted(CONNECTION_SORTS), app: 'Only those of this app.', person: ofPerson },
      answer: connected.ConnectionPage,
    },
    handle: listConnections,
  },
  getConnection: {
    ...{ method: 'GET', path: '/connections/{app}/{person}', summary: 'One connection, or that of the app itself' },
    ...{ answer: connected.Connection, handle: getConnection },
  },
  deleteConnection: {
    ...{ method: 'DELETE', path: '/connections/{app}/{person}', summary: 'Ends one, at the provider, too' },
    ...{ answer: connected.Disconnected, handle: deleteConnection },
  },
  resealConnectedApps: {
    ...{ method: 'POST', path: '/sealing', summary: 'Seals stored tokens and secrets again, by the secret in use' },
    ...{ answer: connected.Sealing, handle: resealConnectedApps },
  },
};
