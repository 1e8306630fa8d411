/** The administrator's API: the same verbs that `npm run admin` calls. */
import { Hono } from 'hono';
import { mountApi } from '../../http/api/mount-api.ts';
import type { Web } from '../../http/context.ts';
import { allowListCors } from '../../http/cors.ts';
import { challenge } from '../../protected-resources/challenge.ts';
import { requireRole } from './authenticate.ts';
import { ADMIN_API } from './table.ts';

export function adminApi() {
  const app = new Hono<Web>();
  app.onError((error, c) => challenge(c, error));
  app.use(`${ADMIN_API.base}/*`, allowListCors);
  mountApi(app, ADMIN_API, () => requireRole);
  return app;
}
