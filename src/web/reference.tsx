/** GET /openapi.json, and /reference: the same for people to read. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Words } from '../words/index.ts';
import type { ApiTable } from './api.ts';
import type { Web } from './context.ts';
import { openCors } from './cors.ts';
import { oncePer, sendDocument, writeDocument } from './document.ts';
import { type OpenApi, openApiDocument } from './openapi.ts';
import { page } from './page.tsx';
import { PROBLEMS, problemId, REFERENCE } from './problem.ts';
import { type DescribedRoute, NounPage } from './reference-page.tsx';
import { errorJson, errorPage, methodNotAllowed } from './render-error.tsx';
import { wordsOf } from './words.ts';

type Say = { say: Words['reference'] };

export const OPENAPI = '/openapi.json';

/** @param tables told by the rooms whose APIs they are. */
export function apiReference(tables: readonly ApiTable[]) {
  const app = new Hono<Web>();
  const described = oncePer((config: Config) => openApiDocument(config.issuer, tables));
  const written = oncePer((config: Config) => writeDocument(described(config)));
  const pages = new Hono<Web>();
  pages.onError((error, c) => errorPage(c, error));
  pages.get(REFERENCE, (c) => {
    const say = wordsOf(c, 'reference');
    const { issuer } = c.get('deps').config;
    return page(c, { title: say.title, wide: true }, <Contents say={say} issuer={issuer} tables={tables} />);
  });
  pages.all(REFERENCE, methodNotAllowed('GET'));
  for (const table of tables) {
    const path = addressOf(table);
    pages.get(path, (c) => {
      const document = described(c.get('deps').config);
      const say = wordsOf(c, 'reference');
      return page(c, { title: table.title, wide: true }, <Reference say={say} table={table} document={document} />);
    });
    pages.get(`${path}/:noun`, (c) => {
      const document = described(c.get('deps').config);
      const say = wordsOf(c, 'reference');
      const operations = operationsOf(table, document).filter(({ noun }) => noun === c.req.param('noun'));
      if (operations.length === 0) throw new OAuthError('not_found', say.noSuch);
      const title = `${table.title}: ${c.req.param('noun')}`;
      const back = { href: path, label: table.title };
      return page(c, { title, wide: true }, <NounPage {...{ say, title, operations, document, back }} />);
    });
    pages.all(path, methodNotAllowed('GET')).all(`${path}/:noun`, methodNotAllowed('GET'));
  }
  app.onError((error, c) => errorJson(c, error));
  app.use(OPENAPI, openCors);
  app.get(OPENAPI, (c) => sendDocument(c, written(c.get('deps').config))).all(OPENAPI, methodNotAllowed('GET'));
  return app.route('/', pages);
}

/** The routes of a table, each with the noun that its path begins with: the name of the page that shows it. */
function operationsOf({ base, title }: ApiTable, document: OpenApi): DescribedRoute[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(title))
      .map(([method, operation]) => ({
        ...{ method: method.toUpperCase(), path, operation },
        noun: (path.slice(base.length) || base).split('/').find((part) => part !== '' && part !== 'api') ?? '',
      })),
  );
}

const addressOf = ({ base }: ApiTable) => `${REFERENCE}/${base.split('/').at(-1)}`;

function Contents({ say, issuer, tables }: Say & { issuer: string; tables: readonly ApiTable[] }) {
  const code = (text: string) => <code>{text}</code>;
  return (
    <>
      <h1>{say.title}</h1>
      <p class="lead">{say.lead}</p>
      <ul class="documents">
        {[...tables.map((table) => [addressOf(table), table.title, table.about]), [OPENAPI, ...say.openApi]].map(
          ([href, name, about]) => (
            <li>
              <a href={href}>{name}</a>
              <br />
              <span class="hint">{about}</span>
            </li>
          ),
        )}
      </ul>
      <h2>{say.credentials.heading}</h2>
      <p>{say.credentials.what}</p>
      <pre tabindex={0}>
        <code>{`curl ${issuer}/api/me -H "authorization: Bearer $TOKEN"\ncurl ${issuer}/api/me -u "$KEY:$SECRET"`}</code>
      </pre>
      <h2>{say.refusals.heading}</h2>
      <p>
        {say.refusals.what<string | ReturnType<typeof code>>(
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

/** The routes of a table, each leading to where it is described. */
function Reference({ say, table, document }: Say & { table: ApiTable; document: OpenApi }) {
  return (
    <>
      <h1>{table.title}</h1>
      <p class="lead">{table.about}</p>
      <ul class="fields">
        {operationsOf(table, document).map(({ method, path, noun, operation }) => (
          <li>
            <a href={`${addressOf(table)}/${noun}#${operation.operationId}`}>
              {method} {path}
            </a>
            <span class="hint">{operation.summary}</span>
          </li>
        ))}
      </ul>
      <p>
        <a href={REFERENCE}>{say.back}</a>
      </p>
    </>
  );
}
