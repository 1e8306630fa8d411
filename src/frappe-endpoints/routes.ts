/** The OAuth endpoints of the Frappe Framework, while a setting enables them: those that differ from this server's own. */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { clientEndpoint } from '../authorization-server/clients/authenticate/index.ts';
import { serverMetadata } from '../authorization-server/metadata.ts';
import { revokeWithGrant } from '../authorization-server/revoke.ts';
import type { Web } from '../http/context.ts';
import { allowListCors, publicCors } from '../http/cors.ts';
import { errorJson, methodNotAllowed } from '../http/error-response.ts';
import { requireSetting } from '../http/require-setting.ts';
import { challenge } from '../protected-resources/challenge.ts';
import { requireTokenOrKey } from '../protected-resources/require-key.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import {
  FRAPPE_APPROVE,
  FRAPPE_CONFIGURATION,
  FRAPPE_ENDPOINTS,
  FRAPPE_LOGGED_USER,
} from '../protocol/frappe-paths.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { keysOf } from '../protocol/table.ts';
import { errorPage } from '../ui/error-page.tsx';
import { redirectToAuthorization } from './authorize.ts';
import { loggedUser } from './logged-user.ts';
import { completeProfile } from './profile-claims.ts';

const GUIDE = 'the guide is docs/how-to/move-from-frappe.md.';

/** Answers 404 while the setting is disabled, and logs the path that was asked for beside the endpoint. */
const requireEnabled: MiddlewareHandler<Web> = async function requireEnabled(c, next) {
  const { pathname } = new URL(c.req.url);
  Object.assign(c.get('logFields'), { path: pathname.slice(0, 200), endpoint: c.req.path.slice(0, 200) });
  if (!(await c.get('deps').settings()).frappe_endpoints) {
    const description = `paths of Frappe are answered only while the setting frappe_endpoints is enabled; ${GUIDE}`;
    throw new OAuthError('not_found', description);
  }
  await next();
};

/** A page for a browser, JSON for a client: an authorization request comes from either. */
const errorForCaller = (error: Error, c: Context<Web>) =>
  c.req.header('accept')?.includes('text/html') ? errorPage(c, error) : errorJson(c, error);

/** The checks of every path, and the routes that come before those of this server's endpoints. */
export function frappeRoutes() {
  const app = new Hono<Web>();
  app.onError(errorForCaller);
  app.use(requireEnabled);
  const { authorization_endpoint } = FRAPPE_ENDPOINTS;
  app
    .on(['GET', 'POST'], authorization_endpoint, redirectToAuthorization)
    .all(authorization_endpoint, methodNotAllowed('GET', 'POST'));
  app.post(FRAPPE_APPROVE, redirectToAuthorization).all(FRAPPE_APPROVE, methodNotAllowed('POST'));
  app.use(ENDPOINTS.userinfo_endpoint, completeProfile);
  app.use(ENDPOINTS.revocation_endpoint, allowListCors);
  app.post(ENDPOINTS.revocation_endpoint, clientEndpoint(revokeWithGrant));
  app.use(FRAPPE_CONFIGURATION, requireSetting('show_auth_server_metadata'), publicCors);
  app.get(FRAPPE_CONFIGURATION, sendConfiguration).all(FRAPPE_CONFIGURATION, methodNotAllowed('GET'));
  return app;
}

/** The metadata of this server with the old paths of its endpoints. */
async function sendConfiguration(c: Context<Web>) {
  const { config, settings } = c.get('deps');
  const metadata = serverMetadata(config, await settings());
  const endpoints = keysOf(FRAPPE_ENDPOINTS)
    .filter((name) => name in metadata)
    .map((name) => [name, config.issuer + FRAPPE_ENDPOINTS[name]]);
  return c.json({ ...metadata, ...Object.fromEntries(endpoints) });
}

/** The resource that a site has beside the endpoints, and the answer to every other method of it. */
export function frappeResources() {
  const app = new Hono<Web>();
  app.onError((error, c) => challenge(c, error));
  app.use(FRAPPE_LOGGED_USER, allowListCors, requireTokenOrKey());
  app
    .on(['GET', 'POST'], FRAPPE_LOGGED_USER, loggedUser)
    .all(FRAPPE_LOGGED_USER, methodNotAllowed('GET', 'POST'))
    .all('*', () => {
      throw new OAuthError('not_found', `this method of Frappe is not answered here; ${GUIDE}`);
    });
  return app;
}
