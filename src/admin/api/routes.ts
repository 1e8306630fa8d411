/** The administrator's API: the same verbs that `npm run admin` calls. */
import { Hono } from 'hono';
import { challenge } from '../../resource-server/challenge.ts';
import { mountApi } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { listedCors } from '../../web/cors.ts';
import { requireRole } from './authenticate.ts';
import { ADMIN_API } from './table.ts';

export function adminApi() {
  const app = new Hono<Web>();
  app.onError((error, c) => challenge(c, error));
  app.use(`${ADMIN_API.base}/*`, listedCors);
  mountApi(app, ADMIN_API, () => requireRole);
  return app;
}
