/** Operations of administrators on connected apps, shared by the API (and so the command) and the console. */
import type * as z from 'zod';
import { requireParsed } from '../../http/api/routes.ts';
import type { Deps } from '../../http/context.ts';
import { type ConnectedAppInput, discoverAndRegisterApp } from '../../oauth-client/app-discovery.ts';
import { MAX_REVOKED_TOKENS, removeAppAtProvider } from '../../oauth-client/app-removal.ts';
import { disconnect } from '../../oauth-client/connection-revocation.ts';
import { deregister } from '../../oauth-client/registered-client-management.ts';
import { ConnectedAppDescription } from '../../protocol/connected-app.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { templateOf } from '../../providers/index.ts';
import {
  deleteConnectedApp,
  insertConnectedApp,
  updateConnectedApp,
} from '../../storage/providers/connected-app-changes.ts';
import { type ConnectedApp, findConnectedAppFromPrimary } from '../../storage/providers/connected-apps.ts';
import type { ConnectedAppChangesRequest, NewConnectedAppRequest } from '../records/connected-app.ts';
import { APP_CONNECTION } from '../records/connection.ts';
import { requireUserId } from './users.ts';

/** Parses the owner of a connection in a path: a user, or the app itself. @throws OAuthError not_found */
export const connectionOwner = (user: string): UserId | '' => (user === APP_CONNECTION ? '' : requireUserId(user));

/** @throws OAuthError not_found */
export async function requireConnectedApp({ databases }: Pick<Deps, 'databases'>, id: string): Promise<ConnectedApp> {
  const app = await findConnectedAppFromPrimary(databases, id);
  if (!app) throw new OAuthError('not_found', 'there is no such connected app.');
  return app;
}

/**
 * Reads the metadata of the server, registers as its client where there is no registration, and stores the result.
 * @throws OAuthError invalid_request that says what cannot be done, conflict.
 */
export async function addConnectedApp(
  deps: Deps,
  actor: string,
  { id, template, client_id, client_secret, ...rest }: z.infer<typeof NewConnectedAppRequest>,
): Promise<ConnectedApp> {
  if (await findConnectedAppFromPrimary(deps.databases, id)) throw exists();
  const name = rest.name ?? templateOf(template).title;
  const request = { template, description: { ...rest, name }, clientId: client_id, clientSecret: client_secret };
  checkNeeds(request);
  const app = await discoverAndRegisterApp(deps, id, request, undefined);
  if (!(await insertConnectedApp(deps.databases, deps.moment, actor, app))) {
    endRegistration(deps, app);
    throw exists();
  }
  return app;
}

/** Deletes, behind the response, the registration (RFC 7592) of an app that was not stored. */
const endRegistration = (deps: Deps, app: ConnectedApp) => deps.waitUntil('end a registration', deregister(deps, app));

const exists = () => new OAuthError('conflict', 'id: there is a connected app with this id.');

function checkNeeds({ template, description }: ConnectedAppInput): void {
  const missing = templateOf(template).connectedApp.requires?.find((name) => description[name] === undefined);
  if (missing) throw new OAuthError('invalid_request', `${missing}: the template ${template} needs it.`);
}

/**
 * Changes an app. But for switching it off and on, the server is looked at again: where it moved, this server registers
 * again and the others connect again.
 */
export async function updateConnectedAppRecord(
  deps: Deps,
  actor: string,
  app: ConnectedApp,
  { disabled, ...changes }: z.infer<typeof ConnectedAppChangesRequest>,
): Promise<ConnectedApp> {
  const disabledAt = disabled === undefined ? app.disabledAt : disabled ? deps.moment.now : null;
  const isOnlySwitched = disabled !== undefined && Object.keys(changes).length === 0;
  const changed = { ...(isOnlySwitched ? app : await establishAgain(deps, app, changes)), disabledAt };
  await updateConnectedApp(deps.databases, deps.moment, actor, changed);
  const { management } = changed.registration;
  if (app.registration.management?.sealedToken !== management?.sealedToken) endRegistration(deps, app);
  return changed;
}

async function establishAgain(
  deps: Deps,
  app: ConnectedApp,
  { client_id, client_secret, ...changes }: Omit<z.infer<typeof ConnectedAppChangesRequest>, 'disabled'>,
): Promise<ConnectedApp> {
  const description = requireParsed(ConnectedAppDescription.safeParse({ ...app.description, ...changes }));
  const request = { template: app.template, description, clientId: client_id, clientSecret: client_secret };
  checkNeeds(request);
  return discoverAndRegisterApp(deps, app.id, request, app);
}

/** Deletes a connected app with all its connections; their tokens are revoked at the provider behind the response. */
export async function removeConnectedApp(deps: Deps, actor: string, app: ConnectedApp): Promise<void> {
  const gone = await deleteConnectedApp(deps.databases, deps.moment, actor, app.id, MAX_REVOKED_TOKENS);
  deps.waitUntil('take leave of a server', removeAppAtProvider(deps, actor, app, gone));
}

/** Ends one connection, here and at the provider. @returns why the provider could not be told, if so. */
export function revokeConnection(
  deps: Deps,
  actor: string,
  app: ConnectedApp,
  owner: UserId | '',
): Promise<string | undefined> {
  return disconnect(deps, actor, app, owner);
}
