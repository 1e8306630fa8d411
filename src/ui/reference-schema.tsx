/** A schema of the API reference, with links to the schemas that it refers to. */
import type { Schema } from '../http/api/openapi-operation.ts';
import type { Texts } from '../locales/index.ts';

export type ReferenceTexts = { texts: Texts['reference'] };

export function SchemaSection({ texts, name, schema }: ReferenceTexts & { name: string; schema: Schema }) {
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
export function refsIn(schema: Schema | undefined): string[] {
  const fields = Object.values(schema?.properties ?? {});
  return fields.flatMap((field) =>
    [field, field.items, ...(field.anyOf ?? [])].flatMap((of) => schemaNameOf(of) ?? []),
  );
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  return schema.format ?? [schema.type ?? 'anything'].flat().join(' or ');
}

export const schemaNameOf = (schema: Schema | undefined) => schema?.$ref?.split('/').at(-1);
