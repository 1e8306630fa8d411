/** The composition root and table of contents: which room answers what. */
import { Hono } from 'hono';
import { adminApi } from './admin/api/routes.ts';
import { ADMIN_API } from './admin/api/table.ts';
import { CONSOLE, READERS } from './admin/console/frame.tsx';
import { consolePages } from './admin/console/routes.ts';
import { APPLICATIONS } from './authorization-server/applications.tsx';
import { capabilities } from './authorization-server/capabilities.ts';
import { playgroundIsOn } from './authorization-server/clients/built-in.ts';
import { KEYS } from './authorization-server/keys-page.tsx';
import { tellOfEnd } from './authorization-server/logout/tell-of-end.ts';
import { authorizationApi, authorizationPages } from './authorization-server/routes.ts';
import { userinfoSigner } from './authorization-server/signer.ts';
import { CONNECTIONS_API } from './client/api.ts';
import { CONNECTIONS } from './client/connections-page.tsx';
import { clientDocuments, clientPages, connectionsApi } from './client/routes.ts';
import { type AccountLink, provideAccountLinks } from './identity/account-page.tsx';
import { identityRoutes, OWN_ACCOUNT_LINKS } from './identity/routes.ts';
import { ME_API } from './resource-server/api/table.ts';
import { challenge } from './resource-server/challenge.ts';
import { requireTokenOrKey } from './resource-server/require-key.ts';
import { protectedApi, resourceDocuments } from './resource-server/routes.ts';
import { waysToSignIn } from './social-login/buttons.ts';
import { SIGN_IN_METHODS, socialLoginPages } from './social-login/routes.ts';
import { joinTables } from './web/api.ts';
import { type Above, provideDeps, type Web } from './web/context.ts';
import { oncePer } from './web/document.ts';
import { frontPages } from './web/front-page.tsx';
import { logRequests } from './web/log.ts';
import { apiReference } from './web/reference.tsx';
import { errorJson, notFound } from './web/render-error.tsx';
import { securityHeaders } from './web/security-headers.ts';

/** What the rooms below need of those above. */
export const ABOVE: Above = { capabilitiesOf: oncePer(capabilities), tellOfEnd, waysToSignIn };

/** What a person finds about themselves, whichever room has the page. */
const ACCOUNT_LINKS: readonly AccountLink[] = [
  ...OWN_ACCOUNT_LINKS,
  { section: 'methods', href: SIGN_IN_METHODS },
  { section: 'applications', href: APPLICATIONS },
  { section: 'connected', href: CONNECTIONS },
  { section: 'keys', href: KEYS },
  { section: 'console', href: CONSOLE, roles: READERS },
];

export function createApp() {
  const app = new Hono<Web>();
  app.use(provideDeps(ABOVE), logRequests, securityHeaders);
  app.onError((error, c) => errorJson(c, error));
  app.notFound((c) => notFound(c));

  app.use('/account/*', provideAccountLinks(ACCOUNT_LINKS));

  // Role 1: issues
  app.route('/', authorizationApi());
  app.route('/', authorizationPages());
  // Role 2: accepts
  app.route('/', protectedApi(userinfoSigner));
  app.route('/', resourceDocuments());
  // Role 3: asks others
  app.route('/', clientDocuments());
  app.route('/', clientPages());
  app.route(
    '/',
    connectionsApi((scopes) => requireTokenOrKey(...scopes), challenge),
  );
  // Who administers
  app.route('/', adminApi());
  app.route('/', consolePages());
  // How the two are called
  app.route('/', apiReference([joinTables(ME_API, CONNECTIONS_API), ADMIN_API]));
  // People
  app.route('/', frontPages(playgroundIsOn));
  app.route('/', identityRoutes());
  app.route('/', socialLoginPages());
  return app;
}
