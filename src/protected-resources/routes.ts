/** Role 2: the resource server. Its protected endpoints, by path. */
import { Hono } from 'hono';
import { mountApi } from '../http/api/mount-api.ts';
import type { Web } from '../http/context.ts';
import { allowListCors } from '../http/cors.ts';
import { methodNotAllowed } from '../http/error-response.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import { ME_API } from './api/table.ts';
import { readBodyToken } from './body-token.ts';
import { challenge } from './challenge.ts';
import { requireTokenOrKey } from './require-key.ts';
import { requireOwnToken } from './require-token.ts';
import { type UserinfoOptionsOf, userinfo } from './userinfo.ts';

/** The protected resources. @param userinfoOf provided by the authorization server. */
export function protectedApi(userinfoOf: UserinfoOptionsOf) {
  const app = new Hono<Web>();
  app.onError((error, c) => challenge(c, error));
  const { userinfo_endpoint } = ENDPOINTS;
  // Before the method check: a request without a token gets the challenge.
  app.use(userinfo_endpoint, allowListCors, readBodyToken, requireOwnToken(OPENID_SCOPE));
  app
    .on(['GET', 'POST'], userinfo_endpoint, userinfo(userinfoOf))
    .all(userinfo_endpoint, methodNotAllowed('GET', 'POST'));
  app.use(ME_API.base, allowListCors).use(`${ME_API.base}/*`, allowListCors);
  mountApi(app, ME_API, (scopes) => requireTokenOrKey(...scopes));
  return app;
}
