/** Routes of role 3, the OAuth client: pages, Client ID Metadata Documents and API. */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { mountApi } from '../http/api/mount-api.ts';
import type { Web } from '../http/context.ts';
import { allowListCors, publicCors } from '../http/cors.ts';
import { sendDocument, writeDocument } from '../http/document.ts';
import { errorJson, methodNotAllowed } from '../http/error-response.ts';
import { refusePrefetch } from '../http/refuse-prefetch.ts';
import { requireSameOrigin } from '../http/security-headers.ts';
import { clientDocumentPath, connectedAppCallbackPath } from '../protocol/connected-app.ts';
import { errorPage } from '../ui/error-page.tsx';
import { CONNECTIONS_API } from './api.ts';
import { connect } from './connect.ts';
import { callback, callbackByPost } from './connect-callback.ts';
import { disconnectByForm, showConnection } from './connection-page.tsx';
import { enabledApp } from './connections.ts';
import { CONNECTIONS, showConnections } from './connections-page.tsx';
import { clientMetadataDocument } from './own-client-metadata.ts';

export function clientPages() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  app.use(`${CONNECTIONS}/*`, requireSameOrigin);
  app.get(CONNECTIONS, showConnections).all(CONNECTIONS, methodNotAllowed('GET'));
  const one = `${CONNECTIONS}/:app`;
  app.get(one, showConnection).post(one, connect).all(one, methodNotAllowed('GET', 'POST'));
  app.post(`${one}/disconnect`, disconnectByForm).all(`${one}/disconnect`, methodNotAllowed('POST'));
  const back = connectedAppCallbackPath(':app');
  app.use(back, refusePrefetch);
  app.get(back, callback).post(back, callbackByPost).all(back, methodNotAllowed('GET', 'POST'));
  return app;
}

/** The Client ID Metadata Documents of this server. */
export function clientMetadataDocuments() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorJson(c, error));
  const path = clientDocumentPath(':app');
  app.use(path, publicCors);
  app.get(path, async (c) => {
    const deps = c.get('deps');
    const connected = await enabledApp(deps, c.req.param('app') ?? '');
    return sendDocument(c, writeDocument(clientMetadataDocument(deps.config.issuer, connected)));
  });
  app.all(path, methodNotAllowed('GET'));
  return app;
}

/** @param guard requires a token with the scopes; `challenge` renders its errors. */
export function connectionsApi(
  guard: (scopes: readonly string[]) => MiddlewareHandler<Web>,
  challenge: (c: Context<Web>, error: unknown) => Response | Promise<Response>,
) {
  const app = new Hono<Web>();
  app.onError((error, c) => challenge(c, error));
  for (const path of ['/connections', '/connections/*']) app.use(CONNECTIONS_API.base + path, allowListCors);
  mountApi(app, CONNECTIONS_API, guard);
  return app;
}
