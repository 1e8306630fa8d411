/** RFC 7592: a client manages its registration; RFC 7591 §3: who may register at all. */
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  errorOf,
  obtainTokens,
  REDIRECT_URI,
  refresh,
  registerClient,
} from '../support/client.ts';
import { administer, type Server, serve, setSetting } from '../support/server.ts';

type Registered = {
  client_id: string;
  client_secret?: string;
  registration_access_token?: string;
  registration_client_uri?: string;
  method: string;
};

const CONFIDENTIAL = { token_endpoint_auth_method: 'client_secret_basic' };

async function register(server: Server, metadata: Record<string, unknown> = CONFIDENTIAL): Promise<Registered> {
  const registered = (await (await registerClient(server, metadata)).json()) as Registered & Record<string, string>;
  return { ...registered, method: registered.token_endpoint_auth_method ?? '' };
}

const manage = (
  server: Server,
  client: Registered,
  method: string,
  body?: unknown,
  token = client.registration_access_token,
) =>
  server.fetch(new URL(client.registration_client_uri ?? `https://as.example/register/${client.client_id}`).pathname, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

const initialToken = (server: Server, request: Record<string, unknown> = {}) =>
  administer<{ initial_access_token: string; id: string }>(server, 'POST', '/initial-access-tokens', {
    name: 'Partners',
    ...request,
  });

const registerWith = (server: Server, token: string, metadata: Record<string, unknown> = {}) =>
  server.fetch('/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none', ...metadata }),
  });

describe('RFC 7592 §2.1 reading', () => {
  it('a confidential client gets a registration access token and reads what it registered, but no secret', async () => {
    const server = serve();
    const client = await register(server);
    expect(client.registration_access_token).toMatch(/^pt_/);
    expect(client.registration_client_uri).toBe(`https://as.example/register/${client.client_id}`);
    const response = await manage(server, client, 'GET');
    const read = await json(response);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(read).toMatchObject({
      client_id: client.client_id,
      redirect_uris: [REDIRECT_URI],
      registration_access_token: client.registration_access_token,
      registration_client_uri: client.registration_client_uri,
    });
    expect(read.client_secret).toBeUndefined();
  });

  it('If the client does not exist on this server, the server MUST respond with HTTP 401; so for a wrong token', async () => {
    const server = serve();
    const client = await register(server);
    const other = await register(server);
    for (const response of [
      await manage(server, client, 'GET', undefined, other.registration_access_token),
      await manage(server, client, 'GET', undefined, 'pt_wrong'),
      await manage(server, { ...client, registration_client_uri: 'https://as.example/register/c_nobody' }, 'GET'),
      await server.fetch(`/register/${client.client_id}`),
    ]) {
      expect([response.status, await errorOf(response.clone())]).toEqual([401, 'invalid_token']);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });
});

describe('RFC 7592 §2.2 replacing', () => {
  it('what is sent replaces all that was registered', async () => {
    const server = serve();
    const client = await register(server, { ...CONFIDENTIAL, client_uri: 'https://app.example/' });
    const { client_id } = client;
    const body = { client_id, redirect_uris: ['https://new.example/'], client_name: 'New', ...CONFIDENTIAL };
    const replaced = await json(await manage(server, client, 'PUT', body));
    expect(replaced).toMatchObject({ client_name: 'New', redirect_uris: ['https://new.example/'] });
    expect(replaced.client_uri).toBeUndefined();
    expect(await json(await manage(server, client, 'GET'))).toMatchObject({ client_name: 'New' });
  });

  it('the fields that MUST NOT be sent, and a client_id or client_secret that is another, are refused', async () => {
    const server = serve();
    const client = await register(server);
    const { client_id, client_secret } = client;
    const right = { client_id, redirect_uris: [REDIRECT_URI], ...CONFIDENTIAL };
    for (const wrong of [
      { ...right, registration_access_token: client.registration_access_token },
      { ...right, registration_client_uri: client.registration_client_uri },
      { ...right, client_secret_expires_at: 0 },
      { ...right, client_id_issued_at: 1 },
      { ...right, client_id: 'c_other' },
      { ...right, client_secret: 'mine' },
      { ...right, redirect_uris: ['http://evil.example/'] },
    ]) {
      expect((await manage(server, client, 'PUT', wrong)).status).toBe(400);
    }
    expect((await manage(server, client, 'PUT', { ...right, client_secret })).status).toBe(200);
  });

  it.each(['null', '"a text"', '7', '[]'])('%s is not metadata', async (body) => {
    const server = serve();
    const client = await register(server);
    const response = await manage(server, client, 'PUT', JSON.parse(body) ?? { toJSON: () => null });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_client_metadata']);
  });

  it('a client that begins to use a secret is given one, once', async () => {
    const server = serve();
    const { initial_access_token } = await initialToken(server);
    const client = (await json(await registerWith(server, initial_access_token))) as unknown as Registered;
    const body = { client_id: client.client_id, redirect_uris: [REDIRECT_URI], ...CONFIDENTIAL };
    expect((await json(await manage(server, client, 'PUT', body))).client_secret).toMatch(/^ps_/);
    expect((await json(await manage(server, client, 'PUT', body))).client_secret).toBeUndefined();
  });

  it('a secret that is no longer registered is gone, and so is the one before it', async () => {
    const server = serve();
    const client = await register(server, CONFIDENTIAL);
    await administer(server, 'POST', `/clients/${client.client_id}/secret`);
    const own = { client_id: client.client_id, redirect_uris: [REDIRECT_URI] };
    await manage(server, client, 'PUT', { ...own, token_endpoint_auth_method: 'none' });
    const { client_secret } = await json(await manage(server, client, 'PUT', { ...own, ...CONFIDENTIAL }));
    expect(client_secret).toMatch(/^ps_/);
    const basic = (secret: unknown) =>
      server.fetch('/introspect', {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${client.client_id}:${secret}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'token=x',
      });
    expect([(await basic(client.client_secret)).status, (await basic(client_secret)).status]).toEqual([401, 200]);
  });
});

describe('RFC 7592 §2.2 the trust of an administrator', () => {
  const OTHER = 'https://evil.example/callback';
  const trustOf = async (server: Server, { client_id }: Registered) =>
    (await administer<{ trusted: boolean }>(server, 'GET', `/clients/${client_id}`)).trusted;
  const trusted = async (server: Server, metadata: Record<string, unknown> = {}) => {
    const client = await register(server, { ...CONFIDENTIAL, ...metadata });
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { trusted: true });
    return client;
  };
  const put = (server: Server, client: Registered, metadata: Record<string, unknown>) =>
    manage(server, client, 'PUT', {
      client_id: client.client_id,
      redirect_uris: [REDIRECT_URI],
      ...CONFIDENTIAL,
      ...metadata,
    });

  it('ends where the client changes its own redirect URIs: the next user is asked, and the audit log says so', async () => {
    const server = serve();
    const client = await trusted(server);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect((await user.request(authorizeUrl(client))).status).toBe(303);
    expect((await put(server, client, { redirect_uris: [REDIRECT_URI, OTHER] })).status).toBe(200);
    expect(await trustOf(server, client)).toBe(false);
    for (const redirect_uri of [REDIRECT_URI, OTHER]) {
      expect((await user.request(authorizeUrl(client, { redirect_uri }))).status).toBe(200);
    }
    const { events } = await administer<{ events: object[] }>(server, 'GET', '/events?type=client.trust-ended');
    expect(events).toMatchObject([{ subject: client.client_id, actor: `client:${client.client_id}` }]);
  });

  it.each([
    ['another address to return to after signing out', { post_logout_redirect_uris: ['https://evil.example/out'] }],
    ['another path', { redirect_uris: [`${REDIRECT_URI}/2`] }],
    ['a query', { redirect_uris: [`${REDIRECT_URI}?x`] }],
    ['another in place of the first', { redirect_uris: [OTHER] }],
  ])('ends by %s', async (_, metadata) => {
    const server = serve();
    const client = await trusted(server);
    await put(server, client, metadata);
    expect(await trustOf(server, client)).toBe(false);
  });

  it('stays where the redirect URIs are the same, in whatever order', async () => {
    const server = serve();
    const redirect_uris = [REDIRECT_URI, 'https://app.example/another'];
    const client = await trusted(server, { redirect_uris });
    await put(server, client, { redirect_uris: redirect_uris.toReversed(), client_name: 'New', scope: 'openid' });
    expect(await trustOf(server, client)).toBe(true);
  });

  it('does not return when the URIs do, and is given anew by an administrator only', async () => {
    const server = serve();
    const client = await trusted(server);
    await put(server, client, { redirect_uris: [OTHER] });
    await put(server, client, {});
    expect(await trustOf(server, client)).toBe(false);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { trusted: true });
    expect(await trustOf(server, client)).toBe(true);
  });

  it('fifty changes of the redirect URIs, with the trust given amid them: it is not for URIs that came later', async () => {
    const server = serve();
    const client = await register(server);
    const changes = Array.from({ length: 50 }, (_, index) =>
      put(server, client, { redirect_uris: [`${OTHER}/${index}`] }),
    );
    await Promise.all([administer(server, 'PATCH', `/clients/${client.client_id}`, { trusted: true }), ...changes]);
    await put(server, client, { redirect_uris: [`${OTHER}/last`] });
    expect(await trustOf(server, client)).toBe(false);
  });

  it('as If-Match demands, is not given to a client that changed its redirect URIs since they were read', async () => {
    const server = serve();
    const client = await register(server);
    const path = `/clients/${client.client_id}`;
    const etag = (await server.admin('GET', path)).headers.get('etag') ?? '';
    await put(server, client, { redirect_uris: [OTHER] });
    expect((await server.admin('PATCH', path, { trusted: true }, { 'if-match': etag })).status).toBe(412);
    expect(await trustOf(server, client)).toBe(false);
  });
});

describe('RFC 7592 §2.3 deleting', () => {
  it('the client is no more, and its tokens end', async () => {
    const server = serve();
    const client = await register(server, { ...CONFIDENTIAL, grant_types: ['authorization_code', 'refresh_token'] });
    const tokens = await obtainTokens(server, client);
    expect((await manage(server, client, 'DELETE')).status).toBe(204);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(401);
    expect((await manage(server, client, 'GET')).status).toBe(401);
  });

  it('a disabled client cannot manage itself, and nobody can while registration is off', async () => {
    const server = serve();
    const client = await register(server);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    expect((await manage(server, client, 'DELETE')).status).toBe(403);
    await setSetting(server, 'enable_dynamic_client_registration', false);
    expect((await manage(server, client, 'GET')).status).toBe(404);
  });
});

describe('RFC 7592 §5 clients that identical registrations share', () => {
  it('a second identical registration cannot read, change or delete the first', async () => {
    const server = serve();
    const first = await register(server, {});
    const second = await register(server, {});
    expect(second.client_id).toBe(first.client_id);
    expect([first.registration_access_token, second.registration_access_token]).toEqual([undefined, undefined]);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body =
        method === 'PUT' ? { client_id: first.client_id, redirect_uris: ['https://evil.example/'] } : undefined;
      for (const token of ['', 'pt_', 'null', 'undefined']) {
        expect([400, 401]).toContain((await manage(server, second, method, body, token)).status);
      }
    }
  });

  it('with an initial access token each gets its own client, and manages it', async () => {
    const server = serve();
    const { initial_access_token } = await initialToken(server, { uses: 2 });
    const clients = await Promise.all(
      [1, 2].map(async () => (await json(await registerWith(server, initial_access_token))) as unknown as Registered),
    );
    expect(clients[0]?.client_id).not.toBe(clients[1]?.client_id);
    for (const client of clients) expect((await manage(server, client, 'GET')).status).toBe(200);
    const [one, two] = clients as [Registered, Registered];
    expect((await manage(server, one, 'GET', undefined, two.registration_access_token)).status).toBe(401);
  });
});

describe('RFC 7591 §3 initial access tokens', () => {
  it('where the setting says so, nobody registers without one', async () => {
    const server = serve();
    await setSetting(server, 'registration_needs_token', true);
    const refused = await registerClient(server);
    expect([refused.status, await errorOf(refused)]).toEqual([401, 'invalid_token']);
    const { initial_access_token } = await initialToken(server);
    expect((await registerWith(server, initial_access_token)).status).toBe(201);
  });

  it('it is good for as many clients as it says, also when fifty come at once', async () => {
    const server = serve();
    const { initial_access_token } = await initialToken(server, { uses: 3 });
    const responses = await Promise.all(Array.from({ length: 50 }, () => registerWith(server, initial_access_token)));
    expect(responses.filter(({ status }) => status === 201).length).toBe(3);
    expect(responses.filter(({ status }) => status === 401).length).toBe(47);
    const { clients } = await administer<{ clients: unknown[] }>(server, 'GET', '/clients');
    expect(clients.length).toBe(3);
  });

  it('one that is unknown or removed is refused, and a wrong request does not use it up', async () => {
    const server = serve();
    const token = await initialToken(server);
    expect((await registerWith(server, 'pi_unknown')).status).toBe(401);
    expect(
      (await registerWith(server, token.initial_access_token, { redirect_uris: ['http://x.example/'] })).status,
    ).toBe(400);
    const list = () => administer<{ tokens: { uses_left: number }[] }>(server, 'GET', '/initial-access-tokens');
    expect((await list()).tokens).toMatchObject([{ uses_left: 1, name: 'Partners' }]);
    await administer(server, 'DELETE', `/initial-access-tokens/${token.id}`);
    expect((await registerWith(server, token.initial_access_token)).status).toBe(401);
    expect((await list()).tokens).toEqual([]);
  });
});
