/** GET /openapi.json, and /reference: the same for people to read. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import type { ApiTable } from './api.ts';
import type { Web } from './context.ts';
import { openCors } from './cors.ts';
import { oncePer, sendDocument, writeDocument } from './document.ts';
import { type OpenApi, type Operation, openApiDocument, type Schema } from './openapi.ts';
import { page } from './page.tsx';
import { errorJson, errorPage, methodNotAllowed } from './render-error.tsx';

export const OPENAPI = '/openapi.json';
export const REFERENCE = '/reference';

/** @param tables told by the rooms whose APIs they are. */
export function apiReference(tables: readonly ApiTable[]) {
  const app = new Hono<Web>();
  const described = oncePer((config: Config) => openApiDocument(config.issuer, tables));
  const written = oncePer((config: Config) => writeDocument(described(config)));
  const pages = new Hono<Web>();
  pages.onError((error, c) => errorPage(c, error));
  pages.get(REFERENCE, (c) =>
    page(c, { title: 'API reference', wide: true }, <Contents issuer={c.get('deps').config.issuer} tables={tables} />),
  );
  pages.all(REFERENCE, methodNotAllowed('GET'));
  for (const table of tables) {
    const path = addressOf(table);
    pages.get(path, (c) =>
      page(
        c,
        { title: table.title, wide: true },
        <Reference table={table} document={described(c.get('deps').config)} />,
      ),
    );
    pages.all(path, methodNotAllowed('GET'));
  }
  app.onError((error, c) => errorJson(c, error));
  app.use(OPENAPI, openCors);
  app.get(OPENAPI, (c) => sendDocument(c, written(c.get('deps').config))).all(OPENAPI, methodNotAllowed('GET'));
  return app.route('/', pages);
}

const addressOf = ({ base }: ApiTable) => `${REFERENCE}/${base.split('/').at(-1)}`;

function Contents({ issuer, tables }: { issuer: string; tables: readonly ApiTable[] }) {
  return (
    <>
      <h1>API reference</h1>
      <p class="lead">What this server answers beside OAuth itself.</p>
      <ul class="documents">
        {tables.map((table) => (
          <li>
            <a href={addressOf(table)}>{table.title}</a>
            <br />
            <span class="hint">{table.about}</span>
          </li>
        ))}
        <li>
          <a href={OPENAPI}>OpenAPI 3.1</a>
          <br />
          <span class="hint">The same for programs: client libraries can be made from it.</span>
        </li>
      </ul>
      <h2>Say who you are</h2>
      <p>
        By an access token of this server, or, where a person made one, by an API key. Each needs the scopes that stand
        beside a route.
      </p>
      <pre tabindex={0}>
        <code>{`curl ${issuer}/api/me -H "authorization: Bearer $TOKEN"\ncurl ${issuer}/api/me -u "$KEY:$SECRET"`}</code>
      </pre>
      <h2>When something is refused</h2>
      <p>
        The status says what kind of thing is wrong, <code>error</code> is a code, and <code>error_description</code> is
        a sentence for whoever wrote the client. <code>request_id</code> is what the log knows the request by. 429 and
        503 say in <code>Retry-After</code> when to come again.
      </p>
    </>
  );
}

function Reference({ table, document }: { table: ApiTable; document: OpenApi }) {
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
        <Route {...one} />
      ))}
      <h2>What is sent and answered</h2>
      {[...shapes].sort().map((name) => (
        <Shape name={name} schema={schemas[name] ?? {}} />
      ))}
      <p>
        <a href={REFERENCE}>Back to the API reference</a>
      </p>
    </>
  );
}

function Route({ method, path, operation }: { method: string; path: string; operation: Operation }) {
  const [body, answer] = [bodyOf(operation), answerOf(operation)];
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  return (
    <section id={operation.operationId} class="route">
      <h2>
        {method} <code>{path}</code>
      </h2>
      <p>{operation.summary}.</p>
      <dl class="facts">
        <dt>Scope</dt>
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
            <dt>Takes</dt>
            <dd>
              <a href={`#${body}`}>{body}</a>
              {operation.requestBody?.required === false && ', or nothing'}
            </dd>
          </>
        )}
        <dt>Answers</dt>
        <dd>{answer ? <a href={`#${answer}`}>{answer}</a> : '204, without a body'}</dd>
      </dl>
    </section>
  );
}

function Shape({ name, schema }: { name: string; schema: Schema }) {
  const required = schema.required ?? [];
  return (
    <section id={name}>
      <h3>{name}</h3>
      <ul class="fields">
        {Object.entries(schema.properties ?? {}).map(([field, of]) => (
          <li>
            <code>{field}</code> <Type schema={of} />
            {!required.includes(field) && ', optional'}
            {of.default !== undefined && `, ${JSON.stringify(of.default)} where it is left out`}
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
