/** One page of the API reference: the routes of a noun, and the shape of what they take and answer. */
import type { Words } from '../words/index.ts';
import type { OpenApi, Operation, Schema } from './openapi.ts';

type Say = { say: Words['reference'] };

export type DescribedRoute = { method: string; path: string; noun: string; operation: Operation };

export function NounPage(
  props: Say & {
    title: string;
    operations: DescribedRoute[];
    document: OpenApi;
    back: { href: string; label: string };
  },
) {
  const { say, title, operations, document, back } = props;
  const schemas: Record<string, Schema> = document.components.schemas;
  const shapes = new Set(
    operations.flatMap(({ operation }) => [bodyOf(operation) ?? [], answerOf(operation) ?? []].flat()),
  );
  // A set that grows while it is walked: what a shape holds is shown, too.
  for (const name of shapes) for (const ref of refsIn(schemas[name])) shapes.add(ref);
  return (
    <>
      <h1>{title}</h1>
      {operations.map((one) => (
        <Route say={say} {...one} />
      ))}
      {shapes.size > 0 && <h2>{say.shapes}</h2>}
      {[...shapes].sort().map((name) => (
        <Shape say={say} name={name} schema={schemas[name] ?? {}} />
      ))}
      <p>
        <a href={back.href}>{back.label}</a>
      </p>
    </>
  );
}

function Route({ say, method, path, operation }: Say & DescribedRoute) {
  const [body, answer] = [bodyOf(operation), answerOf(operation)];
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  return (
    <section id={operation.operationId} class="route">
      <h2>
        {method} <code>{path}</code>
      </h2>
      <dl class="facts">
        <dt>{say.does}</dt>
        <dd>{operation.summary}</dd>
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
  return schema.format ?? [schema.type ?? 'anything'].flat().join(' or ');
}

const nameOf = (schema: Schema | undefined) => schema?.$ref?.split('/').at(-1);
const bodyOf = ({ requestBody }: Operation) => nameOf(requestBody?.content['application/json'].schema);

function answerOf({ responses }: Operation): string | undefined {
  const good = responses[200] ?? responses[201];
  return good && 'content' in good ? nameOf(good.content?.['application/json'].schema) : undefined;
}
