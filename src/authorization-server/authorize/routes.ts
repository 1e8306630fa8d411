/** /authorize, in the app of the protocol: it shows no page to a user who is signed in and has consented. */
import { Hono } from 'hono';
import type { Web } from '../../http/context.ts';
import { methodNotAllowed } from '../../http/error-response.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';

// Loaded with the first authorization request: a token request needs none of it.
const authorization = () => import('./authorize.ts');

export function authorizationEndpoint() {
  const app = new Hono<Web>();
  app.onError(async (error, c) => {
    const { errorPage } = await import('../../ui/error-page.tsx');
    return errorPage(c, error);
  });
  const { authorization_endpoint } = ENDPOINTS;
  app
    .get(authorization_endpoint, async (c) => (await authorization()).authorize(c))
    .post(authorization_endpoint, async (c) => (await authorization()).authorizeByPost(c))
    .all(authorization_endpoint, methodNotAllowed('GET', 'POST'));
  return app;
}
