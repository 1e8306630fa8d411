/**
 * An API as a table: each route stands in it once, with what it takes and what it gives. The router and the OpenAPI
 * document read the same table, so that nothing is served that is not described.
 */
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type * as z from 'zod';
import { OAuthError } from '../protocol/oauth-error.ts';
import { readJson } from './body.ts';
import type { Web } from './context.ts';
import { methodNotAllowed } from './render-error.tsx';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type ApiRoute = {
  method: Method;
  /** Below the table's base; `{name}` stands for one segment. */
  path: string;
  /** What it does, in a few words. */
  summary: string;
  /** What the token or the key must hold; the table's own where it is left out. */
  scopes?: readonly string[];
  /** The parameters of its query, each with what it means. */
  query?: Record<string, string>;
  /** What the body must be. The handler gets it parsed. */
  body?: z.ZodType;
  /** Whether the body may be left out: then the handler gets what an empty object parses to. */
  bodyIsOptional?: boolean;
  /** What it answers; 204 without a body where it is left out. */
  answer?: z.ZodType;
  /** 200 or 204 where it is left out. */
  status?: 201;
  handle: (c: Context<Web>, body: never) => Response | Promise<Response>;
};

export type ApiTable = {
  /** Such as `/api/admin`. */
  base: string;
  /** What its routes have in common, for the reference. */
  title: string;
  about: string;
  scopes: readonly string[];
  /** The roles of which a person needs one besides. */
  roles?: { read: readonly string[]; change: readonly string[] };
  /** The schemas of bodies and of answers, by the names that the reference gives them. */
  takes: Record<string, unknown>;
  gives: Record<string, unknown>;
  /** By operationId. */
  routes: Record<string, ApiRoute>;
};

/** Joins a handler to the schema of its body, so that the two cannot differ. */
export function route<S extends z.ZodType>(
  described: Omit<ApiRoute, 'body' | 'handle'> & {
    body: S;
    handle: (c: Context<Web>, body: z.infer<S>) => Response | Promise<Response>;
  },
): ApiRoute {
  return described;
}

/** Two tables of one base, as the reference shows them; each room serves its own. */
export function joinTables(one: ApiTable, other: ApiTable): ApiTable {
  return {
    ...one,
    takes: { ...one.takes, ...other.takes },
    gives: { ...one.gives, ...other.gives },
    routes: { ...one.routes, ...other.routes },
  };
}

/** Serves a table: on each path its guard first, then its methods, and 405 for every other. */
export function mountApi(
  app: Hono<Web>,
  { base, scopes, routes }: ApiTable,
  guard: (scopes: readonly string[]) => MiddlewareHandler<Web>,
) {
  for (const [path, alike] of Map.groupBy(Object.values(routes), (described) => described.path)) {
    const address = base + path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const described of alike) {
      app.on(described.method, address, guard(described.scopes ?? scopes), async (c) => {
        const response = await described.handle(c, (await bodyOf(c, described)) as never);
        response.headers.set('Cache-Control', 'no-store');
        return response;
      });
    }
    // Before the method is looked at: who has no token learns where to get one.
    app.all(address, guard(scopes), methodNotAllowed(...alike.map(({ method }) => method)));
  }
}

async function bodyOf(c: Context<Web>, { body, bodyIsOptional }: ApiRoute): Promise<unknown> {
  if (!body) return undefined;
  if (bodyIsOptional && !c.req.header('content-type')) return body.parse({});
  return parsed(body.safeParse(await readJson(c, 'invalid_request')));
}

/** @throws OAuthError invalid_request that names the field and what is wrong with it. */
export function parsed<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.');
  throw new OAuthError('invalid_request', `${field ? `${field}: ` : ''}${issue?.message}.`);
}
