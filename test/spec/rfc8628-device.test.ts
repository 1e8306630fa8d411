/** RFC 8628: a device without a browser, and the user who connects it. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  errorOf,
  makeClient,
  me,
  payloadOf,
  refresh,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import {
  ADMINISTRATOR,
  addAdministrator,
  administer,
  bindings,
  ISSUER,
  type Server,
  serve,
  setSetting,
} from '../support/server.ts';
import { parseForm, text, type User } from '../support/user.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

type Device = {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
};

const post = (server: Server, path: string, body: Record<string, string>) =>
  server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(body).toString(),
  });

const makeDeviceClient = (server: Server, metadata: Record<string, unknown> = {}) =>
  makeClient(server, { grant_types: [GRANT, 'refresh_token'], redirect_uris: [], ...metadata });

async function begin(server: Server, client: TestClient, body: Record<string, string> = {}): Promise<Device> {
  const response = await post(server, '/device_authorization', {
    client_id: client.client_id,
    scope: 'openid profile',
    ...body,
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Device;
}

const poll = (server: Server, client: TestClient, { device_code }: Device, body: Record<string, string> = {}) =>
  post(server, '/token', { grant_type: GRANT, client_id: client.client_id, device_code, ...body });

async function signedIn(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

/** Answers the request as the user does in the browser. @returns the page. */
async function answer(user: User, device: Device, decision = 'allow'): Promise<string> {
  const html = await (await user.open(device.verification_uri_complete.slice(ISSUER.length))).text();
  return (await user.send(parseForm(html, '/device'), { decision })).text();
}

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`RFC 8628 §3 device authorization, with ${shards.length} shards beside DB`, () => {
    let server: Server;
    let client: TestClient;
    beforeEach(async () => {
      server = serve(bindings([...shards]));
      client = await makeDeviceClient(server);
    });

    it('§3.2 the device gets a code to poll with, and one to show with the address to type it at', async () => {
      const device = await begin(server, client);
      expect(device).toMatchObject({
        verification_uri: `${ISSUER}/device`,
        verification_uri_complete: `${ISSUER}/device?user_code=${device.user_code}`,
        expires_in: 600,
        interval: 5,
      });
      expect(device.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      expect(device.device_code.startsWith(`pd_${shards.length > 0 ? 'weur' : '0'}_`)).toBe(true);
    });

    it('§3.5 authorization_pending until the user has answered; then tokens, with a refresh token that works', async () => {
      const device = await begin(server, client);
      expect(await errorOf(await poll(server, client, device))).toBe('authorization_pending');
      expect(text(await answer(await signedIn(server), device))).toContain('Connected');
      const response = await poll(server, client, device);
      const tokens = (await response.json()) as Tokens;
      expect([response.status, tokens.scope]).toEqual([200, 'openid profile']);
      expect(payloadOf(tokens.id_token ?? '')).toMatchObject({ aud: client.client_id });
      expect((await me(server, tokens.access_token)).status).toBe(200);
      expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    });

    it('§3.5 consumed once: of fifty polls at once exactly one gets tokens, and they go on working', async () => {
      const device = await begin(server, client);
      await answer(await signedIn(server), device);
      const responses = await Promise.all(Array.from({ length: 50 }, () => poll(server, client, device)));
      const winners = responses.filter(({ status }) => status === 200);
      expect(winners.length).toBe(1);
      const [winner] = winners as [Response];
      const errors = await Promise.all(responses.filter(({ status }) => status !== 200).map(errorOf));
      expect(new Set(errors)).toEqual(new Set(['invalid_grant']));
      later(60);
      expect(await errorOf(await poll(server, client, device))).toBe('invalid_grant');
      const { refresh_token } = (await winner.json()) as Tokens;
      expect((await refresh(server, client, refresh_token)).status).toBe(200);
    });

    it('a consent withdrawn, a user or client disabled between answer and poll: no grant', async () => {
      const user = await signedIn(server);
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      const id = users[0]?.id ?? '';
      const withdrawn = await begin(server, client);
      await answer(user, withdrawn);
      await administer(server, 'DELETE', `/users/${id}/consents/${client.client_id}`);
      expect(await errorOf(await poll(server, client, withdrawn))).toBe('invalid_grant');
      const disabled = await begin(server, client);
      await answer(user, disabled);
      await addAdministrator(server);
      await administer(server, 'PATCH', `/users/${id}`, { disabled: true });
      expect(await errorOf(await poll(server, client, disabled))).toBe('invalid_grant');
    });
  });
}

describe('RFC 8628 §3.5 what the device is told', () => {
  it('slow_down: the interval MUST be increased by 5 seconds for this and all subsequent requests', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client);
    expect(await errorOf(await poll(server, client, device))).toBe('authorization_pending');
    expect(await errorOf(await poll(server, client, device))).toBe('slow_down');
    later(6);
    expect(await errorOf(await poll(server, client, device))).toBe('slow_down');
    later(6 + 16);
    expect(await errorOf(await poll(server, client, device))).toBe('authorization_pending');
  });

  it('access_denied when the user said no, by 400', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client);
    expect(text(await answer(await signedIn(server), device, 'deny'))).toContain('Not connected');
    const response = await poll(server, client, device);
    expect([response.status, await errorOf(response)]).toEqual([400, 'access_denied']);
  });

  it('expired_token when nobody answered in time', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client);
    later(601);
    expect(await errorOf(await poll(server, client, device))).toBe('expired_token');
    const page = await (await signedIn(server)).open(`/device?user_code=${device.user_code}`);
    expect([page.status, text(await page.text())]).toEqual([400, expect.stringContaining('No device has')]);
  });

  it('who answered in the last seconds has a minute to be heard; then it has expired for good', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const user = await signedIn(server);
    const [heard, forgotten] = [await begin(server, client), await begin(server, client)];
    later(590);
    await answer(user, heard);
    await answer(user, forgotten);
    later(30);
    expect((await poll(server, client, heard)).status).toBe(200);
    later(40);
    expect(await errorOf(await poll(server, client, forgotten))).toBe('expired_token');
  });

  it('a code that is forged, of another client, or sent by a client without the grant is refused', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client);
    await answer(await signedIn(server), device);
    expect(await errorOf(await poll(server, await makeDeviceClient(server), device))).toBe('invalid_grant');
    for (const device_code of ['x', device.device_code.slice(0, -1), device.device_code.replace('pd_0_', 'pd_zz_')]) {
      expect(await errorOf(await poll(server, client, { ...device, device_code }))).toBe('invalid_grant');
    }
    const without = await makeClient(server);
    const refused = await post(server, '/device_authorization', { client_id: without.client_id });
    expect(await errorOf(refused)).toBe('unauthorized_client');
    expect((await poll(server, client, device)).status).toBe(200);
  });

  it('a client may register itself for it', async () => {
    const server = serve();
    const response = await registerClient(server, { grant_types: [GRANT], redirect_uris: [] });
    const registered = (await response.json()) as TestClient & { response_types: string[] };
    expect([response.status, registered.response_types]).toEqual([201, []]);
    expect((await begin(server, registered)).user_code).toBeTruthy();
  });

  it('resource binds the tokens (RFC 8707 §2): asked at the beginning, narrowed at the end', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client, { resource: `${ISSUER}/mcp`, scope: 'profile' });
    await answer(await signedIn(server), device);
    expect(await errorOf(await poll(server, client, device, { resource: `${ISSUER}/other` }))).toBe('invalid_target');
    const tokens = (await (await poll(server, client, device)).json()) as Tokens;
    expect(payloadOf(tokens.access_token).aud).toBe(`${ISSUER}/mcp`);
  });
});

describe('RFC 8628 §3.3 and §5 the user', () => {
  it('who is not signed in signs in first, and the code survives', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client);
    const page = await server
      .user()
      .signIn(ADMINISTRATOR.email, ADMINISTRATOR.password, `/device?user_code=${device.user_code}`);
    expect(text(await page.text())).toContain(`Make sure that your device shows the code ${device.user_code}`);
  });

  it('§6.1 the code may be typed in any way', async () => {
    const server = serve();
    const user = await signedIn(server);
    const device = await begin(server, await makeDeviceClient(server));
    const typed = device.user_code.toLowerCase().replace('-', ' ');
    expect((await user.open(`/device?user_code=${encodeURIComponent(typed)}`)).status).toBe(200);
    expect((await user.open('/device')).status).toBe(200);
    expect((await user.open('/device?user_code=%00')).status).toBe(400);
  });

  it('scopes can be left out, but not all of them', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const user = await signedIn(server);
    const device = await begin(server, client, { scope: 'profile email' });
    const path = `/device?user_code=${device.user_code}`;
    const form = parseForm(await (await user.open(path)).text(), '/device');
    const without = { ...form, fields: form.fields.filter(([name]) => name !== 'scope') };
    expect((await user.send(without, { decision: 'allow' })).status).toBe(400);
    await user.send(without, { decision: 'allow', scope: 'email' });
    const tokens = (await (await poll(server, client, device)).json()) as Tokens;
    expect(tokens.scope).toBe('email');
  });

  it('the form is bound to the session and to the device, and is answered once', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client);
    const user = await signedIn(server);
    const path = `/device?user_code=${device.user_code}`;
    const form = parseForm(await (await user.open(path)).text(), '/device');
    const visitor = await signedIn(server);
    expect((await visitor.send(form, { decision: 'allow' })).status).toBe(200);
    expect(await errorOf(await poll(server, client, device))).toBe('authorization_pending');
    await user.send(form, { decision: 'deny' });
    const again = await user.send(form, { decision: 'allow' });
    expect([again.status, text(await again.text())]).toEqual([
      400,
      expect.stringContaining('This code is no longer valid'),
    ]);
    const forged = await user.send({ ...form, fields: [['question', 'x']] }, { decision: 'allow' });
    expect(forged.status).toBe(400);
    const foreign = await user.request('/device', { method: 'POST', headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
  });

  it('§5.1 guessing is throttled in D1: after ten wrong codes the next try waits, and says how long', async () => {
    const server = serve();
    const device = await begin(server, await makeDeviceClient(server));
    const user = await signedIn(server);
    const guesses = await Promise.all(
      Array.from({ length: 10 }, (_, index) => user.open(`/device?user_code=BBBB-BBB${'BCDFGHJKLM'[index]}`)),
    );
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([400]));
    const right = await user.open(`/device?user_code=${device.user_code}`);
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    later(1000);
    expect((await user.open(`/device?user_code=${device.user_code}`)).status).toBe(400);
  });

  it('a client that is only for some roles is refused with a page that says so', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { roles: ['editor'] });
    const device = await begin(server, client);
    const page = await (await signedIn(server)).open(`/device?user_code=${device.user_code}`);
    expect([page.status, text(await page.text())]).toEqual([403, expect.stringContaining('role editor')]);
  });

  it('the role that a client needs is asked for again when the form comes back', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const user = await signedIn(server);
    const device = await begin(server, client);
    const html = await (await user.open(device.verification_uri_complete.slice(ISSUER.length))).text();
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { roles: ['editor'] });
    expect((await user.send(parseForm(html, '/device'), { decision: 'allow' })).status).toBe(403);
    expect(await errorOf(await poll(server, client, device))).toBe('authorization_pending');
  });

  it('waiting devices are listed, and removed, by an administrator; the cron sweeps what expired', async () => {
    const server = serve();
    const client = await makeDeviceClient(server);
    const device = await begin(server, client);
    const list = () => administer<{ devices: { id: string; status: string }[] }>(server, 'GET', '/devices');
    const [waiting] = (await list()).devices;
    expect(waiting).toMatchObject({ client_id: client.client_id, status: 'pending' });
    await administer(server, 'DELETE', `/devices/${waiting?.id}`);
    expect((await list()).devices).toEqual([]);
    expect(await errorOf(await poll(server, client, device))).toBe('invalid_grant');
    expect((await server.admin('DELETE', `/devices/${waiting?.id}`)).status).toBe(404);
    await setSetting(server, 'device_code_minutes', 1);
    expect((await begin(server, client)).expires_in).toBe(60);
  });
});
