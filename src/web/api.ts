/**
 * An API as a table: each route stands in it once, with what it takes and what it gives. The router and the OpenAPI
 * document read the same table, so that nothing is served that is not described.
 */
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type * as z from 'zod';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Condition } from '../storage/precondition.ts';
import { readJson } from './body.ts';
import type { Web } from './context.ts';
import { demandAsked, type Readable, withTag } from './if-match.ts';
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
  /** Whether its handler looks at `Idempotency-Key`: what it makes has neither a name nor an address of its own. */
  takesKey?: true;
  /**
   * Of a GET that shows one record: what holds for as long as the record is as it was read. Then the record has an
   * ETag, and `If-Match` says that it is to be changed only as it was seen.
   */
  isAsRead?: (c: Context<Web>) => Promise<Condition>;
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

/** Whether what the path shows by GET has an ETag. */
export const hasTag = ({ routes }: ApiTable, path: string): boolean =>
  Object.values(routes).some((route) => route.path === path && route.isAsRead !== undefined);

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
    const record = readableOf(alike);
    for (const described of alike) {
      app.on(described.method, address, guard(described.scopes ?? scopes), async (c) => {
        const response = await answer(c, described, record);
        response.headers.set('Cache-Control', 'no-store');
        return response;
      });
    }
    // Before the method is looked at: who has no token learns where to get one.
    app.all(address, guard(scopes), methodNotAllowed(...alike.map(({ method }) => method)));
  }
}

/** What the routes of one path show by GET, if that is a record with an ETag. */
function readableOf(alike: readonly ApiRoute[]): Readable | undefined {
  const shown = alike.find(({ isAsRead }) => isAsRead !== undefined);
  return shown?.isAsRead && { show: (c) => shown.handle(c, undefined as never), isAsRead: shown.isAsRead };
}

async function answer(c: Context<Web>, described: ApiRoute, record: Readable | undefined): Promise<Response> {
  if (described.method === 'GET') {
    const response = await described.handle(c, undefined as never);
    return described.isAsRead ? withTag(c, response) : response;
  }
  const body = await bodyOf(c, described);
  await demandAsked(c, record);
  return described.handle(c, body as never);
}

async function bodyOf(c: Context<Web>, { body, bodyIsOptional }: ApiRoute): Promise<unknown> {
  if (!body) return undefined;
  if (bodyIsOptional && !c.req.header('content-type')) return body.parse({});
  return parsed(body.safeParse(await readJson(c, 'invalid_request')));
}

/** @throws OAuthError invalid_request that names the first field and what is wrong with it, and lists all of them. */
export function parsed<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  const { issues } = result.error;
  const [first] = issues;
  const field = first?.path.join('.');
  const fields = issues.map(({ path, message }) => ({ pointer: pointerTo(path), detail: message }));
  throw new OAuthError('invalid_request', `${field ? `${field}: ` : ''}${first?.message}.`, { fields });
}

/** As a fragment (RFC 6901 §6). */
const pointerTo = (path: readonly PropertyKey[]): string =>
  `#${path.map((part) => `/${encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
