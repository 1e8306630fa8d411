/** Storage by unauthenticated requests is bounded in bytes, number and lifetime, for each network and in all. */
import { describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import {
  ADMINISTRATOR,
  authorizeUrl,
  errorOf,
  makeClient,
  obtainTokens,
  postForm,
  REDIRECT_URI,
  type TestClient,
} from '../support/client.ts';
import { administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { readForm } from '../support/user.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The address of a network, by number: an IPv4 address each. */
const address = (network: number) => `198.51.${Math.floor(network / 250)}.${network % 250}`;

function register(server: Server, metadata: Record<string, unknown> = {}, from = '203.0.113.9') {
  return server.fetch('/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': from },
    body: JSON.stringify({
      client_name: crypto.randomUUID(),
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    }),
  });
}

const registered = async (server: Server, metadata: Record<string, unknown> = {}, from?: string) => {
  const response = await register(server, metadata, from);
  expect(response.status).toBe(201);
  return { ...((await response.json()) as TestClient), method: 'none' };
};

const at = (time: number) => vi.useFakeTimers({ now: time, toFake: ['Date'] });

const clientIds = async (env: { DB: D1Database }) =>
  (await env.DB.prepare('SELECT id FROM clients ORDER BY id').all<{ id: string }>()).results.map(({ id }) => id);

const events = async (env: { DB: D1Database }, type: string, subject?: string) =>
  (
    await env.DB.prepare('SELECT detail, subject FROM audit_events WHERE type = ?')
      .bind(type)
      .all<{ detail: string; subject: string }>()
  ).results.filter((event) => subject === undefined || event.subject === subject);

/** Ceilings that count each key, and refuse beyond a number. */
function counting(most: number) {
  const counts = new Map<string, number>();
  const limit = async ({ key }: { key: string }) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return { success: (counts.get(key) ?? 0) <= most };
  };
  return { counts, limit } as { counts: Map<string, number> } & RateLimit;
}

describe('RFC 7591 §5 a registration is bounded', () => {
  it('one of more than 8 KiB is invalid_client_metadata, whatever it consists of', async () => {
    const server = serve();
    const long = 'x'.repeat(1900);
    for (const metadata of [
      { contacts: Array.from({ length: 5 }, () => long) },
      { unknown_field: 'x'.repeat(9000) },
      { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x'.repeat(9000), y: 'y' }] } },
      Object.fromEntries(
        Array.from({ length: 49 }, (_, n) => [`tos_uri#de-${n}`, `https://app.example/${'x'.repeat(200)}`]),
      ),
    ]) {
      const response = await register(server, metadata);
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_client_metadata']);
    }
    expect(await clientIds(server.env)).toEqual([]);
    expect((await register(server, { contacts: Array.from({ length: 3 }, () => long) })).status).toBe(201);
  });

  it('it has at most 20 redirect URIs and 20 post-logout redirect URIs, each of at most 1,000 characters', async () => {
    const server = serve();
    const uris = (count: number) => Array.from({ length: count }, (_, n) => `https://app.example/${n}`);
    const long = (length: number) => `https://app.example/${'x'.repeat(length - 20)}`;
    for (const [redirect_uris, status] of [
      [uris(20), 201],
      [uris(21), 400],
      [[long(1000)], 201],
      [[long(1001)], 400],
    ] as const) {
      const response = await register(server, { redirect_uris });
      expect(response.status).toBe(status);
      if (status === 400) expect(await errorOf(response)).toBe('invalid_redirect_uri');
      expect((await register(server, { post_logout_redirect_uris: redirect_uris })).status).toBe(status);
    }
  });

  it('the same bounds hold for a client that replaces its registration (RFC 7592 §2.2)', async () => {
    const server = serve();
    const first = (await (await register(server, { token_endpoint_auth_method: 'client_secret_basic' })).json()) as {
      client_id: string;
      registration_access_token: string;
    };
    const replaced = await server.fetch(`/register/${first.client_id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${first.registration_access_token}` },
      body: JSON.stringify({
        client_id: first.client_id,
        redirect_uris: Array.from({ length: 21 }, (_, n) => `https://app.example/${n}`),
      }),
    });
    expect([replaced.status, await errorOf(replaced)]).toEqual([400, 'invalid_redirect_uri']);
  });

  it('an administrator is not bounded so: 30 redirect URIs are registered', async () => {
    const redirect_uris = Array.from({ length: 30 }, (_, n) => `https://app.example/${n}`);
    await makeClient(serve(), { redirect_uris });
  });

  it('the audit log tells of it in a few words, and never lists what the client chose', async () => {
    const server = serve();
    const redirect_uris = Array.from({ length: 20 }, (_, n) => `https://app.example/secret-path-${n}`);
    const { client_id } = await registered(server, { redirect_uris, client_name: 'n'.repeat(200) });
    const [event] = await events(server.env, 'client.registered', client_id);
    expect(JSON.parse(event?.detail ?? '')).toMatchObject({ redirect_host: 'app.example', redirect_uris: 20 });
    expect(event?.detail).not.toContain('secret-path');
    expect(event?.detail.length).toBeLessThan(400);
  });

  it('each KiB counts against the ceiling of the network: a large registration is several', async () => {
    const REGISTRATION_CEILING = counting(10);
    const server = serve(bindings([], { REGISTRATION_CEILING }));
    const contacts = Array.from({ length: 3 }, () => 'x'.repeat(1900));
    expect((await register(server, { contacts })).status).toBe(201);
    const refused = await register(server, { contacts });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await clientIds(server.env)).toHaveLength(1);
  });

  it('all networks of an IPv6 /48 share one ceiling; another /48 has its own', async () => {
    const REGISTRATION_CEILING = counting(3);
    const server = serve(bindings([], { REGISTRATION_CEILING }));
    const status = async (from: string) => (await register(server, {}, from)).status;
    for (const group of [1, 2, 3]) expect(await status(`2001:db8:7:${group}::1`)).toBe(201);
    expect(await status('2001:db8:7:4::1')).toBe(429);
    expect(await status('2001:db8:8:1::1')).toBe(201);
  });

  it('fifty registrations of a client through RFC 7592 count against the ceiling, too', async () => {
    const REGISTRATION_CEILING = counting(5);
    const server = serve(bindings([], { REGISTRATION_CEILING }));
    const first = (await (await register(server, { token_endpoint_auth_method: 'client_secret_basic' })).json()) as {
      client_id: string;
      registration_access_token: string;
    };
    const replace = () =>
      server.fetch(`/register/${first.client_id}`, {
        method: 'PUT',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${first.registration_access_token}`,
          'cf-connecting-ip': '203.0.113.9',
        },
        body: JSON.stringify({ client_id: first.client_id, redirect_uris: [REDIRECT_URI] }),
      });
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await replace()).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(statuses.filter((status) => status === 429)).toHaveLength(46);
  });
});

for (const shards of [[], ['SHARD_WEUR']] as const) {
  describe(`registrations that never completed an authorization, with ${shards.length} shards beside DB`, () => {
    const start = Date.now();

    it('go after 24 hours with all that was written of them, those that did complete one stay', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const unused = await registered(server);
      const used = await registered(server);
      await obtainTokens(server, used);
      await runCron(env, start + DAY - HOUR);
      expect(await clientIds(env)).toHaveLength(2);
      await runCron(env, start + DAY + HOUR);
      expect(await clientIds(env)).toEqual([used.client_id]);
      expect(await events(env, 'client.registered', unused.client_id)).toEqual([]);
      expect(await events(env, 'client.registered', used.client_id)).toHaveLength(1);
    });

    it('the time is a setting', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      await setSetting(server, 'unused_registration_hours', 2);
      await registered(server);
      await runCron(env, start + HOUR);
      expect(await clientIds(env)).toHaveLength(1);
      await runCron(env, start + 3 * HOUR);
      expect(await clientIds(env)).toEqual([]);
    });

    it('one that an initial access token let in is not unused in this sense', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const { initial_access_token } = await administer<{ initial_access_token: string }>(
        server,
        'POST',
        '/initial-access-tokens',
        {
          name: 'partner',
          uses: 5,
        },
      );
      const response = await server.fetch('/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${initial_access_token}` },
        body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
      });
      expect(response.status).toBe(201);
      await runCron(env, start + 3 * DAY);
      expect(await clientIds(env)).toHaveLength(1);
    });

    it('one whose grant is alive stays, even where its first use was never noted', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const client = await registered(server);
      await env.DB.prepare('CREATE TABLE kept AS SELECT registered_from, last_used_at FROM clients').run();
      await obtainTokens(server, client);
      await env.DB.prepare(
        'UPDATE clients SET registered_from = (SELECT registered_from FROM kept), last_used_at = (SELECT last_used_at FROM kept)',
      ).run();
      await env.DB.prepare('DROP TABLE kept').run();
      await runCron(env, start + 3 * DAY);
      expect(await clientIds(env)).toEqual([client.client_id]);
    });
  });
}

describe('the number of unused registrations', () => {
  /** 100 in all, and so 5 from one network. */
  const small = async (env = bindings()) => {
    const server = serve(env);
    await setSetting(server, 'unused_registrations', 100);
    return server;
  };

  it('one network has a twentieth of it: then its oldest goes, where it is older than an hour, else 429', async () => {
    const server = await small();
    const start = Date.now();
    at(start);
    const first = await registered(server);
    at(start + 1);
    for (let n = 0; n < 4; n++) await registered(server);
    const refused = await register(server);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.toSatisfy((n) => n > 0)]);
    expect((await register(server, {}, address(1))).status).toBe(201);
    at(start + HOUR + 1000);
    await registered(server);
    const left = await clientIds(server.env);
    expect(left).toHaveLength(6);
    expect(left).not.toContain(first.client_id);
    expect(await events(server.env, 'client.registered', first.client_id)).toEqual([]);
  });

  it('an identical registration that is there already needs no room', async () => {
    const server = await small();
    for (let n = 0; n < 5; n++) await registered(server, { client_name: `client ${n}` });
    expect((await register(server, { client_name: 'client 0' })).status).toBe(201);
  });

  it('where all is full, the network with most gives up its oldest, and nobody else', async () => {
    const server = await small();
    const start = Date.now();
    at(start);
    const big = [];
    for (let n = 0; n < 5; n++) {
      at(start + n);
      big.push(await registered(server, {}, address(0)));
    }
    for (let network = 1; network <= 23; network++) {
      for (let n = 0; n < 4; n++) await registered(server, {}, address(network));
    }
    for (let n = 0; n < 3; n++) await registered(server, {}, address(24));
    expect(await clientIds(server.env)).toHaveLength(100);
    expect((await register(server, {}, address(30))).status).toBe(429);
    at(start + HOUR + 1000);
    const newest = await registered(server, {}, address(30));
    const left = await clientIds(server.env);
    expect(left).toHaveLength(100);
    expect(left).toContain(newest.client_id);
    expect(big.filter(({ client_id }) => left.includes(client_id))).toHaveLength(4);
    expect(left).not.toContain(big[0]?.client_id);
  });

  it('fifty at once from one network are five, and fifty from fifty networks are all', async () => {
    const server = await small();
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await register(server)).status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(5);
    const others = await Promise.all(
      Array.from({ length: 50 }, async (_, network) => (await register(server, {}, address(network))).status),
    );
    expect(others.every((status) => status === 201)).toBe(true);
  });

  it('what completed an authorization, and what an administrator decided about, is never evicted', async () => {
    const server = await small();
    const start = Date.now();
    at(start);
    const used = await registered(server);
    await obtainTokens(server, used);
    const trusted = await registered(server);
    await administer(server, 'PATCH', `/clients/${trusted.client_id}`, { trusted: true });
    const disabled = await registered(server);
    await administer(server, 'PATCH', `/clients/${disabled.client_id}`, { disabled: true });
    await runCron(server.env, start);
    at(start + 2 * HOUR);
    for (let n = 0; n < 5; n++) await registered(server);
    at(start + 4 * HOUR);
    for (let n = 0; n < 5; n++) await registered(server);
    const left = await clientIds(server.env);
    for (const { client_id } of [used, trusted, disabled]) expect(left).toContain(client_id);
    expect(left).toHaveLength(8);
  });

  it('of the network that registered a client only a keyed hash is kept, and that until its first use', async () => {
    const server = serve();
    const client = await registered(server);
    const kept = () => server.env.DB.prepare('SELECT registered_from FROM clients').first<string>('registered_from');
    expect(await kept()).toMatch(/^[\w-]{22}$/);
    expect(await kept()).not.toBe(sha256('203.0.113.9').slice(0, 22));
    await obtainTokens(server, client);
    expect(await kept()).toBeNull();
  });

  it('a client that deletes its unused registration leaves nothing behind', async () => {
    const server = serve();
    const { client_id, registration_access_token } = (await (
      await register(server, { token_endpoint_auth_method: 'client_secret_basic' })
    ).json()) as { client_id: string; registration_access_token: string };
    const headers = { authorization: `Bearer ${registration_access_token}` };
    expect((await server.fetch(`/register/${client_id}`, { method: 'DELETE', headers })).status).toBe(204);
    const rows = await server.env.DB.prepare(
      'SELECT (SELECT count(*) FROM clients) + (SELECT count(*) FROM cutoffs) + (SELECT count(*) FROM audit_events WHERE subject = ?) AS n',
    )
      .bind(client_id)
      .first('n');
    expect(rows).toBe(0);
  });
});

describe('RFC 9126 §2.3 a pushed request is bounded', () => {
  const request = (client: { client_id: string }, changes: Record<string, string | undefined> = {}) => ({
    ...Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1])),
    ...changes,
  });

  it('only the parameters that this server knows are kept', async () => {
    const server = serve();
    const client = await makeClient(server);
    const more = { flavour: 'x'.repeat(20_000), login_hint: 'user@example.com', ui_locales: 'de' };
    expect((await postForm(server, client, '/par', request(client, more))).status).toBe(201);
    const parameters = await server.env.DB.prepare('SELECT parameters FROM pushed_requests').first<string>(
      'parameters',
    );
    expect([...new URLSearchParams(parameters ?? '').keys()].sort()).toEqual([
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'login_hint',
      'nonce',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
      'ui_locales',
    ]);
  });

  it('413 where those are longer than 8 KiB', async () => {
    const server = serve();
    const client = await makeClient(server);
    expect((await postForm(server, client, '/par', request(client, { state: 'x'.repeat(8200) }))).status).toBe(413);
    expect((await postForm(server, client, '/par', request(client, { state: 'x'.repeat(7000) }))).status).toBe(201);
  });

  it('the ceiling counts each KiB, for every client that no administrator made or trusts', async () => {
    const PUSHED_REQUEST_CEILING = counting(4);
    const server = serve(bindings([], { PUSHED_REQUEST_CEILING }));
    const confidential = {
      ...((await (await register(server, { token_endpoint_auth_method: 'client_secret_post' })).json()) as TestClient),
      method: 'client_secret_post',
    };
    const push = async (client: TestClient, state = 'x') =>
      (await postForm(server, client, '/par', request(client, { state }), { 'cf-connecting-ip': '203.0.113.9' }))
        .status;
    expect(await push(confidential, 'x'.repeat(2000))).toBe(201);
    expect(await push(confidential, 'x'.repeat(2000))).toBe(429);
    const made = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    expect(await push(made, 'x'.repeat(2000))).toBe(201);
  });
});

describe('RFC 8628 §3.1 device authorization is bounded', () => {
  const device = { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'], redirect_uris: [] };

  it('a network may begin so many in a minute, then 429 with Retry-After, and nothing is stored', async () => {
    const DEVICE_AUTHORIZATION_CEILING = counting(5);
    const server = serve(bindings([], { DEVICE_AUTHORIZATION_CEILING }));
    const client = await makeClient(server, device);
    const begin = (from: string) => postForm(server, client, '/device_authorization', {}, { 'cf-connecting-ip': from });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => begin(`2001:db8:7:${n}::1`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map((answer) => answer.headers.get('retry-after'))).toEqual(refused.map(() => '60'));
    expect(await server.env.DB.prepare('SELECT count(*) AS n FROM device_codes').first('n')).toBe(5);
    expect((await begin('203.0.113.9')).status).toBe(200);
  });

  it('a client that an administrator made, and that authenticates, is not counted', async () => {
    const DEVICE_AUTHORIZATION_CEILING = counting(0);
    const server = serve(bindings([], { DEVICE_AUTHORIZATION_CEILING }));
    const client = await makeClient(server, { ...device, token_endpoint_auth_method: 'client_secret_post' });
    expect((await postForm(server, client, '/device_authorization', {})).status).toBe(200);
  });
});

describe('sign-up is bounded', () => {
  it('all networks of a /48 share one ceiling', async () => {
    const SIGN_UP_CEILING = counting(2);
    const server = serve(bindings([], { SIGN_UP_CEILING }));
    await setSetting(server, 'sign_up', 'allow');
    const signUp = async (n: number) => {
      const user = server.user();
      const form = await readForm(await user.open('/sign-up'), '/sign-up');
      user.address = `2001:db8:7:${n}::1`;
      const typed = { name: `User ${n}`, email: `user-${n}@example.com`, password: 'correct horse battery' };
      return (await user.send(form, typed)).status;
    };
    expect([await signUp(1), await signUp(2), await signUp(3)]).toEqual([200, 200, 429]);
  });
});

describe('the audit log is bounded', () => {
  it('RFC 7009: a token that is revoked again and again is one row, and so is a refresh token', async () => {
    const server = serve();
    const client = await makeClient(server);
    const { access_token, refresh_token } = await obtainTokens(server, client);
    for (const [token, type] of [
      [access_token, 'token.revoked'],
      [refresh_token, 'grant.revoked'],
    ] as const) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => postForm(server, client, '/revoke', { token })),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(await events(server.env, type)).toHaveLength(1);
    }
  });

  it('a consent form that is sent again and again is one row', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const form = await readForm(await user.open(authorizeUrl(client)), '/consent');
    await Promise.all(Array.from({ length: 50 }, () => user.send(form, { decision: 'allow' })));
    expect(await events(server.env, 'consent')).toHaveLength(1);
    await user.send(form, { decision: 'deny' });
    expect([...(await events(server.env, 'consent')), ...(await events(server.env, 'consent.denied'))]).toHaveLength(1);
  });

  it('no detail of an event is longer than 4 KiB', async () => {
    const server = serve();
    await setSetting(
      server,
      'scopes_supported',
      Array.from({ length: 300 }, (_, n) => `scope-${n} what it is for`).join('\n'),
    );
    const longest = await server.env.DB.prepare('SELECT max(length(detail)) AS n FROM audit_events').first('n');
    expect(longest).toBeLessThanOrEqual(4096);
  });
});
