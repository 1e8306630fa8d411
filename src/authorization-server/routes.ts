/** Role 1: the authorization server. Its endpoints, by path. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import { DEVICE_PAGE, ENDPOINTS, WELL_KNOWN } from '../protocol/endpoints.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Web } from '../web/context.ts';
import { listedCors, openCors } from '../web/cors.ts';
import { oncePer, sendDocument, writeDocument } from '../web/document.ts';
import { errorJson, errorPage, methodNotAllowed } from '../web/render-error.tsx';
import { refuseForeignForms } from '../web/security-headers.ts';
import { unlessOff } from '../web/switch.ts';
import { makeKey, showAddKey } from './add-key.tsx';
import { APPLICATIONS, showApplications, withdrawApplication } from './applications.tsx';
import { authorize, authorizeByPost } from './authorize/authorize.tsx';
import { decideConsent } from './authorize/decide-consent.tsx';
import { pushRequest } from './authorize/par.ts';
import { forClients } from './clients/authenticate/endpoint.ts';
import { LOGO, logo } from './clients/logo.ts';
import { deleteRegistration, readRegistration, replaceRegistration } from './clients/manage.ts';
import { register } from './clients/register.ts';
import { deviceAuthorization } from './device/device-authorization.ts';
import { answerDevice } from './device/device-consent.tsx';
import { showDevicePage } from './device/device-page.tsx';
import { introspect } from './introspect.ts';
import { jwks } from './jwks.ts';
import { ADD_KEY, KEYS, revokeOneKey, showKeys } from './keys-page.tsx';
import { askToEndSession, CONFIRMATION, confirmEndSession, endSessionByPost } from './logout/end-session.tsx';
import { serverMetadata } from './metadata.ts';
import { revoke } from './revoke.ts';
import { token } from './token/token.ts';

/** What a person's browser comes to. */
export function authorizationPages() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  const { authorization_endpoint } = ENDPOINTS;
  app.get(authorization_endpoint, authorize).post(authorization_endpoint, authorizeByPost);
  app.all(authorization_endpoint, methodNotAllowed('GET', 'POST'));
  app.use('/consent', refuseForeignForms);
  app.post('/consent', decideConsent).all('/consent', methodNotAllowed('POST'));
  const { end_session_endpoint } = ENDPOINTS;
  app.get(end_session_endpoint, askToEndSession).post(end_session_endpoint, endSessionByPost);
  app.all(end_session_endpoint, methodNotAllowed('GET', 'POST'));
  app.use(CONFIRMATION, refuseForeignForms);
  app.post(CONFIRMATION, confirmEndSession).all(CONFIRMATION, methodNotAllowed('POST'));
  app.use(DEVICE_PAGE, refuseForeignForms);
  app
    .get(DEVICE_PAGE, showDevicePage)
    .post(DEVICE_PAGE, answerDevice)
    .all(DEVICE_PAGE, methodNotAllowed('GET', 'POST'));
  app.get(LOGO, logo).all(LOGO, methodNotAllowed('GET'));
  for (const path of [APPLICATIONS, KEYS, ADD_KEY]) app.use(path, refuseForeignForms);
  app.get(APPLICATIONS, showApplications).post(APPLICATIONS, withdrawApplication);
  app.all(APPLICATIONS, methodNotAllowed('GET', 'POST'));
  app.get(KEYS, showKeys).post(KEYS, revokeOneKey).all(KEYS, methodNotAllowed('GET', 'POST'));
  app.get(ADD_KEY, showAddKey).post(ADD_KEY, makeKey).all(ADD_KEY, methodNotAllowed('GET', 'POST'));
  return app;
}

const jwksOf = oncePer((config: Config) => writeDocument(jwks(config)));
const metadataOf = oncePer((config: Config) =>
  oncePer((settings: Settings) => writeDocument(serverMetadata(config, settings))),
);

/** Where a client comes with its own proof, by POST. */
const FOR_CLIENTS = {
  token_endpoint: forClients(token),
  revocation_endpoint: forClients(revoke),
  introspection_endpoint: forClients(introspect),
  device_authorization_endpoint: forClients(deviceAuthorization),
  // RFC 9126 §2.2: the authorization server MUST generate a request URI and provide it with a 201 HTTP status code.
  pushed_authorization_request_endpoint: forClients(pushRequest, 201),
} as const;

/** What programs come to. */
export function authorizationApi() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorJson(c, error));
  const { registration_endpoint, jwks_uri } = ENDPOINTS;
  const registration = `${registration_endpoint}/:id`;
  app.use(registration_endpoint, unlessOff('enable_dynamic_client_registration'), listedCors);
  app.post(registration_endpoint, register).all(registration_endpoint, methodNotAllowed('POST'));
  app.use(registration, unlessOff('enable_dynamic_client_registration'), listedCors);
  app
    .get(registration, readRegistration)
    .put(registration, replaceRegistration)
    .delete(registration, deleteRegistration);
  app.all(registration, methodNotAllowed('GET', 'PUT', 'DELETE'));
  for (const [name, answer] of Object.entries(FOR_CLIENTS)) {
    const path = ENDPOINTS[name as keyof typeof FOR_CLIENTS];
    app.use(path, listedCors);
    app.post(path, answer).all(path, methodNotAllowed('POST'));
  }
  app.use(jwks_uri, openCors);
  app.get(jwks_uri, (c) => sendDocument(c, jwksOf(c.get('deps').config))).all(jwks_uri, methodNotAllowed('GET'));
  for (const path of [WELL_KNOWN.authorizationServer, WELL_KNOWN.openidConfiguration]) {
    app.use(path, openCors, unlessOff('show_auth_server_metadata'));
    app.get(path, async (c) => {
      const { config, settings } = c.get('deps');
      return sendDocument(c, metadataOf(config)(await settings()));
    });
    app.all(path, methodNotAllowed('GET'));
  }
  return app;
}
