/** One page of the API reference: the operations of a resource, and the schemas of their requests and responses. */

import type { OpenApi } from '../http/api/openapi.ts';
import type { Operation, Schema } from '../http/api/openapi-operation.ts';
import { type ReferenceTexts, refsIn, SchemaSection, schemaNameOf } from './reference-schema.tsx';

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
const bodyOf = ({ requestBody }: Operation) => schemaNameOf(requestBody?.content['application/json'].schema);

function answerOf({ responses }: Operation): string | undefined {
  const success = responses[200] ?? responses[201];
  return success && 'content' in success ? schemaNameOf(success.content?.['application/json'].schema) : undefined;
}
