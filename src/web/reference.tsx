/** GET /openapi.json, and /reference: the same for people to read. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import type { Words } from '../words/index.ts';
import type { ApiTable } from './api.ts';
import type { Web } from './context.ts';
import { openCors } from './cors.ts';
import { oncePer, sendDocument, writeDocument } from './document.ts';
import { type OpenApi, type Operation, openApiDocument, type Schema } from './openapi.ts';
import { page } from './page.tsx';
import { errorJson, errorPage, methodNotAllowed } from './render-error.tsx';
import { wordsOf } from './words.ts';

type Say = { say: Words['reference'] };

export const OPENAPI = '/openapi.json';
export const REFERENCE = '/reference';

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
    pages.all(path, methodNotAllowed('GET'));
  }
  app.onError((error, c) => errorJson(c, error));
  app.use(OPENAPI, openCors);
  app.get(OPENAPI, (c) => sendDocument(c, written(c.get('deps').config))).all(OPENAPI, methodNotAllowed('GET'));
  return app.route('/', pages);
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
    </>
  );
}

function Reference({ say, table, document }: Say & { table: ApiTable; document: OpenApi }) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(table.title))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const schemas: Record<string, Schema> = document.components.schemas;
  const shapes = new Set(
    operations.flatMap(({ operation }) => [bodyOf(operation) ?? [], answerOf(operation) ?? []].flat()),
  );
  // A set that grows while it is walked: what a shape holds is shown, too.
  for (const name of shapes) for (const ref of refsIn(schemas[name])) shapes.add(ref);
  return (
    <>
      <h1>{table.title}</h1>
      <p class="lead">{table.about}</p>
      {operations.map((one) => (
        <Route say={say} {...one} />
      ))}
      <h2>{say.shapes}</h2>
      {[...shapes].sort().map((name) => (
        <Shape say={say} name={name} schema={schemas[name] ?? {}} />
      ))}
      <p>
        <a href={REFERENCE}>{say.back}</a>
      </p>
    </>
  );
}

function Route({ say, method, path, operation }: Say & { method: string; path: string; operation: Operation }) {
  const [body, answer] = [bodyOf(operation), answerOf(operation)];
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  return (
    <section id={operation.operationId} class="route">
      <h2>
        {method} <code>{path}</code>
      </h2>
      <p>{operation.summary}.</p>
      <dl class="facts">
        <dt>{say.scope}</dt>
        <dd>{operation.security[0]?.oauth2?.join(' ')}</dd>
        {query.map((parameter) => (
          <>
            <dt>
              <code>?{parameter.name}</code>
            </dt>
            <dd>{parameter.description}</dd>
          </>
        ))}
        {body && (
          <>
            <dt>{say.takes}</dt>
            <dd>
              <a href={`#${body}`}>{body}</a>
              {operation.requestBody?.required === false && say.orNothing}
            </dd>
          </>
        )}
        <dt>{say.answers}</dt>
        <dd>{answer ? <a href={`#${answer}`}>{answer}</a> : say.noBody}</dd>
      </dl>
    </section>
  );
}

function Shape({ say, name, schema }: Say & { name: string; schema: Schema }) {
  const required = schema.required ?? [];
  return (
    <section id={name}>
      <h3>{name}</h3>
      <ul class="fields">
        {Object.entries(schema.properties ?? {}).map(([field, of]) => (
          <li>
            <code>{field}</code> <Type schema={of} />
            {!required.includes(field) && say.optional}
            {of.default !== undefined && say.default(JSON.stringify(of.default))}
            {of.description && <span class="hint">{of.description}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A type in words; one that has a name leads to where it is shown. */
function Type({ schema }: { schema: Schema }) {
  const [name] = refsIn({ properties: { schema } });
  if (!name) return <>{typeOf(schema)}</>;
  return (
    <>
      {schema.type === 'array' && 'list of '}
      <a href={`#${name}`}>{name}</a>
      {schema.anyOf && ' or null'}
    </>
  );
}

/** The names that the fields of a shape refer to. */
function refsIn(shape: Schema | undefined): string[] {
  const fields = Object.values(shape?.properties ?? {});
  return fields.flatMap((field) => [field, field.items, ...(field.anyOf ?? [])].flatMap((of) => nameOf(of) ?? []));
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  return schema.format ?? schema.type ?? 'anything';
}

const nameOf = (schema: Schema | undefined) => schema?.$ref?.split('/').at(-1);
const bodyOf = ({ requestBody }: Operation) => nameOf(requestBody?.content['application/json'].schema);

function answerOf({ responses }: Operation): string | undefined {
  const good = responses[200] ?? responses[201];
  return good && 'content' in good ? nameOf(good.content?.['application/json'].schema) : undefined;
}
