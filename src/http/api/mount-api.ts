/** Serves the routes of an API: guard, body, ETag, method. */
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { readJson } from '../body.ts';
import type { Web } from '../context.ts';
import { methodNotAllowed } from '../error-response.ts';
import { type EtaggedRecord, requireIfMatch, withETag } from './if-match.ts';
import { type ApiRoute, type ApiTable, requireParsed } from './routes.ts';

/** Mounts a table: on each path its guard, then its methods, and 405 for every other method. */
export function mountApi(
  app: Hono<Web>,
  { base, scopes, routes }: ApiTable,
  guard: (scopes: readonly string[]) => MiddlewareHandler<Web>,
) {
  for (const [path, alike] of Map.groupBy(Object.values(routes), (described) => described.path)) {
    const address = base + path.replaceAll(/\{(\w+)\}/g, ':$1');
    const record = etaggedRecord(alike);
    for (const described of alike) {
      app.on(described.method, address, guard(described.scopes ?? scopes), async (c) => {
        const response = await runRoute(c, described, record);
        response.headers.set('Cache-Control', 'no-store');
        return response;
      });
    }
    // The guard precedes the method: a request without a token receives the challenge rather than 405.
    app.all(address, guard(scopes), methodNotAllowed(...alike.map(({ method }) => method)));
  }
}

/** The record with an ETag that GET on this path returns, if any. */
function etaggedRecord(alike: readonly ApiRoute[]): EtaggedRecord | undefined {
  const get = alike.find(({ precondition }) => precondition !== undefined);
  return get?.precondition && { show: (c) => get.handle(c, undefined as never), precondition: get.precondition };
}

async function runRoute(c: Context<Web>, described: ApiRoute, record: EtaggedRecord | undefined): Promise<Response> {
  if (described.method === 'GET') {
    const response = await described.handle(c, undefined as never);
    return described.precondition ? withETag(c, response) : response;
  }
  const body = await parseBody(c, described);
  await requireIfMatch(c, record);
  return described.handle(c, body as never);
}

async function parseBody(c: Context<Web>, { body, bodyIsOptional }: ApiRoute): Promise<unknown> {
  if (!body) return undefined;
  if (bodyIsOptional && !c.req.header('content-type')) return body.parse({});
  return requireParsed(body.safeParse(await readJson(c, 'invalid_request')));
}
