/** The composition root: mounts the routes of all folders. The console has an app of its own, `console-app.ts`. */
import { Hono } from 'hono';
import { API_KEYS_PAGE } from './accounts/account/api-keys.tsx';
import { DATA_PAGE } from './accounts/account/data.tsx';
import { type AccountLink, provideAccountLinks } from './accounts/account-page.tsx';
import { ACCOUNT_LINKS, accountRoutes } from './accounts/routes.ts';
import { adminApi } from './admin/api/routes.ts';
import { ADMIN_API } from './admin/api/table.ts';
import { CONSOLE, READERS } from './admin/console/console-page.tsx';
import { userinfoOptionsOf } from './authorization-server/client-signing-key.ts';
import { isPlaygroundEnabled } from './authorization-server/clients/built-in-clients.ts';
import { authorizationPages } from './authorization-server/page-routes.ts';
import { joinTables } from './http/api/routes.ts';
import type { Web } from './http/context.ts';
import { CONNECTIONS_API } from './oauth-client/api.ts';
import { CONNECTIONS } from './oauth-client/connections-page.tsx';
import { clientMetadataDocuments, clientPages, connectionsApi } from './oauth-client/routes.ts';
import { ME_API } from './protected-resources/api/table.ts';
import { challenge } from './protected-resources/challenge.ts';
import { requireTokenOrKey } from './protected-resources/require-key.ts';
import { protectedApi } from './protected-resources/routes.ts';
import { APPLICATIONS_PAGE } from './protocol/endpoints.ts';
import { mountProtocol } from './protocol-app.ts';
import { prepare } from './request-chain.ts';
import { SIGN_IN_METHODS, socialLoginPages } from './social-login/routes.ts';
import { frontPageRoutes } from './ui/front-page.tsx';
import { languageRoutes } from './ui/language-choice.ts';
import { provideLanguage } from './ui/locale.ts';
import { referenceRoutes } from './ui/reference.tsx';

/** The navigation of the account pages, of all folders. */
const ALL_ACCOUNT_LINKS: readonly AccountLink[] = [
  ...ACCOUNT_LINKS,
  { section: 'methods', href: SIGN_IN_METHODS },
  { section: 'applications', href: APPLICATIONS_PAGE },
  { section: 'connected', href: CONNECTIONS },
  { section: 'keys', href: API_KEYS_PAGE },
  { section: 'data', href: DATA_PAGE },
  { section: 'console', href: CONSOLE, roles: READERS },
];

export function createApp() {
  const app = new Hono<Web>();
  prepare(app);
  app.use(provideLanguage);
  app.use('/account/*', provideAccountLinks(ALL_ACCOUNT_LINKS));

  mountProtocol(app);
  // Role 1: authorization server
  app.route('/', authorizationPages());
  // Role 2: resource server
  app.route('/', protectedApi(userinfoOptionsOf));
  // Role 3: client
  app.route('/', clientMetadataDocuments());
  app.route('/', clientPages());
  app.route(
    '/',
    connectionsApi((scopes) => requireTokenOrKey(...scopes), challenge),
  );
  // Administration
  app.route('/', adminApi());
  // API reference
  app.route('/', referenceRoutes([joinTables(ME_API, CONNECTIONS_API), ADMIN_API]));
  // Accounts
  app.route('/', frontPageRoutes(isPlaygroundEnabled));
  app.route('/', languageRoutes());
  app.route('/', accountRoutes());
  app.route('/', socialLoginPages());
  return app;
}
