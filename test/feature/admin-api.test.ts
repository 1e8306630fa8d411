/** The administrator's API: who may, what each verb does, and what it leaves in the audit log. */
import { describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import {
  errorOf,
  makeClient,
  obtainCode,
  obtainTokens,
  postToken,
  redemption,
  refresh,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { ADMINISTRATOR, addAdministrator, administer, bindings, ISSUER, serve, setSetting } from '../support/server.ts';
import { readForm } from '../support/user.ts';

type Event = { type: string; subject: string; actor: string; detail: Record<string, unknown> };
const eventsOf = async (server: ReturnType<typeof serve>) =>
  (await administer<{ events: Event[] }>(server, 'GET', '/events')).events;

describe('who may administer', () => {
  it('a user with the role administrator, by a token with the scope admin', async () => {
    const server = serve();
    const client = await makeClient(server, { scope: 'openid admin' });
    const call = async (token: string) =>
      server.fetch('/api/admin/settings', { headers: { authorization: `Bearer ${token}` } });
    const tokens = await obtainTokens(server, client, { scope: 'openid admin' });
    expect((await call(tokens.access_token)).status).toBe(200);
    const without = await obtainTokens(server, client, { scope: 'openid' });
    expect((await call(without.access_token)).status).toBe(403);
    // The role is looked at with each use.
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${users[0]?.id}`, { roles: [] });
    const refused = await call(tokens.access_token);
    expect([refused.status, await errorOf(refused)]).toEqual([403, 'access_denied']);
  });

  it('nobody without a token, and the challenge says where to get one', async () => {
    const response = await serve().fetch('/api/admin/clients');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('scope="admin"');
    expect(response.headers.get('www-authenticate')).toContain(
      `${ISSUER}/.well-known/oauth-protected-resource/api/admin/clients`,
    );
  });

  it('the local command on loopback only, for a minute only, and only with the root secret', async () => {
    const local = bindings([], { ISSUER: 'http://localhost:8787' });
    const token = (now: number, issuer = local.ISSUER) => localCommandToken(readConfig(local).root, issuer, now);
    const call = async (env: typeof local, authorization: string) =>
      (await serve(env).fetch('/api/admin/settings', { headers: { authorization: `Bearer ${authorization}` } })).status;
    const now = Date.now();
    expect(await call(local, token(now))).toBe(200);
    expect(await call(local, token(now - 61_000))).toBe(401);
    expect(await call(local, token(now + 3_600_000))).toBe(401);
    expect(await call(local, token(now, 'http://localhost:9999'))).toBe(401);
    expect(await call(local, `${token(now).slice(0, -3)}AAA`)).toBe(401);
    expect(await call(bindings(), token(now, ISSUER))).toBe(401);
  });
});

describe('settings', () => {
  it('every one has a value, a default and a help text, and takes effect without a restart', async () => {
    const server = serve();
    const { settings } = await administer<{
      settings: { name: string; value: unknown; default: unknown; help: string }[];
    }>(server, 'GET', '/settings');
    expect(settings.length).toBeGreaterThan(20);
    for (const setting of settings) {
      expect(setting.value).toEqual(setting.default);
      expect(setting.help.length).toBeGreaterThan(20);
    }
    await setSetting(server, 'access_token_minutes', 30);
    expect((await obtainTokens(server, await makeClient(server))).expires_in).toBe(1800);
    await setSetting(server, 'code_seconds', 10);
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    vi.useFakeTimers({ now: Date.now() + 11_000, toFake: ['Date'] });
    expect((await postToken(server, client, redemption(code))).status).toBe(400);
  });

  it('a value that does not fit is refused by name, and nothing changes', async () => {
    const server = serve();
    for (const [name, value] of [
      ['access_token_minutes', 61],
      ['access_token_minutes', '10'],
      ['skip_authorization', 'yes'],
      ['sign_up', 'maybe'],
      ['resource_documentation', 'javascript:alert(1)'],
    ]) {
      expect((await server.admin('PUT', `/settings/${name}`, { value })).status).toBe(400);
    }
    expect((await server.admin('PUT', '/settings/no_such_setting', { value: 1 })).status).toBe(404);
    expect((await server.admin('PUT', '/settings/sign_up', 'allow')).status).toBe(400);
  });
});

describe('clients', () => {
  it('are made, read, changed, listed and deleted; the secret is shown once and hashed', async () => {
    const server = serve();
    const made = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    expect(made.client_secret).toMatch(/^ps_[A-Za-z0-9]{43}$/);
    const path = `/clients/${made.client_id}`;
    expect(await administer<object>(server, 'GET', path)).not.toHaveProperty('client_secret');
    const changed = await administer<object>(server, 'PATCH', path, {
      metadata: { client_name: 'Renamed' },
      roles: ['editor'],
    });
    expect(changed).toMatchObject({
      client_id: made.client_id,
      metadata: { client_name: 'Renamed' },
      roles: ['editor'],
    });
    const { clients } = await administer<{ clients: object[] }>(server, 'GET', '/clients');
    expect(clients).toHaveLength(1);
    await administer(server, 'DELETE', path);
    expect((await server.admin('GET', path)).status).toBe(404);
  });

  it('a rotated secret replaces the old one, which stays good for as long as the setting says, or not at all', async () => {
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    const tokens = await obtainTokens(server, client);
    const rotated = await administer<{ client_secret: string }>(server, 'POST', `/clients/${client.client_id}/secret`);
    const works = async (secret: string | undefined) =>
      (await refresh(server, { ...client, client_secret: secret as string }, tokens.refresh_token)).status === 200;
    expect([await works(client.client_secret), await works(rotated.client_secret)]).toEqual([true, true]);
    vi.useFakeTimers({ now: Date.now() + 24 * 3600_000 + 1000, toFake: ['Date'] });
    expect(await works(client.client_secret)).toBe(false);
    vi.useRealTimers();
    // A leaked one is replaced at once.
    const path = `/clients/${client.client_id}/secret`;
    const third = await administer<{ client_secret: string }>(server, 'POST', path, { overlap_hours: 0 });
    expect([await works(rotated.client_secret), await works(third.client_secret)]).toEqual([false, true]);
    const secretless = await makeClient(server);
    expect((await server.admin('POST', `/clients/${secretless.client_id}/secret`)).status).toBe(409);
  });

  it('a combination that does not hold together is refused with a clear message', async () => {
    const server = serve();
    for (const metadata of [
      { redirect_uris: ['http://app.example/'] },
      { redirect_uris: ['https://app.example/'], response_types: ['token'] },
      { redirect_uris: ['https://app.example/'], grant_types: ['implicit'] },
    ]) {
      const response = await server.admin('POST', '/clients', { metadata });
      expect(response.status).toBe(400);
      expect(((await response.json()) as { error_description: string }).error_description.length).toBeGreaterThan(20);
    }
    const unknown = await server.admin('POST', '/clients', {
      metadata: { redirect_uris: ['https://a.example/'] },
      flavour: 1,
    });
    expect(unknown.status).toBe(400);
  });

  it('what a client said of itself is not changed by others', async () => {
    const server = serve();
    const client = (await (await registerClient(server)).json()) as TestClient;
    expect(
      (await server.admin('PATCH', `/clients/${client.client_id}`, { metadata: { client_name: 'X' } })).status,
    ).toBe(409);
    expect((await server.admin('PATCH', `/clients/${client.client_id}`, { trusted: true })).status).toBe(200);
  });

  it('lists come in pages', async () => {
    const server = serve();
    for (let count = 0; count < 105; count++) await registerClient(server, { client_name: `Client ${count}` });
    const first = await administer<{ clients: { client_id: string }[]; next: string }>(server, 'GET', '/clients');
    const second = await administer<{ clients: { client_id: string }[]; next?: string }>(
      server,
      'GET',
      `/clients?after=${first.next}`,
    );
    expect([first.clients.length, second.clients.length, second.next]).toEqual([100, 5, undefined]);
    expect(new Set([...first.clients, ...second.clients].map((client) => client.client_id)).size).toBe(105);
    expect((await server.admin('GET', '/clients?after=nonsense')).status).toBe(400);
  });
});

describe('outstanding codes', () => {
  it('are listed while they wait, and gone when they are redeemed; the code itself is not there', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const { codes } = await administer<{ codes: object[] }>(server, 'GET', '/codes');
    expect(codes).toMatchObject([{ client_id: client.client_id, scope: 'openid profile' }]);
    expect(JSON.stringify(codes)).not.toContain(code);
    await postToken(server, client, redemption(code));
    expect(await administer(server, 'GET', '/codes')).toEqual({ codes: [] });
  });
});

describe('the audit log', () => {
  it('has a row for each act, in whichever database decided it', async () => {
    for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
      const server = serve(bindings([...shards]));
      await registerClient(server);
      const client = await makeClient(server);
      await obtainTokens(server, client);
      await server.user().signIn(ADMINISTRATOR.email, 'wrong password');
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      await user.send(await readForm(await user.open('/sign-out'), '/sign-out'));
      await setSetting(server, 'skip_authorization', true);
      await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
      const types = (await eventsOf(server)).map((event) => event.type);
      for (const type of [
        'client.registered',
        'client.created',
        'user.added',
        'sign-in',
        'consent',
        'grant',
        'sign-in.failed',
        'sign-out',
        'setting.changed',
        'client.disabled',
      ]) {
        expect(types).toContain(type);
      }
    }
  });

  it('says who did what, and a reuse of a refresh token is visible', async () => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client);
    const second = (await (await refresh(server, client, tokens.refresh_token)).json()) as { refresh_token: string };
    const third = (await (await refresh(server, client, second.refresh_token)).json()) as { refresh_token: string };
    await refresh(server, client, third.refresh_token);
    // Three generations old: no late request of a second tab.
    await refresh(server, client, tokens.refresh_token);
    const events = await eventsOf(server);
    expect(events.find((event) => event.type === 'grant.revoked')).toMatchObject({
      actor: `client:${client.client_id}`,
      detail: { because: 'refresh token reused' },
    });
    expect(events.find((event) => event.type === 'client.created')?.actor).toBe('command');
  });

  it('an identical registration is written once', async () => {
    const server = serve();
    for (let times = 0; times < 3; times++) await registerClient(server);
    const registered = (await eventsOf(server)).filter((event) => event.type === 'client.registered');
    expect(registered.length).toBe(1);
  });
});
