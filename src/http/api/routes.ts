/**
 * An API as a table of routes, each with the schemas of its request and response. Router and OpenAPI document read the
 * same table, so that every route is documented.
 */
import type { Context } from 'hono';
import type * as z from 'zod';
import { fieldErrors } from '../../protocol/field-errors.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Precondition } from '../../storage/database/precondition.ts';
import type { Web } from '../context.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type ApiRoute = {
  method: Method;
  /** Below the table's base; `{name}` stands for one segment. */
  path: string;
  /** The operation, in a few words. */
  summary: string;
  /** The scopes that the access token or API key needs. Default: those of the table. */
  scopes?: readonly string[];
  /** The query parameters, each with its description. */
  query?: Record<string, string>;
  /** The schema of the body. The handler receives it parsed. */
  body?: z.ZodType;
  /** Allows a missing body; the handler then receives the parsed empty object. */
  bodyIsOptional?: boolean;
  /** The schema of the response. Default: 204 without a body. */
  response?: z.ZodType;
  /** Default: 200, or 204 without a body. */
  status?: 201;
  /** Accepts `Idempotency-Key`, for new records without a name or path chosen by the client. */
  isIdempotent?: true;
  /**
   * Of a GET that returns one record: the storage condition that holds while the record is unchanged. The record then
   * has an ETag, and changes on the same path accept `If-Match`.
   */
  precondition?: (c: Context<Web>) => Promise<Precondition>;
  handle: (c: Context<Web>, body: never) => Response | Promise<Response>;
};

export type ApiTable = {
  /** Such as `/api/admin`. */
  base: string;
  /** The title of the API in the reference. */
  title: string;
  about: string;
  scopes: readonly string[];
  /** The roles of which the user needs one, beside the scopes. */
  roles?: { read: readonly string[]; change: readonly string[] };
  /** The schemas of requests and responses, by their names in the reference. */
  requestSchemas: Record<string, unknown>;
  responseSchemas: Record<string, unknown>;
  /** By operationId. */
  routes: Record<string, ApiRoute>;
};

/** Types a handler by the schema of its body. */
export function route<S extends z.ZodType>(
  described: Omit<ApiRoute, 'body' | 'handle'> & {
    body: S;
    handle: (c: Context<Web>, body: z.infer<S>) => Response | Promise<Response>;
  },
): ApiRoute {
  return described;
}

/** True where the record that GET on this path returns has an ETag. */
export const hasETag = ({ routes }: ApiTable, path: string): boolean =>
  Object.values(routes).some((route) => route.path === path && route.precondition !== undefined);

/** Merges two tables of one base for the reference; each folder serves its own. */
export function joinTables(one: ApiTable, other: ApiTable): ApiTable {
  return {
    ...one,
    requestSchemas: { ...one.requestSchemas, ...other.requestSchemas },
    responseSchemas: { ...one.responseSchemas, ...other.responseSchemas },
    routes: { ...one.routes, ...other.routes },
  };
}

/**
 * @param below the member of the body that was parsed, where it is not the whole body.
 * @returns the parsed value.
 * @throws OAuthError invalid_request: the text has the first problem, `fields` all of them.
 */
export function requireParsed<T>(result: z.ZodSafeParseResult<T>, ...below: string[]): T {
  if (result.success) return result.data;
  const { issues } = result.error;
  const [first] = issues;
  const field = first?.path.join('.');
  const fields = fieldErrors(issues, below);
  throw new OAuthError('invalid_request', `${field ? `${field}: ` : ''}${first?.message}.`, { fields });
}
