/** Role 2: the resource server. What is protected here, and its description. */
import { type Context, Hono } from 'hono';
import { ENDPOINTS, WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { canonicalResource, type Registry } from '../protocol/resource.ts';
import { mountApi } from '../web/api.ts';
import type { Web } from '../web/context.ts';
import { listedCors, openCors } from '../web/cors.ts';
import { sendDocument, writeDocument } from '../web/document.ts';
import { errorJson, methodNotAllowed } from '../web/render-error.tsx';
import { unlessOff } from '../web/switch.ts';
import { ME_API } from './api/table.ts';
import { takeBodyToken } from './body-token.ts';
import { challenge } from './challenge.ts';
import { resourceMetadata } from './metadata.ts';
import { requireTokenOrKey } from './require-key.ts';
import { requireToken } from './require-token.ts';
import { type UserinfoSigner, userinfo } from './userinfo.ts';

/** @param signerOf told by the room that knows what clients registered. */
export function protectedApi(signerOf: UserinfoSigner) {
  const app = new Hono<Web>();
  app.onError((error, c) => challenge(c, error));
  const { userinfo_endpoint } = ENDPOINTS;
  // Before the method is looked at: who has no token learns where to get one.
  app.use(userinfo_endpoint, listedCors, takeBodyToken, requireToken('openid'));
  app
    .on(['GET', 'POST'], userinfo_endpoint, userinfo(signerOf))
    .all(userinfo_endpoint, methodNotAllowed('GET', 'POST'));
  app.use(ME_API.base, listedCors).use(`${ME_API.base}/*`, listedCors);
  mountApi(app, ME_API, (scopes) => requireTokenOrKey(...scopes));
  return app;
}

/** The documents about it, at the root and, for a resource with a path, with that path behind it (RFC 9728 §3.1). */
export function resourceDocuments() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorJson(c, error));
  for (const path of [WELL_KNOWN.protectedResource, `${WELL_KNOWN.protectedResource}/*`]) {
    app.use(path, openCors, unlessOff('show_protected_resource_metadata'));
    app.get(path, async (c) => {
      const { config, settings, registry } = c.get('deps');
      const [known, registered] = await Promise.all([settings(), registry()]);
      const resource = knownResource(resourceAsked(c), config.issuer, registered);
      return sendDocument(c, writeDocument(resourceMetadata(config, known, registered, resource)));
    });
    app.all(path, methodNotAllowed('GET'));
  }
  return app;
}

/** The resource behind the well-known part; one on another origin, whose document that origin passes on, by name. */
function resourceAsked(c: Context<Web>): string {
  const { pathname } = new URL(c.req.url);
  const path = pathname.slice(WELL_KNOWN.protectedResource.length);
  return (path === '' ? c.req.query('resource') : undefined) ?? c.get('deps').config.issuer + path;
}

/** @throws OAuthError not_found: there is no document about what is not known here. */
function knownResource(asked: string, issuer: string, registry: Registry): string {
  try {
    return canonicalResource(asked, issuer, registry);
  } catch (cause) {
    throw new OAuthError('not_found', 'this resource is not known here.', { cause });
  }
}
