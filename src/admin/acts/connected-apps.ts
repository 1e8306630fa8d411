/** What an administrator does to connected apps: the same for the API, and so the command, and for the console. */
import type * as z from 'zod';
import { establishApp, type Said } from '../../client/connected-apps.ts';
import { disconnect } from '../../client/connections.ts';
import { MOST_GIVEN_BACK, takeLeave } from '../../client/leave.ts';
import { providerOf } from '../../client/providers/index.ts';
import { deregister } from '../../client/registration.ts';
import { ConnectedAppDescription } from '../../protocol/connected-app.ts';
import type { PersonId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  type ConnectedApp,
  deleteConnectedApp,
  findConnectedAppLatest,
  insertConnectedApp,
  updateConnectedApp,
} from '../../storage/connected-apps.ts';
import { parsed } from '../../web/api.ts';
import type { Deps } from '../../web/context.ts';
import type { ConnectedAppChangesRequest, NewConnectedAppRequest } from '../connected-app-schemas.ts';

/** What stands for the app itself where a person's id stands otherwise. */
export const ITSELF = 'itself';

/** @throws OAuthError not_found */
export async function findApp({ databases }: Pick<Deps, 'databases'>, id: string): Promise<ConnectedApp> {
  const app = await findConnectedAppLatest(databases, id);
  if (!app) throw new OAuthError('not_found', 'there is no such connected app.');
  return app;
}

/**
 * Finds out about the server, becomes its client where nobody did before, and keeps what came of it.
 * @throws OAuthError invalid_request that says what cannot be done, conflict.
 */
export async function addApp(
  deps: Deps,
  actor: string,
  { id, template, client_id, client_secret, ...rest }: z.infer<typeof NewConnectedAppRequest>,
): Promise<ConnectedApp> {
  if (await findConnectedAppLatest(deps.databases, id)) throw exists();
  const name = rest.name ?? providerOf(template).title;
  const said = { template, description: { ...rest, name }, clientId: client_id, clientSecret: client_secret };
  checkNeeds(said);
  const app = await establishApp(deps, id, said, undefined);
  if (!(await insertConnectedApp(deps.databases, deps.moment, actor, app))) {
    endRegistration(deps, app);
    throw exists();
  }
  return app;
}

/** One that nobody will use again. */
const endRegistration = (deps: Deps, app: ConnectedApp) => deps.later('end a registration', deregister(deps, app));

const exists = () => new OAuthError('conflict', 'id: there is a connected app with this id.');

function checkNeeds({ template, description }: Said): void {
  const missing = providerOf(template).needs?.find((name) => description[name] === undefined);
  if (missing) throw new OAuthError('invalid_request', `${missing}: the template ${template} needs it.`);
}

/**
 * Changes an app. But for switching it off and on, the server is looked at again: where it moved, this server registers
 * again and the others connect again.
 */
export async function alterApp(
  deps: Deps,
  actor: string,
  app: ConnectedApp,
  { disabled, ...said }: z.infer<typeof ConnectedAppChangesRequest>,
): Promise<ConnectedApp> {
  const disabledAt = disabled === undefined ? app.disabledAt : disabled ? deps.moment.now : null;
  const isOnlySwitched = disabled !== undefined && Object.keys(said).length === 0;
  const changed = { ...(isOnlySwitched ? app : await establishAgain(deps, app, said)), disabledAt };
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
  const description = parsed(ConnectedAppDescription.safeParse({ ...app.description, ...changes }));
  const said = { template: app.template, description, clientId: client_id, clientSecret: client_secret };
  checkNeeds(said);
  return establishApp(deps, app.id, said, app);
}

/** With everything connected through it, which is given back behind the response. */
export async function removeApp(deps: Deps, actor: string, app: ConnectedApp): Promise<void> {
  const gone = await deleteConnectedApp(deps.databases, deps.moment, actor, app.id, MOST_GIVEN_BACK);
  deps.later('take leave of a server', takeLeave(deps, actor, app, gone));
}

/** Ends one connection, here and at the provider. @returns why the provider could not be told, if so. */
export function endConnection(
  deps: Deps,
  actor: string,
  app: ConnectedApp,
  person: string,
): Promise<string | undefined> {
  return disconnect(deps, actor, app, person === ITSELF ? '' : (person as PersonId));
}
