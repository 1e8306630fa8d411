/** The administrator's API: the same verbs that `npm run admin` calls. */
import { Hono } from 'hono';
import { challenge } from '../resource-server/challenge.ts';
import type { Web } from '../web/context.ts';
import { listedCors } from '../web/cors.ts';
import { methodNotAllowed } from '../web/render-error.tsx';
import { requireAdministrator } from './authenticate.ts';
import { createClient, deleteClient, getClient, listClients, patchClient, rotateClientSecret } from './clients.ts';
import {
  createConnectedApp,
  deleteConnectedApp,
  deleteConnection,
  getConnectedApp,
  listConnectedApps,
  listConnections,
  listTemplates,
  patchConnectedApp,
  refreshConnectedApp,
  resealConnectedApps,
} from './connected-apps.ts';
import {
  createInitialAccessToken,
  deleteInitialAccessToken,
  listInitialAccessTokens,
} from './initial-access-tokens.ts';
import { deleteIssuer, deleteSubject, getIssuer, listIssuers, putIssuer, putSubject } from './issuers.ts';
import { addPerson, deleteConsent, getPerson, inviteAgain, listPeople, patchPerson } from './people.ts';
import { deleteCode, listCodes, listCutoffs, listEvents } from './records.ts';
import { deleteResource, getResource, listResources, putResource } from './resources.ts';
import { getSetting, listSettings, putSetting } from './settings.ts';
import {
  deleteDevice,
  deleteGrant,
  deleteToken,
  listDevices,
  listGrants,
  listTokens,
  revokeEverythingOf,
} from './tokens.ts';

export function adminApi() {
  const app = new Hono<Web>().basePath('/api/admin');
  app.onError((error, c) => challenge(c, error));
  app.use(listedCors, requireAdministrator, async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.get('/settings', listSettings).all(methodNotAllowed('GET'));
  app.get('/settings/:name', getSetting).put(putSetting).all(methodNotAllowed('GET', 'PUT'));
  app.get('/clients', listClients).post(createClient).all(methodNotAllowed('GET', 'POST'));
  app.get('/clients/:id', getClient).patch(patchClient).delete(deleteClient);
  app.all('/clients/:id', methodNotAllowed('GET', 'PATCH', 'DELETE'));
  app.post('/clients/:id/secret', rotateClientSecret).all(methodNotAllowed('POST'));
  app.get('/people', listPeople).post(addPerson).all(methodNotAllowed('GET', 'POST'));
  app.get('/people/:id', getPerson).patch(patchPerson).all(methodNotAllowed('GET', 'PATCH'));
  app.post('/people/:id/invitation', inviteAgain).all(methodNotAllowed('POST'));
  app.delete('/people/:id/consents/:client', deleteConsent).all(methodNotAllowed('DELETE'));
  app.get('/resources', listResources).all(methodNotAllowed('GET'));
  app.get('/resources/:id', getResource).put(putResource).delete(deleteResource);
  app.all('/resources/:id', methodNotAllowed('GET', 'PUT', 'DELETE'));
  app.get('/issuers', listIssuers).all(methodNotAllowed('GET'));
  app.get('/issuers/:issuer', getIssuer).put(putIssuer).delete(deleteIssuer);
  app.all('/issuers/:issuer', methodNotAllowed('GET', 'PUT', 'DELETE'));
  app.put('/issuers/:issuer/subjects', putSubject).all(methodNotAllowed('PUT'));
  app.delete('/issuers/:issuer/subjects/:subject', deleteSubject).all(methodNotAllowed('DELETE'));
  app.get('/connected-apps', listConnectedApps).post(createConnectedApp).all(methodNotAllowed('GET', 'POST'));
  app.get('/connected-apps/:id', getConnectedApp).patch(patchConnectedApp).delete(deleteConnectedApp);
  app.all('/connected-apps/:id', methodNotAllowed('GET', 'PATCH', 'DELETE'));
  app.post('/connected-apps/:id/refresh', refreshConnectedApp).all(methodNotAllowed('POST'));
  app.get('/connection-templates', listTemplates).all(methodNotAllowed('GET'));
  app.get('/connections', listConnections).all(methodNotAllowed('GET'));
  app.delete('/connections/:app/:person', deleteConnection).all(methodNotAllowed('DELETE'));
  app.post('/sealing', resealConnectedApps).all(methodNotAllowed('POST'));
  app.get('/initial-access-tokens', listInitialAccessTokens).post(createInitialAccessToken);
  app.all('/initial-access-tokens', methodNotAllowed('GET', 'POST'));
  app.delete('/initial-access-tokens/:id', deleteInitialAccessToken).all(methodNotAllowed('DELETE'));
  app.get('/tokens', listTokens).all(methodNotAllowed('GET'));
  app.delete('/tokens/:id', deleteToken).all(methodNotAllowed('DELETE'));
  app.get('/grants', listGrants).all(methodNotAllowed('GET'));
  app.delete('/grants/:id', deleteGrant).all(methodNotAllowed('DELETE'));
  app.post('/revocations', revokeEverythingOf).all(methodNotAllowed('POST'));
  app.get('/devices', listDevices).all(methodNotAllowed('GET'));
  app.delete('/devices/:id', deleteDevice).all(methodNotAllowed('DELETE'));
  app.get('/codes', listCodes).all(methodNotAllowed('GET'));
  app.delete('/codes/:hash', deleteCode).all(methodNotAllowed('DELETE'));
  app.get('/events', listEvents).all(methodNotAllowed('GET'));
  app.get('/cutoffs', listCutoffs).all(methodNotAllowed('GET'));
  return app;
}
