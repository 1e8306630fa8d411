/** One page of the API reference: the operations of a resource, and the schemas of their requests and responses. */

import type { OpenApi } from '../http/api/openapi.ts';
import type { Operation, Schema } from '../http/api/openapi-operation.ts';
import type { Texts } from '../locales/index.ts';

type ReferenceTexts = { texts: Texts['reference'] };

export type DescribedRoute = { method: string; path: string; resource: string; operation: Operation };

export function ResourcePage(
  props: ReferenceTexts & {
    title: string;
    operations: DescribedRoute[];
    document: OpenApi;
    back: { href: string; label: string };
  },
) {
  const { texts, title, operations, document, back } = props;
  const schemas: Record<string, Schema> = document.components.schemas;
  const named = new Set(
    operations.flatMap(({ operation }) => [bodyOf(operation) ?? [], answerOf(operation) ?? []].flat()),
  );
  // The set grows during iteration: schemas that a schema refers to are listed, too.
  for (const name of named) for (const ref of refsIn(schemas[name])) named.add(ref);
  return (
    <>
      <h1>{title}</h1>
      {operations.map((one) => (
        <Route texts={texts} {...one} />
      ))}
      {named.size > 0 && <h2>{texts.shapes}</h2>}
      {[...named].sort().map((name) => (
        <SchemaSection texts={texts} name={name} schema={schemas[name] ?? {}} />
      ))}
      <p>
        <a href={back.href}>{back.label}</a>
      </p>
    </>
  );
}

function Route({ texts, method, path, operation }: ReferenceTexts & DescribedRoute) {
  const [body, answer] = [bodyOf(operation), answerOf(operation)];
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  return (
    <section id={operation.operationId} class="route">
      <h2>
        {method} <code>{path}</code>
      </h2>
      <dl class="facts">
        <dt>{texts.does}</dt>
        <dd>{operation.summary}</dd>
        <dt>{texts.scope}</dt>
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
            <dt>{texts.takes}</dt>
            <dd>
              <a href={`#${body}`}>{body}</a>
              {operation.requestBody?.required === false && texts.orNothing}
            </dd>
          </>
        )}
        <dt>{texts.answers}</dt>
        <dd>{answer ? <a href={`#${answer}`}>{answer}</a> : texts.noBody}</dd>
      </dl>
    </section>
  );
}

function SchemaSection({ texts, name, schema }: ReferenceTexts & { name: string; schema: Schema }) {
  const required = schema.required ?? [];
  return (
    <section id={name}>
      <h3>{name}</h3>
      <ul class="fields">
        {Object.entries(schema.properties ?? {}).map(([field, of]) => (
          <li>
            <code>{field}</code> <Type schema={of} />
            {!required.includes(field) && texts.optional}
            {of.default !== undefined && texts.default(JSON.stringify(of.default))}
            {of.description && <span class="hint">{of.description}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A type in text; a named schema links to its section. */
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

/** The names of the schemas that the fields of a schema refer to. */
function refsIn(schema: Schema | undefined): string[] {
  const fields = Object.values(schema?.properties ?? {});
  return fields.flatMap((field) => [field, field.items, ...(field.anyOf ?? [])].flatMap((of) => nameOf(of) ?? []));
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  return schema.format ?? [schema.type ?? 'anything'].flat().join(' or ');
}

const nameOf = (schema: Schema | undefined) => schema?.$ref?.split('/').at(-1);
const bodyOf = ({ requestBody }: Operation) => nameOf(requestBody?.content['application/json'].schema);

function answerOf({ responses }: Operation): string | undefined {
  const success = responses[200] ?? responses[201];
  return success && 'content' in success ? nameOf(success.content?.['application/json'].schema) : undefined;
}
