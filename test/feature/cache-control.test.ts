/** Every response says whether it may be stored (RFC 9111 §5.2), and no cache holds one for longer than a setting may take to apply. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createConsoleApp } from '../../src/console-app.ts';
import { ENDPOINTS, WELL_KNOWN } from '../../src/protocol/endpoints.ts';
import { ISOLATE_CACHE_AGE, METADATA_MAX_AGE, SECOND } from '../../src/protocol/lifetimes.ts';
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import worker, { Documents } from '../../src/worker.ts';
import { ADMINISTRATOR, type Server, serve } from '../support/server.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const METADATA = [WELL_KNOWN.authorizationServer, WELL_KNOWN.openidConfiguration, WELL_KNOWN.protectedResource];

/** The paths of the route table, each parameter with a value, and one that no route has. */
const paths = [
  ...new Set(
    [...createApp().routes, ...createConsoleApp().routes]
      .map(({ path }) => path.replaceAll(/:\w+(\{[^}]*\})?\??/g, 'x').replaceAll('*', 'x'))
      .concat('/nothing-here', '/brand.css?colour=0055aa'),
  ),
];

/** @returns the seconds for which a shared cache may store it: 0 for none. Undefined where the response does not say. */
function storedFor({ headers }: Response): number | undefined {
  const value = headers.get('cloudflare-cdn-cache-control') ?? headers.get('cache-control') ?? '';
  if (/\bno-store\b|\bprivate\b/.test(value)) return 0;
  const seconds = /\bmax-age=(\d+)/.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

describe('every response of every route', () => {
  it('finds the routes at all', () => {
    expect(paths.length).toBeGreaterThan(100);
  });

  for (const [caller, browser] of [
    ['without credentials', async (server: Server) => server.user()],
    [
      'of a signed-in administrator',
      async (server: Server) => {
        const user = server.user();
        await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
        return user;
      },
    ],
  ] as const) {
    it(`${caller} sets Cache-Control: no-store, except public documents and what its address names the content of`, async () => {
      const server = serve();
      const user = await browser(server);
      const stored = new Map<string, number>();
      for (const path of paths) {
        for (const method of METHODS) {
          // Signing out would end the walk.
          if (method === 'POST' && path.includes('sign-out')) continue;
          const response = await user.request(path, { method });
          const seconds = storedFor(response);
          if (seconds === undefined) throw new Error(`${method} ${path}: ${response.status} does not say`);
          if (seconds > 0) stored.set(path.split('?')[0] ?? '', seconds);
        }
      }
      const immutable = ['/brand.css'];
      expect([...stored.keys()].filter((path) => !immutable.includes(path)).sort()).toEqual(
        [...METADATA, `${WELL_KNOWN.protectedResource}/x`, ENDPOINTS.jwks_uri, '/openapi.json'].sort(),
      );
      for (const path of immutable) stored.delete(path);
      expect(Math.max(...stored.values())).toBe(METADATA_MAX_AGE / SECOND);
    }, 240_000);
  }
});

/** The platform with Workers Cache: the entry point `Documents` behind the default one, and what was purged. */
function withEdgeCache() {
  const { env } = serve();
  const purged: string[][] = [];
  const inner = () =>
    Object.assign(createExecutionContext(), {
      cache: {
        purge: async ({ tags }: { tags: string[] }) => {
          purged.push(tags);
          return { success: true, errors: [] };
        },
      },
    });
  const fetched: string[] = [];
  const entry = (bound: typeof env) => ({
    fetch: async (request: Request) => {
      fetched.push(new URL(request.url).pathname);
      return new Documents(inner() as never, bound).fetch(request);
    },
    purge: () => new Documents(inner() as never, bound).purge(),
  });
  const fetch = async (bound: typeof env, path: string, init?: RequestInit) => {
    const context = Object.assign(inner(), { exports: { Documents: entry(bound) } });
    const response = await worker.fetch(new Request(bound.ISSUER + path, init) as never, bound, context);
    await waitOnExecutionContext(context);
    return response;
  };
  return { env, purged, fetched, fetch };
}

describe('the cache in front of the documents', () => {
  const edge = (response: Response) => response.headers.get('cloudflare-cdn-cache-control') ?? '';

  it('has metadata for as long as the isolate holds the settings, and keys for as long as clients may', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 20), toFake: ['Date'] });
    const { env, fetch, fetched } = withEdgeCache();
    for (const path of METADATA) {
      const response = await fetch(env, path);
      expect([path, edge(response)]).toEqual([path, `public, max-age=${ISOLATE_CACHE_AGE / SECOND}, must-revalidate`]);
      expect(response.headers.get('cache-tag')).toBe('documents');
      expect(response.headers.get('cache-control')).toBe(`public, max-age=${METADATA_MAX_AGE / SECOND}`);
    }
    vi.setSystemTime(Date.now() + 21_000);
    for (const path of METADATA) expect(edge(await fetch(env, path))).toBe('public, max-age=9, must-revalidate');
    vi.setSystemTime(Date.now() + 8_500);
    for (const path of METADATA) expect(edge(await fetch(env, path))).toBe('no-store');
    expect(edge(await fetch(env, ENDPOINTS.jwks_uri))).toBe('public, max-age=300, must-revalidate');
    expect(new Set(fetched)).toEqual(new Set([...METADATA, ENDPOINTS.jwks_uri]));
  });

  it('has nothing else: no other path, no other method, no failure', async () => {
    const { env, fetch, fetched } = withEdgeCache();
    for (const [path, method] of [
      ['/', 'GET'],
      ['/authorize', 'GET'],
      ['/userinfo', 'GET'],
      ['/token', 'POST'],
      [WELL_KNOWN.authorizationServer, 'POST'],
      ['/.well-known/nothing', 'GET'],
    ] as const) {
      const response = await fetch(env, path, { method });
      expect([path, method, storedFor(response)]).toEqual([path, method, 0]);
    }
    expect(fetched).toEqual([]);
    const unknown = await fetch(env, `${WELL_KNOWN.protectedResource}?resource=https://unknown.example`);
    expect([unknown.status, unknown.headers.get('cache-control'), edge(unknown)]).toEqual([404, 'no-store', '']);
  });

  it('is purged when a setting or a resource changes, and not where a change is refused', async () => {
    const { env, fetch, purged } = withEdgeCache();
    const local = { ...env, ISSUER: 'http://localhost:8787' };
    const headers = {
      authorization: `Bearer ${localCommandToken(readConfig(local).root, local.ISSUER, Date.now())}`,
      'content-type': 'application/json',
    };
    const change = async (method: string, path: string, body?: unknown) => {
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      return (await fetch(local, `/api/admin${path}`, init)).status;
    };
    expect(await change('PUT', '/settings/resource_name', { value: 'Notes' })).toBe(200);
    expect(purged).toEqual([['documents']]);
    expect(await change('DELETE', '/settings/resource_name')).toBe(204);
    expect(await change('PUT', '/settings/resource_name', { value: 7 })).toBe(400);
    expect(purged).toHaveLength(2);
    const id = encodeURIComponent('https://notes.example');
    expect(await change('PUT', `/resources/${id}`, { name: 'Notes', scopes: [] })).toBe(200);
    expect(await change('DELETE', `/resources/${id}`)).toBe(204);
    expect(purged).toHaveLength(4);
  });

  it('is missing in local development: the Worker answers, and no header is for a cache that is not there', async () => {
    const response = await serve().fetch(ENDPOINTS.jwks_uri);
    expect([response.status, edge(response), response.headers.get('cache-tag')]).toEqual([200, '', null]);
  });
});
