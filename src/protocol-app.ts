/**
 * The endpoints that clients call most, in an app of their own: an isolate evaluates only this to answer `/token`, and of `/authorize` what needs no page. Pages,
 * accounts, administration and the client role are in `app.ts`, which is loaded when one of them is first asked for.
 */
import { Hono } from 'hono';
import { authorizationApi } from './authorization-server/api-routes.ts';
import { authorizationEndpoint } from './authorization-server/authorize/routes.ts';
import type { Web } from './http/context.ts';
import { resourceDocuments } from './protected-resources/document-routes.ts';
import { prepare } from './request-chain.ts';

/** Adds the routes of the authorization server's and the resource server's endpoints and documents. */
export function mountProtocol(app: Hono<Web>): void {
  app.route('/', authorizationApi());
  app.route('/', authorizationEndpoint());
  app.route('/', resourceDocuments());
}

export function createProtocolApp() {
  const app = new Hono<Web>();
  prepare(app);
  mountProtocol(app);
  return app;
}

const routed = new Hono<Web>();
mountProtocol(routed);

/** The paths of these routes; those with a parameter by what comes before it. */
const PATHS = new Set(routed.routes.map(({ path }) => path.replace(/[:*].*$/, '')));
const BEGINNINGS = [...PATHS].filter((path) => path.endsWith('/'));

/** True for the paths that the protocol app answers; all others are the whole app's. */
export const isProtocolPath = (path: string): boolean =>
  PATHS.has(path) || BEGINNINGS.some((beginning) => path.startsWith(beginning));
