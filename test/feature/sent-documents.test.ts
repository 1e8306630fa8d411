/** Documents that an isolate sent before: sent again unchanged, and never when what they are made from has changed. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENDPOINTS, WELL_KNOWN } from '../../src/protocol/endpoints.ts';
import { ISOLATE_CACHE_AGE } from '../../src/protocol/lifetimes.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { StorageMeter } from '../support/storage-meter.ts';

const METADATA = WELL_KNOWN.authorizationServer;
const DOCUMENTS = [METADATA, WELL_KNOWN.openidConfiguration, WELL_KNOWN.protectedResource, ENDPOINTS.jwks_uri];

describe('a document that this isolate sent before', () => {
  let server: Server;

  beforeEach(() => {
    server = serve();
  });

  /** The document with its headers, except the id of the request. */
  async function read(path: string, headers: Record<string, string> = {}) {
    const response = await server.fetch(path, { headers });
    const id = response.headers.get('x-request-id');
    const sent = [...response.headers].filter(([name]) => name !== 'x-request-id');
    return { status: response.status, body: await response.text(), headers: Object.fromEntries(sent), id };
  }

  for (const path of DOCUMENTS) {
    it(`is the same, with another request id: ${path}`, async () => {
      const first = await read(path);
      expect(first.status).toBe(200);
      const others = [await read(path), await read(path), await read(path)];
      for (const { id: _, ...other } of others) expect({ ...other, id: first.id }).toEqual(first);
      expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(4);
    });
  }

  it('is made anew after a setting or a resource changes', async () => {
    const nameOf = async () => JSON.parse((await read(WELL_KNOWN.protectedResource)).body).resource_name;
    for (const name of ['Notes', 'Papers', 'Notes']) {
      await setSetting(server, 'resource_name', name);
      expect([await nameOf(), await nameOf(), await nameOf()]).toEqual([name, name, name]);
    }
    const path = `${WELL_KNOWN.protectedResource}/notes`;
    const scopesOf = async () => JSON.parse((await read(path)).body).scopes_supported;
    await scopesOf();
    await scopesOf();
    const id = encodeURIComponent(`${server.env.ISSUER}/notes`);
    await administer(server, 'PUT', `/resources/${id}`, {
      name: 'Notes',
      scopes: [{ name: 'notes', description: 'Read notes' }],
    });
    expect(await scopesOf()).toEqual(['notes']);
    await setSetting(server, 'show_auth_server_metadata', false);
    expect((await read(METADATA)).status).toBe(404);
  });

  it('is at most 30 seconds older than a change in another location', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 20), toFake: ['Date'] });
    const policyOf = async () => JSON.parse((await read(METADATA)).body).op_policy_uri;
    await read(METADATA);
    await read(METADATA);
    const write = 'INSERT INTO settings (name, value) VALUES (?, ?)';
    await env.DB.prepare(write).bind('resource_policy_uri', '"https://policy.example/"').run();
    vi.setSystemTime(Date.now() + ISOLATE_CACHE_AGE - 1);
    expect(await policyOf()).toBeUndefined();
    vi.setSystemTime(Date.now() + 1);
    expect(await policyOf()).toBe('https://policy.example/');
    vi.useRealTimers();
  });

  it('is another one for another configuration', async () => {
    await read(METADATA);
    await read(METADATA);
    const other = serve(bindings([], { ISSUER: 'https://other.example' }));
    const { issuer } = await (await other.fetch(new URL(METADATA, server.env.ISSUER).href)).json<{ issuer: string }>();
    expect(issuer).toBe('https://other.example');
  });

  it('answers no other request than the one that it answered', async () => {
    const { headers, body } = await read(METADATA);
    await read(METADATA);
    expect((await read(METADATA, { 'if-none-match': headers.etag ?? '' })).status).toBe(304);
    expect((await server.fetch(METADATA, { method: 'POST' })).status).toBe(405);
    const head = await server.fetch(METADATA, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const preflight = await server.fetch(METADATA, { method: 'OPTIONS', headers: { origin: 'https://app.example' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, POST, PUT, PATCH, DELETE',
    ]);
    const unknown = `${WELL_KNOWN.protectedResource}?resource=https://unknown.example`;
    for (const _ of [1, 2]) expect((await server.fetch(unknown)).status).toBe(404);
    expect((await read(METADATA)).body).toBe(body);
  });

  it('a browser at another host is told the address of the server, and a server on loopback answers at no other host', async () => {
    const elsewhere = `https://elsewhere.example${METADATA}`;
    for (const _ of [1, 2]) expect((await server.fetch(elsewhere)).status).toBe(200);
    expect((await server.fetch(elsewhere, { headers: { accept: 'text/html' } })).status).toBe(421);
    const local = serve(bindings([], { ISSUER: 'http://localhost:8787' }));
    for (const _ of [1, 2]) expect((await local.fetch(METADATA)).status).toBe(200);
    expect((await local.fetch(elsewhere)).status).toBe(421);
  });

  it('is sent again without any storage', async () => {
    const meter = new StorageMeter();
    server = serve(meter.over(bindings()));
    for (const path of DOCUMENTS) await read(path);
    meter.take();
    for (const path of DOCUMENTS) await read(path);
    expect(meter.take()).toMatchObject({ rowsRead: 0, batches: [], kv: {} });
  });
});
