/** GET /openapi.json and /reference: the OpenAPI document, and the API reference in HTML made from it. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import type { OpenApi } from '../http/api/openapi.ts';
import { PROBLEMS, problemId, REFERENCE } from '../http/api/problem-details.ts';
import type { ApiTable } from '../http/api/routes.ts';
import type { Web } from '../http/context.ts';
import { publicCors } from '../http/cors.ts';
import { memoizeBySource, sendDocument, writeDocument } from '../http/document.ts';
import { errorJson, methodNotAllowed } from '../http/error-response.ts';
import type { Texts } from '../locales/index.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { errorPage } from './error-page.tsx';
import { textsOf } from './locale.ts';
import { page } from './page.tsx';
import { type DescribedRoute, ResourcePage } from './reference-page.tsx';

type ReferenceTexts = { texts: Texts['reference'] };

export const OPENAPI_PATH = '/openapi.json';

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

/** The operations of a table, each with the resource that its path begins with, which names its reference page. */
function operationsOf({ base, title }: ApiTable, document: OpenApi): DescribedRoute[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(title))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
        resource: (path.slice(base.length) || base).split('/').find((part) => part !== '' && part !== 'api') ?? '',
      })),
  );
}

const referencePath = ({ base }: ApiTable) => `${REFERENCE}/${base.split('/').at(-1)}`;

function Contents({ texts, issuer, tables }: ReferenceTexts & { issuer: string; tables: readonly ApiTable[] }) {
  const code = (text: string) => <code>{text}</code>;
  return (
    <>
      <h1>{texts.title}</h1>
      <p class="lead">{texts.lead}</p>
      <ul class="documents">
        {[
          ...tables.map((table) => [referencePath(table), table.title, table.about]),
          [OPENAPI_PATH, ...texts.openApi],
        ].map(([href, name, about]) => (
          <li>
            <a href={href}>{name}</a>
            <br />
            <span class="hint">{about}</span>
          </li>
        ))}
      </ul>
      <h2>{texts.credentials.heading}</h2>
      <p>{texts.credentials.what}</p>
      <pre tabindex={0}>
        <code>{`curl ${issuer}/api/me -H "authorization: Bearer $TOKEN"\ncurl ${issuer}/api/me -u "$KEY:$SECRET"`}</code>
      </pre>
      <h2>{texts.refusals.heading}</h2>
      <p>
        {texts.refusals.what<string | ReturnType<typeof code>>(
          code('error'),
          code('error_description'),
          code('request_id'),
          code('Retry-After'),
        )}
      </p>
      <dl class="facts">
        {Object.entries(PROBLEMS).map(([name, title]) => (
          <>
            <dt id={problemId(name)}>
              <code>{name}</code>
            </dt>
            <dd>{title}</dd>
          </>
        ))}
      </dl>
    </>
  );
}

/** The operations of a table, each a link to its description. */
function ApiSection({ texts, table, document }: ReferenceTexts & { table: ApiTable; document: OpenApi }) {
  return (
    <>
      <h1>{table.title}</h1>
      <p class="lead">{table.about}</p>
      <ul class="fields">
        {operationsOf(table, document).map(({ method, path, resource, operation }) => (
          <li>
            <a href={`${referencePath(table)}/${resource}#${operation.operationId}`}>
              {method} {path}
            </a>
            <span class="hint">{operation.summary}</span>
          </li>
        ))}
      </ul>
      <p>
        <a href={REFERENCE}>{texts.back}</a>
      </p>
    </>
  );
}
