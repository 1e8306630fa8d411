/** The OAuth endpoints of the Frappe Framework in an app of their own: the endpoints of this server, by the old paths. */
import { Hono } from 'hono';
import { userinfoOptionsOf } from './authorization-server/client-signing-key.ts';
import { endpointPath } from './frappe-endpoints/endpoint-path.ts';
import { frappeResources, frappeRoutes } from './frappe-endpoints/routes.ts';
import type { Web } from './http/context.ts';
import { protectedApi } from './protected-resources/routes.ts';
import { mountProtocol } from './protocol-app.ts';
import { prepare } from './request-chain.ts';

export function createFrappeApp() {
  const app = new Hono<Web>({ getPath: endpointPath });
  prepare(app);
  app.route('/', frappeRoutes());
  mountProtocol(app);
  app.route('/', protectedApi(userinfoOptionsOf));
  app.route('/', frappeResources());
  return app;
}
