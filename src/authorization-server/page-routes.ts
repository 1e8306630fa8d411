/** Role 1: the authorization server. The pages that it shows to users, by path. */
import { Hono } from 'hono';
import { otherAccountAddress } from '../accounts/other-account.ts';
import type { Web } from '../http/context.ts';
import { methodNotAllowed } from '../http/error-response.ts';
import { requireSameOrigin } from '../http/security-headers.ts';
import { APPLICATIONS_PAGE, DEVICE_PAGE, ENDPOINTS } from '../protocol/endpoints.ts';
import { errorPage } from '../ui/error-page.tsx';
import { revokeApplication, showApplications } from './applications.tsx';
import { decideConsent } from './authorize/decide-consent.tsx';
import { LOGO_PATH, sendLogo } from './clients/logo.ts';
import { decideDeviceConsent } from './device/decide-device-consent.tsx';
import { showDevicePage } from './device/device-page.tsx';
import { CONFIRM_END_SESSION, confirmEndSession, endSessionByPost, showEndSession } from './logout/end-session.tsx';

export function authorizationPages() {
  const app = new Hono<Web>();
  app.onError(async (error, c) => errorPage(c, error, await otherAccountAddress(c, error)));
  app.use('/consent', requireSameOrigin);
  app.post('/consent', decideConsent).all('/consent', methodNotAllowed('POST'));
  const { end_session_endpoint } = ENDPOINTS;
  app.get(end_session_endpoint, showEndSession).post(end_session_endpoint, endSessionByPost);
  app.all(end_session_endpoint, methodNotAllowed('GET', 'POST'));
  app.use(CONFIRM_END_SESSION, requireSameOrigin);
  app.post(CONFIRM_END_SESSION, confirmEndSession).all(CONFIRM_END_SESSION, methodNotAllowed('POST'));
  app.use(DEVICE_PAGE, requireSameOrigin);
  app
    .get(DEVICE_PAGE, showDevicePage)
    .post(DEVICE_PAGE, decideDeviceConsent)
    .all(DEVICE_PAGE, methodNotAllowed('GET', 'POST'));
  app.get(LOGO_PATH, sendLogo).all(LOGO_PATH, methodNotAllowed('GET'));
  app.use(APPLICATIONS_PAGE, requireSameOrigin);
  app.get(APPLICATIONS_PAGE, showApplications).post(APPLICATIONS_PAGE, revokeApplication);
  app.all(APPLICATIONS_PAGE, methodNotAllowed('GET', 'POST'));
  return app;
}
