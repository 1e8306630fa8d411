/** /api/admin/connected-apps and /connections: where this server is a client, and whose accounts it may use there. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { establishApp, type Said } from '../../client/connected-apps.ts';
import { disconnect } from '../../client/connections.ts';
import { MOST_GIVEN_BACK, takeLeave } from '../../client/leave.ts';
import { PROVIDERS, providerOf } from '../../client/providers/index.ts';
import { deregister } from '../../client/registration.ts';
import { ConnectedAppDescription, callbackPath } from '../../protocol/connected-app.ts';
import type { PersonId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  type ConnectedApp,
  findConnectedAppLatest,
  insertConnectedApp,
  listConnectedApps as readApps,
  deleteConnectedApp as removeApp,
  resealAppSecrets,
  updateConnectedApp,
} from '../../storage/connected-apps.ts';
import { type ConnectionRow, resealConnections } from '../../storage/connections.ts';
import { listConnections as readConnections } from '../../storage/lists.ts';
import { connectedAppIsAsRead } from '../../storage/precondition.ts';
import { resealLoginSecrets } from '../../storage/social-logins.ts';
import { parsed } from '../../web/api.ts';
import type { Deps, Web } from '../../web/context.ts';
import type { ConnectedAppChangesRequest, NewConnectedAppRequest } from '../connected-app-schemas.ts';
import { askedPage, writeCursor } from '../parse.ts';
import { actorOf } from './authenticate.ts';

/** What is known of each provider. */
export function listTemplates(c: Context<Web>) {
  const templates = Object.entries(PROVIDERS).map(([template, provider]) => ({
    ...{ template, title: provider.title, documentation: provider.documentation, read: provider.read },
    ...{ scopes: provider.scopes, needs: 'needs' in provider ? provider.needs : [] },
  }));
  return c.json({ templates });
}

export async function listConnectedApps(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const rows = await readApps(databases);
  return c.json({ connected_apps: rows.map((app) => show(config.issuer, app)) });
}

export async function getConnectedApp(c: Context<Web>) {
  return c.json(show(c.get('deps').config.issuer, await find(c)));
}

export const connectedAppIsStill = async (c: Context<Web>) => connectedAppIsAsRead(await find(c));

/** Finds out about the server, becomes its client where nobody did before, and keeps what came of it. */
export async function createConnectedApp(c: Context<Web>, request: z.infer<typeof NewConnectedAppRequest>) {
  const deps = c.get('deps');
  const { id, template, client_id, client_secret, ...rest } = request;
  if (await findConnectedAppLatest(deps.databases, id)) throw exists();
  const name = rest.name ?? providerOf(template).title;
  const said = { template, description: { ...rest, name }, clientId: client_id, clientSecret: client_secret };
  checkNeeds(said);
  const app = await establishApp(deps, id, said, undefined);
  if (!(await insertConnectedApp(deps.databases, deps.moment, actorOf(c), app))) {
    endRegistration(deps, app);
    throw exists();
  }
  return c.json(show(deps.config.issuer, app), 201);
}

/** One that nobody will use again. */
const endRegistration = (deps: Deps, app: ConnectedApp) => deps.later('end a registration', deregister(deps, app));

const exists = () => new OAuthError('conflict', 'there is a connected app with this id.');

function checkNeeds({ template, description }: Said): void {
  const missing = providerOf(template).needs?.find((name) => description[name] === undefined);
  if (missing) throw new OAuthError('invalid_request', `${missing}: the template ${template} needs it.`);
}

export async function patchConnectedApp(c: Context<Web>, request: z.infer<typeof ConnectedAppChangesRequest>) {
  const app = await find(c);
  const { disabled, client_id, client_secret, ...rest } = request;
  return establishAgain(c, app, { changes: rest, clientId: client_id, clientSecret: client_secret, disabled });
}

/** Looks at the server again: where it moved, this server registers again and the others connect again. */
export async function refreshConnectedApp(c: Context<Web>) {
  return establishAgain(c, await find(c), { changes: {} });
}

type Changes = {
  changes: Record<string, unknown>;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  disabled?: boolean | undefined;
};

async function establishAgain(c: Context<Web>, app: ConnectedApp, { changes, disabled, ...credentials }: Changes) {
  const deps = c.get('deps');
  const description: z.infer<typeof ConnectedAppDescription> = parsed(
    ConnectedAppDescription.safeParse({ ...app.description, ...changes }),
  );
  const said = { template: app.template, description, ...credentials };
  checkNeeds(said);
  const changed = await establishApp(deps, app.id, said, app);
  const disabledAt = disabled === undefined ? app.disabledAt : disabled ? deps.moment.now : null;
  await updateConnectedApp(deps.databases, deps.moment, actorOf(c), { ...changed, disabledAt });
  const { management } = changed.registration;
  if (app.registration.management?.sealedToken !== management?.sealedToken) endRegistration(deps, app);
  return c.json(show(deps.config.issuer, { ...changed, disabledAt }));
}

export async function deleteConnectedApp(c: Context<Web>) {
  const deps = c.get('deps');
  const app = await find(c);
  const gone = await removeApp(deps.databases, deps.moment, actorOf(c), app.id, MOST_GIVEN_BACK);
  deps.later('take leave of a server', takeLeave(deps, actorOf(c), app, gone));
  return c.body(null, 204);
}

export async function listConnections(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { rows, next } = await readConnections(
    databases,
    { app: c.req.query('app'), person: c.req.query('person') },
    askedPage(c),
  );
  return c.json({ connections: rows.map(showConnection), next: writeCursor(next) });
}

/** Ends it, here and at the provider. */
export async function deleteConnection(c: Context<Web>) {
  const deps = c.get('deps');
  const app = await findConnectedAppLatest(deps.databases, c.req.param('app') ?? '');
  if (!app) throw new OAuthError('not_found', 'there is no such connected app.');
  const person = c.req.param('person') === 'itself' ? '' : (c.req.param('person') as PersonId);
  const untold = await disconnect(deps, actorOf(c), app, person);
  return c.json({ disconnected: true, ...(untold && { untold }) });
}

/** Seals again, under the root secret in use, what was sealed under another: that one can be retired then. */
export async function resealConnectedApps(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const counts = [
    await resealAppSecrets(databases, config.root),
    await resealConnections(databases, config.root),
    await resealLoginSecrets(databases, config.root),
  ];
  const sum = (name: 'resealed' | 'unreadable') => counts.reduce((total, count) => total + count[name], 0);
  return c.json({ sealed_with: config.root.slot, resealed: sum('resealed'), unreadable: sum('unreadable') });
}

async function find(c: Context<Web>): Promise<ConnectedApp> {
  const app = await findConnectedAppLatest(c.get('deps').databases, c.req.param('id') ?? '');
  if (!app) throw new OAuthError('not_found', 'there is no such connected app.');
  return app;
}

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
    person: row.personId || 'itself',
    ...{ issuer: row.issuer, account: row.account, scope: row.scopes.join(' '), state: row.state, reason: row.reason },
    ...{ expires_at: time(row.expiresAt), failed_at: time(row.failedAt), created_at: time(row.createdAt) },
    refreshed_at: time(row.refreshedAt),
  };
}
