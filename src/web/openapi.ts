/** The OpenAPI 3.1 description of APIs, made from their tables: the schemas that validate are the schemas shown. */
import * as z from 'zod';
import { keyMayHold } from '../protocol/api-key.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { knownScopes } from '../protocol/scope.ts';
import { type ApiRoute, type ApiTable, hasTag } from './api.ts';
import { PROBLEM_JSON } from './problem.ts';

/** A JSON Schema, as far as it is looked into here. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  format?: string;
  enum?: unknown[];
  default?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
};

export type Operation = {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: Record<string, readonly string[]>[];
  parameters: {
    name: string;
    in: 'path' | 'query' | 'header';
    required: boolean;
    description?: string;
    schema: Schema;
  }[];
  requestBody?: { required: boolean; content: JsonContent };
  responses: Record<string, Answered | { $ref: string }>;
};
type JsonContent = { 'application/json': { schema: Schema } };
type Answered = { description: string; headers?: Record<string, Header>; content?: JsonContent };
type Header = { description: string; schema: Schema };

const SCHEMAS = '#/components/schemas/';
const json = (schema: Schema): JsonContent => ({ 'application/json': { schema } });

/** How a request that is refused is answered, by status. The names are those of `components.responses`. */
const REFUSALS = {
  400: 'What was sent does not fit; the sentence says which field.',
  401: 'No credentials, or some that are not good (RFC 6750 section 3).',
  403: 'A scope or a role is missing (RFC 6750 section 3.1).',
  404: 'There is no such thing.',
  409: 'It does not go together with what is there.',
  412: 'The record is not what If-Match says: somebody else changed it (RFC 9110 section 13.1.1).',
  429: 'Too many wrong credentials came from this network; Retry-After says how long to wait.',
  503: 'A database does not answer; nothing was changed, and the same request may be sent again.',
} as const;

export function openApiDocument(issuer: string, tables: readonly ApiTable[]) {
  const taken = namesOf(tables.map((table) => table.takes));
  const given = namesOf(tables.map((table) => table.gives));
  const scopes = knownScopes('').map(({ name, description }) => [name, description]);
  return {
    openapi: '3.1.0',
    info: { title: 'Postern', version: '1', description: 'The APIs of this server beside OAuth itself.' },
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
        basic: { type: 'http', scheme: 'basic', description: 'The same key as user and password.' },
      },
    },
  };
}
export type OpenApi = ReturnType<typeof openApiDocument>;

/** RFC 9457 §3.1, and what RFC 6749 §5.2 calls the same. */
const PROBLEM: Schema = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Where this kind of problem is described.' },
    title: { type: 'string', description: 'The kind of problem, in a few words.' },
    status: { type: 'integer', description: 'The status of the answer.' },
    detail: { type: 'string', description: 'A sentence for whoever wrote the client.' },
    errors: {
      type: 'array',
      description: 'What is wrong with single fields, each with a JSON pointer.',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
        required: ['pointer', 'detail'],
      },
    },
    error: { type: 'string', description: 'A code.' },
    error_description: { type: 'string', description: 'The same as detail.' },
    request_id: { type: 'string', description: 'What the log knows this request by.' },
  },
  required: ['request_id'],
};

/** @throws Error for two schemas of one name: the table is wrong. */
function namesOf(modules: Record<string, unknown>[]): Map<unknown, string> {
  const byName = new Map<string, unknown>();
  for (const [name, schema] of modules.flatMap((module) => Object.entries(module))) {
    if (!(schema instanceof z.ZodType)) continue;
    if (byName.has(name) && byName.get(name) !== schema) throw new Error(`two schemas are called ${name}`);
    byName.set(name, schema);
  }
  return new Map([...byName].map(([name, schema]) => [schema, name]));
}

function schemasOf(names: Map<unknown, string>, io: 'input' | 'output'): Record<string, Schema> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema as z.ZodType, { id });
  const { schemas } = z.toJSONSchema(registry, {
    ...{ io, unrepresentable: 'any', uri: (id) => SCHEMAS + id },
    // The format says it; the pattern would say it again, in three lines.
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
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: describe(table, operationId, route, names) };
    }
  }
  return paths;
}

const DONE = { description: 'It is done.' };
const ETAG = {
  headers: { ETag: { description: 'Send it as If-Match with a change.', schema: { type: 'string' } } },
};
const IF_MATCH = {
  ...{ name: 'If-Match', in: 'header' as const, required: false, schema: { type: 'string' } },
  description: 'The ETag of the record as it was read: it is changed only if nobody else changed it since.',
};

const IDEMPOTENCY_KEY = {
  ...{ name: 'Idempotency-Key', in: 'header' as const, required: false, schema: { type: 'string', maxLength: 257 } },
  description:
    'A text of your choice. The same request with the same key, within a day, makes nothing new and is answered alike.',
};

function describe(table: ApiTable, operationId: string, route: ApiRoute, names: Map<unknown, string>): Operation {
  const scopes = route.scopes ?? table.scopes;
  const roles = table.roles?.[route.method === 'GET' ? 'read' : 'change'];
  const refTo = (schema: z.ZodType): Schema => {
    const name = names.get(schema);
    if (name === undefined) throw new Error(`a schema of ${operationId} has no name`);
    return { $ref: SCHEMAS + name };
  };
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const conditional = route.method !== 'GET' && hasTag(table, route.path);
  const refusals = [
    ...(route.body || route.query ? [400] : []),
    ...[401, 403],
    ...(inPath.length > 0 ? [404] : []),
    ...(route.method === 'POST' ? [409] : []),
    ...(conditional ? [412] : []),
    ...[429, 503],
  ];
  const keys: Operation['security'] = scopes.every(keyMayHold) ? [{ apiKey: scopes }, { basic: scopes }] : [];
  return {
    ...{ operationId, summary: route.summary, tags: [table.title] },
    ...(roles ? { description: `Needs the role ${roles.join(' or ')}.` } : {}),
    security: [{ oauth2: scopes }, ...keys],
    parameters: [
      ...inPath.map((name) => ({ name, in: 'path' as const, required: true, schema: { type: 'string' } })),
      ...Object.entries(route.query ?? {}).map(([name, description]) => ({
        ...{ name, in: 'query' as const, required: false, description, schema: { type: 'string' } },
      })),
      ...(conditional ? [IF_MATCH] : []),
      ...(route.takesKey ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body ? { requestBody: { required: !route.bodyIsOptional, content: json(refTo(route.body)) } } : {}),
    responses: {
      ...(route.answer
        ? { [route.status ?? 200]: { ...DONE, ...(route.isAsRead ? ETAG : {}), content: json(refTo(route.answer)) } }
        : { 204: DONE }),
      ...Object.fromEntries(refusals.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }])),
    },
  };
}
