/** @cloudflare/workers-oauth-provider as its README sets it up; its user is signed in and agrees at once. */
import { OAuthProvider } from '@cloudflare/workers-oauth-provider';

const api = { fetch: async () => Response.json({ hello: 'world' }) };

const pages = {
  async fetch(request, env) {
    if (new URL(request.url).pathname !== '/authorize') return new Response('not found', { status: 404 });
    const authorization = await env.OAUTH_PROVIDER.parseAuthRequest(request);
    const { redirectTo } = await env.OAUTH_PROVIDER.completeAuthorization({
      request: authorization,
      // A second authorization of one user ends the first.
      userId: crypto.randomUUID(),
      metadata: {},
      scope: authorization.scope,
      props: { userId: 'user' },
    });
    return Response.redirect(redirectTo, 302);
  },
};

export default new OAuthProvider({
  apiRoute: '/api/',
  apiHandler: api,
  defaultHandler: pages,
  authorizeEndpoint: '/authorize',
  tokenEndpoint: '/token',
  clientRegistrationEndpoint: '/register',
  scopesSupported: ['profile', 'offline_access'],
  resourceMetadata: { resource: 'http://localhost:8787/api', authorization_servers: ['http://localhost:8787'] },
});
