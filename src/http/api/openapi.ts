/** The OpenAPI 3.1 description of the APIs, generated from their tables and the schemas that validate requests. */
import * as z from 'zod';
import { knownScopes } from '../../protocol/configured-scopes.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import { describeRoute, type Operation, SCHEMAS, type Schema } from './openapi-operation.ts';
import { PROBLEM_JSON } from './problem-details.ts';
import type { ApiTable } from './routes.ts';

/** Error responses, by status; `Refused<status>` in `components.responses`. */
const REFUSALS = {
  400: 'The request is invalid; the detail names the field.',
  401: 'The credentials are missing or invalid (RFC 6750 section 3).',
  403: 'A required scope or role is missing (RFC 6750 section 3.1).',
  404: 'The record does not exist.',
  409: 'The request conflicts with the current state.',
  412: 'The record was changed since it was read: its ETag is not that of If-Match (RFC 9110 section 13.1.1).',
  429: 'Too many wrong credentials came from this network; Retry-After has the seconds to wait.',
  503: 'A database or a provider does not respond; nothing was changed, and the request may be repeated.',
} as const;

export function openApiDocument(issuer: string, tables: readonly ApiTable[]) {
  const taken = schemaNames(tables.map((table) => table.requestSchemas));
  const given = schemaNames(tables.map((table) => table.responseSchemas));
  const scopes = knownScopes('').map(({ name, description }) => [name, description]);
  return {
    openapi: '3.1.0',
    info: { title: 'Postern', version: '1', description: 'The APIs of this server beside the OAuth endpoints.' },
    servers: [{ url: issuer }],
    tags: tables.map(({ title, about }) => ({ name: title, description: about })),
    paths: pathsOf(tables, new Map([...taken, ...given])),
    components: {
      schemas: { ...schemasOf(taken, 'input'), ...schemasOf(given, 'output'), Problem: PROBLEM },
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          `Refused${status}`,
          { description, content: { [PROBLEM_JSON]: { schema: { $ref: `${SCHEMAS}Problem` } } } },
        ]),
      ),
      securitySchemes: {
        oauth2: {
          type: 'oauth2',
          description: 'An access token of this server, as Bearer.',
          flows: {
            authorizationCode: {
              authorizationUrl: issuer + ENDPOINTS.authorization_endpoint,
              tokenUrl: issuer + ENDPOINTS.token_endpoint,
              refreshUrl: issuer + ENDPOINTS.token_endpoint,
              scopes: Object.fromEntries(scopes),
            },
          },
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'token key:secret' },
        basic: { type: 'http', scheme: 'basic', description: 'An API key: key as user, secret as password.' },
      },
    },
  };
}

export type OpenApi = ReturnType<typeof openApiDocument>;

/** The members of RFC 9457 §3.1, and those of RFC 6749 §5.2. */
const PROBLEM: Schema = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri', description: 'The address of the description of this problem type.' },
    title: { type: 'string', description: 'A short summary of the problem type.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { type: 'string', description: 'An explanation for the developer of the client.' },
    errors: {
      type: 'array',
      description: 'The invalid fields, each with a JSON pointer.',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
        required: ['pointer', 'detail'],
      },
    },
    error: { type: 'string', description: 'The error code.' },
    error_description: { type: 'string', description: 'The same as detail.' },
    request_id: { type: 'string', description: 'The id of the request in the log.' },
  },
  required: ['request_id'],
};

/** The names of schemas. @throws Error for two schemas of one name. */
function schemaNames(modules: Record<string, unknown>[]): Map<unknown, string> {
  const byName = new Map<string, unknown>();
  for (const [exported, schema] of modules.flatMap((module) => Object.entries(module))) {
    if (!(schema instanceof z.ZodType)) continue;
    const name = exported.replace(/Schema$/, '');
    if (byName.has(name) && byName.get(name) !== schema) throw new Error(`two schemas are called ${name}`);
    byName.set(name, schema);
  }
  return new Map([...byName].map(([name, schema]) => [schema, name]));
}

function schemasOf(names: Map<unknown, string>, io: 'input' | 'output'): Record<string, Schema> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema as z.ZodType, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    unrepresentable: 'any',
    uri: (id) => SCHEMAS + id,
    // The pattern repeats the format in three lines.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format) delete jsonSchema.pattern;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema as Schema]),
  );
}

function pathsOf(tables: readonly ApiTable[], names: Map<unknown, string>): Record<string, Record<string, Operation>> {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const table of tables) {
    for (const [operationId, route] of Object.entries(table.routes)) {
      const path = table.base + route.path;
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(table, operationId, route, names) };
    }
  }
  return paths;
}
