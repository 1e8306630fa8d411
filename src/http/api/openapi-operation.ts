/** The OpenAPI 3.1 description of one route of an API. */
import type * as z from 'zod';
import { isApiKeyScope } from '../../protocol/api-key.ts';
import { type ApiRoute, type ApiTable, hasETag } from './routes.ts';

/** The part of JSON Schema that the reference reads. */
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
  responses: Record<string, ResponseObject | { $ref: string }>;
};

type JsonContent = { 'application/json': { schema: Schema } };

type ResponseObject = { description: string; headers?: Record<string, Header>; content?: JsonContent };

type Header = { description: string; schema: Schema };

export const SCHEMAS = '#/components/schemas/';

const json = (schema: Schema): JsonContent => ({ 'application/json': { schema } });

const SUCCESS = { description: 'Success.' };

const ETAG = {
  headers: { ETag: { description: 'Send it as If-Match with a change.', schema: { type: 'string' } } },
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header' as const,
  required: false,
  schema: { type: 'string' },
  description: 'The ETag of the record as it was read: the change is refused if the record was changed since.',
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  schema: { type: 'string', maxLength: 257 },
  description:
    'A text of your choice. A repeated request with the same key, within a day, creates nothing and has the same response.',
};

/** The OpenAPI operation of a route. @param names the names of the schemas, which it refers to. */
export function describeRoute(
  table: ApiTable,
  operationId: string,
  route: ApiRoute,
  names: Map<unknown, string>,
): Operation {
  const scopes = route.scopes ?? table.scopes;
  const roles = table.roles?.[route.method === 'GET' ? 'read' : 'change'];
  const refTo = (schema: z.ZodType): Schema => {
    const name = names.get(schema);
    if (name === undefined) throw new Error(`a schema of ${operationId} has no name`);
    return { $ref: SCHEMAS + name };
  };
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const conditional = route.method !== 'GET' && hasETag(table, route.path);
  const refusals = [
    ...(route.body || route.query ? [400] : []),
    401,
    403,
    ...(inPath.length > 0 ? [404] : []),
    ...(route.method === 'POST' ? [409] : []),
    ...(conditional ? [412] : []),
    429,
    503,
  ];
  const keys: Operation['security'] = scopes.every(isApiKeyScope) ? [{ apiKey: scopes }, { basic: scopes }] : [];
  return {
    operationId,
    summary: route.summary,
    tags: [table.title],
    ...(roles ? { description: `Needs the role ${roles.join(' or ')}.` } : {}),
    security: [{ oauth2: scopes }, ...keys],
    parameters: [
      ...inPath.map((name) => ({ name, in: 'path' as const, required: true, schema: { type: 'string' } })),
      ...Object.entries(route.query ?? {}).map(([name, description]) => ({
        name,
        in: 'query' as const,
        required: false,
        description,
        schema: { type: 'string' },
      })),
      ...(conditional ? [IF_MATCH] : []),
      ...(route.isIdempotent ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body ? { requestBody: { required: !route.bodyIsOptional, content: json(refTo(route.body)) } } : {}),
    responses: {
      ...(route.response
        ? {
            [route.status ?? 200]: {
              ...SUCCESS,
              ...(route.precondition ? ETAG : {}),
              content: json(refTo(route.response)),
            },
          }
        : { 204: SUCCESS }),
      ...Object.fromEntries(refusals.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }])),
    },
  };
}
