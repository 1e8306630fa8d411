/** Connected Apps of a Frappe site, and the tokens of its Token Cache. */
import type * as z from 'zod';
import { ImportedConnection } from '../../../src/admin/imports/schemas.ts';
import { NewConnectedAppRequest } from '../../../src/admin/records/connected-app.ts';
import type { FrappeExport } from './export-file.ts';
import type { Planned } from './plan.ts';

type ConnectedApp = z.input<typeof NewConnectedAppRequest>;
type SiteApp = FrappeExport['connected_apps'][number];

/** The apps, and the id here of each by its name at the site. */
export function planConnectedApps(site: FrappeExport): Planned<ConnectedApp> & { ids: Map<string, string> } {
  const planned: Planned<ConnectedApp> & { ids: Map<string, string> } = {
    records: [],
    leftOut: [],
    notes: [],
    ids: new Map(),
  };
  const alike = Map.groupBy(site.connected_apps, (app) => slugOf(app));
  for (const app of site.connected_apps) {
    const remark = (text: string) => ({ kind: 'connected app', name: app.provider_name || app.name, text });
    const isAlone = (alike.get(slugOf(app)) ?? []).length === 1;
    const result = NewConnectedAppRequest.safeParse(appHere(app, isAlone ? slugOf(app) : slugOf(app, app.name)));
    if (app.client_id === '') planned.leftOut.push(remark('it has no client id'));
    else if (!result.success) {
      planned.leftOut.push(remark(`${result.error.issues[0]?.path.join('.')} ${result.error.issues[0]?.message}`));
    } else {
      const { id } = result.data;
      planned.records.push(result.data);
      planned.ids.set(app.name, id);
      planned.notes.push(
        remark(`register the redirect URI /connected-apps/${id}/callback of this server at the provider`),
      );
    }
  }
  return planned;
}

/** The name as part of addresses, which begins with a letter. */
function slugOf({ provider_name, name }: SiteApp, more = ''): string {
  const plain = `${provider_name || name} ${more}`.normalize('NFKD').toLowerCase();
  const slug = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return (/^[a-z]/.test(slug) ? slug : `app-${slug}`).slice(0, 60);
}

function appHere(app: SiteApp, id: string): ConnectedApp {
  const endpoints = {
    ...(app.authorization_uri && { authorization_endpoint: app.authorization_uri }),
    ...(app.token_uri && { token_endpoint: app.token_uri }),
    ...(app.userinfo_uri && { userinfo_endpoint: app.userinfo_uri }),
    ...(app.revocation_uri && { revocation_endpoint: app.revocation_uri }),
    ...(app.introspection_uri && { introspection_endpoint: app.introspection_uri }),
  };
  return {
    id,
    template: 'oauth',
    name: app.provider_name || app.name,
    client_id: app.client_id,
    ...(app.client_secret && { client_secret: app.client_secret }),
    // Sites send the secret in the body.
    ...(app.client_secret && { auth_method: 'client_secret_post' as const }),
    ...(app.openid_configuration ? { issuer: app.openid_configuration } : { endpoints }),
    scopes: app.scopes.filter((scope) => scope !== ''),
    query: Object.fromEntries(app.query_parameters.map(({ key, value }) => [key, value])),
  };
}

/** @param apps the ids of the imported apps by their names at the site. @param users the imported users. */
export function planConnections(
  site: FrappeExport,
  apps: ReadonlyMap<string, string>,
  users: ReadonlySet<string>,
): Planned<z.input<typeof ImportedConnection>> {
  const planned: Planned<z.input<typeof ImportedConnection>> = { records: [], leftOut: [], notes: [] };
  for (const cache of site.token_caches) {
    const leaveOut = (text: string) => planned.leftOut.push({ kind: 'connection', name: cache.name, text });
    const app = apps.get(cache.connected_app);
    const connection = {
      user: cache.user,
      app,
      access_token: cache.access_token,
      ...(cache.refresh_token && { refresh_token: cache.refresh_token }),
      scopes: cache.scopes,
    };
    const result = ImportedConnection.safeParse(connection);
    if (cache.user === '') leaveOut('it is the token of the app itself, which gets a new one');
    else if (app === undefined) leaveOut('its connected app is not imported');
    else if (!users.has(cache.user)) leaveOut('its user is not imported');
    else if (!result.success) leaveOut('it has no tokens: the user connects again');
    else if (cache.refresh_token === '' && cache.expires_in > 0) {
      leaveOut('its access token expires and has no refresh token: the user connects again');
    } else planned.records.push(result.data);
  }
  return planned;
}
