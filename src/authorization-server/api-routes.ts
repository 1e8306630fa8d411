/** Role 1: the authorization server. The endpoints that clients call, by path. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import type { Web } from '../http/context.ts';
import { allowListCors } from '../http/cors.ts';
import { memoizeBySource, sendDocument, writeDocument } from '../http/document.ts';
import { errorJson, methodNotAllowed } from '../http/error-response.ts';
import { requireSetting } from '../http/require-setting.ts';
import { ENDPOINTS, WELL_KNOWN } from '../protocol/endpoints.ts';
import type { Settings } from '../protocol/settings.ts';
import { keysOf } from '../protocol/table.ts';
import { settingsFreshFor } from '../storage/server/settings.ts';
import { clientEndpoint } from './clients/authenticate/index.ts';
import { jwks } from './jwks.ts';
import { serverMetadata } from './metadata.ts';
import { clientOfGrant, issueToken } from './token/token.ts';

const jwksDocument = memoizeBySource((config: Config) => writeDocument(jwks(config)));
const metadataDocument = memoizeBySource((config: Config) =>
  memoizeBySource((settings: Settings) => writeDocument(serverMetadata(config, settings))),
);

// Loaded by the first request for them: a token request needs none of them.
const introspection = () => import('./introspect.ts');
const revocation = () => import('./revoke.ts');
const pushedRequests = () => import('./authorize/par.ts');
const devices = () => import('./device/device-authorization.ts');
const registration = () => import('./clients/register.ts');
const management = () => import('./clients/registration-management.ts');

/** The endpoints at which a client authenticates, by POST. */
const CLIENT_ENDPOINTS = {
  token_endpoint: clientEndpoint(issueToken, { byGrant: clientOfGrant }),
  revocation_endpoint: clientEndpoint(async (...parameters) => (await revocation()).revoke(...parameters)),
  introspection_endpoint: clientEndpoint(async (...parameters) => (await introspection()).introspect(...parameters)),
  device_authorization_endpoint: clientEndpoint(async (...parameters) =>
    (await devices()).deviceAuthorization(...parameters),
  ),
  // RFC 9126 §2.2: the authorization server MUST generate a request URI and provide it with a 201 HTTP status code.
  pushed_authorization_request_endpoint: clientEndpoint(
    async (...parameters) => (await pushedRequests()).pushAuthorizationRequest(...parameters),
    { status: 201 },
  ),
} as const;

/** The endpoints of clients: no page, no cookie. */
export function authorizationApi() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorJson(c, error));
  const { registration_endpoint, jwks_uri } = ENDPOINTS;
  const registrationPath = `${registration_endpoint}/:id`;
  app.use(registration_endpoint, requireSetting('enable_dynamic_client_registration'), allowListCors);
  app
    .post(registration_endpoint, async (c) => (await registration()).register(c))
    .all(registration_endpoint, methodNotAllowed('POST'));
  app.use(registrationPath, requireSetting('enable_dynamic_client_registration'), allowListCors);
  app
    .get(registrationPath, async (c) => (await management()).readRegistration(c))
    .put(registrationPath, async (c) => (await management()).replaceRegistration(c))
    .delete(registrationPath, async (c) => (await management()).deleteRegistration(c));
  app.all(registrationPath, methodNotAllowed('GET', 'PUT', 'DELETE'));
  for (const name of keysOf(CLIENT_ENDPOINTS)) {
    const path = ENDPOINTS[name];
    app.use(path, allowListCors);
    app.post(path, CLIENT_ENDPOINTS[name]).all(path, methodNotAllowed('POST'));
  }
  app.get(jwks_uri, (c) => sendDocument(c, jwksDocument(c.get('deps').config))).all(jwks_uri, methodNotAllowed('GET'));
  for (const path of [WELL_KNOWN.authorizationServer, WELL_KNOWN.openidConfiguration]) {
    app.use(path, requireSetting('show_auth_server_metadata'));
    app.get(path, async (c) => {
      const { config, settings, moment } = c.get('deps');
      return sendDocument(c, metadataDocument(config)(await settings()), settingsFreshFor(moment.now));
    });
    app.all(path, methodNotAllowed('GET'));
  }
  return app;
}
