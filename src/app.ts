/** The composition root and table of contents: which room answers what. */
import { Hono } from 'hono';
import { adminApi } from './admin/routes.ts';
import { APPLICATIONS } from './authorization-server/applications.tsx';
import { capabilities } from './authorization-server/capabilities.ts';
import { playgroundIsOn } from './authorization-server/clients/built-in.ts';
import { authorizationApi, authorizationPages } from './authorization-server/routes.ts';
import { CONNECTIONS } from './client/connections-page.tsx';
import { clientDocuments, clientPages, connectionsApi } from './client/routes.ts';
import { identityRoutes } from './identity/routes.ts';
import { CONNECTIONS_SCOPE } from './protocol/scope.ts';
import { challenge } from './resource-server/challenge.ts';
import { requireToken } from './resource-server/require-token.ts';
import { protectedApi, resourceDocuments } from './resource-server/routes.ts';
import { provideDeps, type Web } from './web/context.ts';
import { oncePer } from './web/document.ts';
import { frontPages } from './web/front-page.tsx';
import { logRequests } from './web/log.ts';
import { errorJson, notFound } from './web/render-error.tsx';
import { securityHeaders } from './web/security-headers.ts';

export function createApp() {
  const app = new Hono<Web>();
  app.use(provideDeps(oncePer(capabilities)), logRequests, securityHeaders);
  app.onError((error, c) => errorJson(c, error));
  app.notFound((c) => notFound(c));

  // Role 1: issues
  app.route('/', authorizationApi());
  app.route('/', authorizationPages());
  // Role 2: accepts
  app.route('/', protectedApi());
  app.route('/', resourceDocuments());
  // Role 3: asks others
  app.route('/', clientDocuments());
  app.route('/', clientPages());
  app.route(
    '/',
    connectionsApi(requireToken(CONNECTIONS_SCOPE), (error, c) => challenge(c, error)),
  );
  // Who administers
  app.route('/', adminApi());
  // People
  app.route('/', frontPages(playgroundIsOn));
  app.route(
    '/',
    identityRoutes([
      { href: APPLICATIONS, label: 'Applications with access', about: 'what may use your account' },
      { href: CONNECTIONS, label: 'Connected accounts', about: 'your accounts elsewhere that may be used from here' },
    ]),
  );
  return app;
}
