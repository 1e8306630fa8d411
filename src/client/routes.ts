/** Role 3: the client. Its pages, the documents in which it describes itself, and its API. */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { callbackPath, clientDocumentPath } from '../protocol/connected-app.ts';
import { mountApi } from '../web/api.ts';
import type { Web } from '../web/context.ts';
import { listedCors, openCors } from '../web/cors.ts';
import { sendDocument, writeDocument } from '../web/document.ts';
import { errorJson, errorPage, methodNotAllowed } from '../web/render-error.tsx';
import { refuseForeignForms } from '../web/security-headers.ts';
import { CONNECTIONS_API } from './api.ts';
import { callback, callbackByPost, connect } from './connect.ts';
import { enabledApp } from './connections.ts';
import { CONNECTIONS, disconnectByForm, showConnection, showConnections } from './connections-page.tsx';
import { clientDocument } from './registration.ts';

export function clientPages() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  app.use(`${CONNECTIONS}/*`, refuseForeignForms);
  app.get(CONNECTIONS, showConnections).all(CONNECTIONS, methodNotAllowed('GET'));
  const one = `${CONNECTIONS}/:app`;
  app.get(one, showConnection).post(one, connect).all(one, methodNotAllowed('GET', 'POST'));
  app.post(`${one}/disconnect`, disconnectByForm).all(`${one}/disconnect`, methodNotAllowed('POST'));
  const back = callbackPath(':app');
  app.get(back, callback).post(back, callbackByPost).all(back, methodNotAllowed('GET', 'POST'));
  return app;
}

/** Where a server that takes Client ID Metadata Documents finds ours. */
export function clientDocuments() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorJson(c, error));
  const path = clientDocumentPath(':app');
  app.use(path, openCors);
  app.get(path, async (c) => {
    const deps = c.get('deps');
    const connected = await enabledApp(deps, c.req.param('app') ?? '');
    return sendDocument(c, writeDocument(clientDocument(deps.config.issuer, connected)));
  });
  app.all(path, methodNotAllowed('GET'));
  return app;
}

/** @param guard lets in whoever may use their connections; `challenge` renders what it refuses. */
export function connectionsApi(
  guard: (scopes: readonly string[]) => MiddlewareHandler<Web>,
  challenge: (c: Context<Web>, error: unknown) => Response | Promise<Response>,
) {
  const app = new Hono<Web>();
  app.onError((error, c) => challenge(c, error));
  for (const path of ['/connections', '/connections/*']) app.use(CONNECTIONS_API.base + path, listedCors);
  mountApi(app, CONNECTIONS_API, guard);
  return app;
}
