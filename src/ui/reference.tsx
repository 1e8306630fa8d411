/** GET /openapi.json and /reference: the OpenAPI document, and the API reference in HTML made from it. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import { REFERENCE } from '../http/api/problem-details.ts';
import type { ApiTable } from '../http/api/routes.ts';
import type { Web } from '../http/context.ts';
import { publicCors } from '../http/cors.ts';
import { memoizeBySource, sendDocument, writeDocument } from '../http/document.ts';
import { errorJson, methodNotAllowed } from '../http/error-response.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { errorPage } from './error-page.tsx';
import { textsOf } from './locale.ts';
import { page } from './page.tsx';
import { ApiSection, Contents, OPENAPI_PATH, operationsOf, referencePath } from './reference-contents.tsx';
import { ResourcePage } from './reference-page.tsx';

/** @param tables the route tables of all APIs, passed in by app.ts. */
export function referenceRoutes(tables: readonly ApiTable[]) {
  const app = new Hono<Web>();
  const described = memoizeBySource(async (config: Config) => {
    // Few isolates are ever asked for it.
    const { openApiDocument } = await import('../http/api/openapi.ts');
    return openApiDocument(config.issuer, tables);
  });
  const written = memoizeBySource(async (config: Config) => writeDocument(await described(config)));
  const pages = new Hono<Web>();
  pages.onError((error, c) => errorPage(c, error));
  pages.get(REFERENCE, (c) => {
    const texts = textsOf(c, 'reference');
    const { issuer } = c.get('deps').config;
    return page(
      c,
      { title: texts.title, wide: true, again: null },
      <Contents texts={texts} issuer={issuer} tables={tables} />,
    );
  });
  pages.all(REFERENCE, methodNotAllowed('GET'));
  for (const table of tables) {
    const path = referencePath(table);
    pages.get(path, async (c) => {
      const document = await described(c.get('deps').config);
      const texts = textsOf(c, 'reference');
      return page(
        c,
        { title: table.title, wide: true, again: null },
        <ApiSection texts={texts} table={table} document={document} />,
      );
    });
    pages.get(`${path}/:resource`, async (c) => {
      const document = await described(c.get('deps').config);
      const texts = textsOf(c, 'reference');
      const operations = operationsOf(table, document).filter(({ resource }) => resource === c.req.param('resource'));
      if (operations.length === 0) throw new OAuthError('not_found', texts.noSuch);
      const title = `${table.title}: ${c.req.param('resource')}`;
      const back = { href: path, label: table.title };
      return page(
        c,
        { title, wide: true, again: null },
        <ResourcePage texts={texts} title={title} operations={operations} document={document} back={back} />,
      );
    });
    pages.all(path, methodNotAllowed('GET')).all(`${path}/:resource`, methodNotAllowed('GET'));
  }
  app.onError((error, c) => errorJson(c, error));
  app.use(OPENAPI_PATH, publicCors);
  app
    .get(OPENAPI_PATH, async (c) => sendDocument(c, await written(c.get('deps').config)))
    .all(OPENAPI_PATH, methodNotAllowed('GET'));
  return app.route('/', pages);
}
