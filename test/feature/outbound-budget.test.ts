/** The budget of outbound requests that unauthenticated requests cause: per network first, and never at the expense of clients in use. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bindings } from '../../src/config.ts';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import {
  authorizeUrl,
  obtainCode,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  type TestClient,
} from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import { json, type PretendWeb, pretendWeb } from '../support/pretend-web.ts';
import { administer, bindings, type Server, serve } from '../support/server.ts';

const URL_ID = 'https://app.acme.com/oauth/client.json';

const documentOf = (id: string, changes: Record<string, unknown> = {}) => ({
  client_id: id,
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: 'none',
  ...changes,
});

/** A ceiling that counts each key, and refuses beyond a number. */
function ceiling(most: number) {
  const counts = new Map<string, number>();
  const limit = async ({ key }: { key: string }) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return { success: (counts.get(key) ?? 0) <= most };
  };
  return { limit } as RateLimit;
}

let web: PretendWeb;
beforeEach(() => {
  web = pretendWeb({ [URL_ID]: () => json(documentOf(URL_ID)) });
});

const ask = (server: Server, id: string, from: string, changes = {}) =>
  server.fetch(authorizeUrl({ client_id: id }, changes), { headers: { 'cf-connecting-ip': from } });

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

describe('the shared budget of outbound requests', () => {
  it('is counted for each network first: three that invent addresses leave room for the others', async () => {
    const server = serve(
      bindings([], {
        OUTBOUND_NETWORK_CEILING: ceiling(10),
        OUTBOUND_CEILING: ceiling(40),
      } satisfies Partial<Bindings>),
    );
    for (const network of ['203.0.113.1', '203.0.113.2', '2001:db8:1:2::']) {
      for (let n = 0; n < 50; n++) {
        const from = network.includes(':') ? `2001:db8:1:${n}::1` : network;
        await ask(server, `https://invented-${n}.acme.com/client.json`, from);
      }
    }
    expect(web.visits).toHaveLength(30);
    expect((await ask(server, URL_ID, '203.0.113.4')).status).toBe(303);
  });

  it('of one origin likewise: one network that names address after address there leaves room', async () => {
    const server = serve(
      bindings([], {
        OUTBOUND_NETWORK_ORIGIN_CEILING: ceiling(5),
        OUTBOUND_ORIGIN_CEILING: ceiling(10),
      } satisfies Partial<Bindings>),
    );
    for (let n = 0; n < 20; n++) await ask(server, `https://app.acme.com/invented/${n}.json`, '203.0.113.1');
    expect(web.visits).toHaveLength(5);
    expect((await ask(server, URL_ID, '203.0.113.4')).status).toBe(303);
  });
});

describe('a client that is enabled or was used recently has a budget of its own', () => {
  const spentBudget = () => bindings([], { OUTBOUND_CEILING: ceiling(0), OUTBOUND_ORIGIN_CEILING: ceiling(0) });
  const clearCache = async (server: Server) => {
    const { keys } = await server.env.CACHE.list();
    await Promise.all(keys.map(({ name }) => server.env.CACHE.delete(name)));
    clearIsolateCaches();
  };

  it('one that an administrator decided about, though its document is not cached', async () => {
    await administer(serve(), 'PATCH', `/clients/${encodeURIComponent(URL_ID)}`, { trusted: true });
    const server = serve(spentBudget());
    await clearCache(server);
    expect((await ask(server, URL_ID, '203.0.113.1')).status).toBe(303);
    const unknown = 'https://unknown.acme.com/client.json';
    web.answers[unknown] = () => json(documentOf(unknown));
    expect((await ask(server, unknown, '203.0.113.1')).status).toBe(400);
    await administer(serve(), 'PATCH', `/clients/${encodeURIComponent(URL_ID)}`, { disabled: true });
    await clearCache(server);
    expect((await ask(server, URL_ID, '203.0.113.1')).status).not.toBe(303);
  });

  it('one whose document was fetched in the last week: what it changed is read', async () => {
    expect((await ask(serve(), URL_ID, '203.0.113.1')).status).toBe(303);
    const added = 'https://new.acme.com/callback';
    web.answers[URL_ID] = () => json(documentOf(URL_ID, { redirect_uris: [REDIRECT_URI, added] }));
    later(2 * 86_400);
    const server = serve(spentBudget());
    expect((await ask(server, URL_ID, '203.0.113.1', { redirect_uri: added })).status).toBe(303);
  });

  it('the keys of a registered client are fetched after it completed an authorization, whatever others use up', async () => {
    const key = await makeKey();
    const keys = 'https://keys.acme.com/jwks.json';
    web.answers[keys] = () => json({ keys: [key.publicJwk] });
    const open = serve();
    const client = (await (
      await open.fetch('/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          redirect_uris: [REDIRECT_URI],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks_uri: keys,
        }),
      })
    ).json()) as TestClient;
    const server = serve(spentBudget());
    const proof = async () => ({
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await key.sign(assertionClaims(client.client_id)),
    });
    const revoke = async () =>
      postForm(server, { ...client, method: 'none' }, '/revoke', { token: 'x', ...(await proof()) });
    expect((await revoke()).status).toBe(401);
    const code = await obtainCode(open, client);
    expect((await postToken(open, { ...client, method: 'none' }, redemption(code, await proof()))).status).toBe(200);
    await clearCache(server);
    expect((await revoke()).status).toBe(200);
  });
});
