/** Approval of new clients: a client that awaits it can register and reach a page that says so, and is issued nothing. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  refresh,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { administratorAt, see, sendForm } from '../support/console-user.ts';
import { Mailbox } from '../support/mailbox.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const DOCUMENT = 'https://app.acme.com/oauth/client.json';
const DAY = 86_400_000;

let server: Server;
let user: User;
beforeEach(async () => {
  server = serve();
  user = await administratorAt(server);
});

const approveFirst = () => setSetting(server, 'new_clients', 'approve');
const later = (milliseconds: number) => vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] });

async function register(metadata: Record<string, unknown> = {}): Promise<TestClient> {
  const response = await registerClient(server, { client_name: 'Newcomer', ...metadata });
  if (response.status !== 201) throw new Error(await response.text());
  const { client_id, client_secret, token_endpoint_auth_method } = (await response.json()) as Record<string, string>;
  return { client_id: client_id ?? '', client_secret, method: token_endpoint_auth_method ?? '' };
}

const confidential = () =>
  register({
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token', DEVICE],
  });

const decide = (client: TestClient, approval: string | null) =>
  administer(server, 'PATCH', `/clients/${encodeURIComponent(client.client_id)}`, { approval });

const visit = (client: { client_id: string }, changes = {}) => user.request(authorizeUrl(client, changes));

async function beginDevice(client: TestClient) {
  const response = await postForm(server, client, '/device_authorization', { scope: 'openid profile' });
  return (await response.json()) as { device_code: string; user_code: string };
}
const deviceForm = async ({ user_code }: { user_code: string }) =>
  parseForm(await (await user.open(`/device?user_code=${user_code}`)).text(), '/device');
const poll = (client: TestClient, { device_code }: { device_code: string }) =>
  postToken(server, client, { grant_type: DEVICE, device_code });

/** A way to a code or token: what happens before approval is required, and what comes of the rest of it afterwards. */
type Way = (client: TestClient) => Promise<() => Promise<Response>>;

const WAYS: [string, Way][] = [
  ['an authorization request', async (client) => () => visit(client)],
  [
    'a request whose consent is remembered',
    async (client) => {
      await setSetting(server, 'skip_authorization', true);
      await obtainTokens(server, client);
      return () => visit(client);
    },
  ],
  [
    'prompt=none with a remembered consent',
    async (client) => {
      await setSetting(server, 'skip_authorization', true);
      await obtainTokens(server, client);
      return () => visit(client, { prompt: 'none' });
    },
  ],
  [
    'a request pushed before (RFC 9126)',
    async (client) => {
      const request = await pushed(client);
      return () => user.request(request);
    },
  ],
  ['a request pushed now', async (client) => async () => user.request(await pushed(client))],
  [
    'a consent page that was open',
    async (client) => {
      const form = parseForm(await (await user.open(authorizeUrl(client))).text(), '/consent');
      return () => user.send(form, { decision: 'allow' });
    },
  ],
  [
    'a code in flight',
    async (client) => {
      const code = await obtainCode(server, client);
      return () => postToken(server, client, redemption(code));
    },
  ],
  [
    'a device authorization (RFC 8628)',
    async (client) => {
      const device = await beginDevice(client);
      return () => user.open(`/device?user_code=${device.user_code}`);
    },
  ],
  [
    'the consent page of a device that was open',
    async (client) => {
      const device = await beginDevice(client);
      const form = await deviceForm(device);
      return async () => {
        await user.send(form, { decision: 'allow' });
        return poll(client, device);
      };
    },
  ],
  [
    'a device that the user allowed',
    async (client) => {
      const device = await beginDevice(client);
      await user.send(await deviceForm(device), { decision: 'allow' });
      return () => poll(client, device);
    },
  ],
];

async function pushed(client: TestClient): Promise<string> {
  const parameters = Object.fromEntries(new URL(authorizeUrl(client), server.env.ISSUER).searchParams);
  const { request_uri = '' } = (await (await postForm(server, client, '/par', parameters)).json()) as {
    request_uri?: string;
  };
  return `/authorize?${new URLSearchParams({ client_id: client.client_id, request_uri })}`;
}

/** Tells whether a code or an access token is in the response. */
async function isIssued(response: Response): Promise<boolean> {
  if (/[?&]code=/.test(response.headers.get('location') ?? '')) return true;
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return isJson && 'access_token' in ((await response.json()) as object);
}

describe('every way to a code or token', () => {
  it.each(WAYS)('%s: issues nothing while the client awaits approval, nor when it is refused', async (_, way) => {
    const waiting = await confidential();
    const rest = await way(waiting);
    await approveFirst();
    expect(await isIssued(await rest())).toBe(false);
    await setSetting(server, 'new_clients', 'allow');

    const refused = await confidential();
    const restOfRefused = await way(refused);
    await decide(refused, 'refused');
    expect(await isIssued(await restOfRefused())).toBe(false);
  });

  it('those without a user are closed by registration: no client registers for them', async () => {
    const without = ['client_credentials', 'token-exchange', 'jwt-bearer'].map((name) =>
      name.includes('_') ? name : `urn:ietf:params:oauth:grant-type:${name}`,
    );
    const grant_types = ['authorization_code', ...without];
    const response = await registerClient(server, { token_endpoint_auth_method: 'client_secret_basic', grant_types });
    const { grant_types: registered } = (await response.json()) as { grant_types: string[] };
    expect(registered).toEqual(['authorization_code']);
  });

  it.each(WAYS.filter(([name]) => !/^an authorization request|pushed|RFC 8628/.test(name)))(
    '%s: goes on where the client is approved',
    async (_, way) => {
      const client = await confidential();
      const rest = await way(client);
      await approveFirst();
      await decide(client, 'approved');
      expect(await isIssued(await rest())).toBe(true);
    },
  );
});

describe('a client that awaits approval', () => {
  beforeEach(approveFirst);

  it('registers, and its user reads that an administrator must approve it', async () => {
    const response = await visit(await register());
    expect(response.status).toBe(403);
    const page = text(await response.text());
    expect(page).toContain('Not approved yet');
    expect(page).toContain('Newcomer cannot be used before an administrator has approved it');
  });

  it('is listed from then on, and approved with one button', async () => {
    const client = await register();
    expect(await see(user, '/console/clients')).not.toContain('Awaiting approval');
    await visit(client);
    expect(await see(user, '/console/clients')).toContain('Awaiting approval');
    expect(await see(user, '/console')).toContain('A client awaits your approval.');
    const form = await readForm(await user.open('/console/clients'), `/console/clients/${client.client_id}/approve`);
    expect(text(await (await user.send(form, {})).text())).toContain('The client is approved');
    expect(await see(user, '/console/clients')).not.toContain('Awaiting approval');
    expect((await obtainTokens(server, client)).access_token).not.toBe('');
  });

  it('is refused after a question, with all that it has', async () => {
    await setSetting(server, 'new_clients', 'allow');
    const client = await register();
    const tokens = await obtainTokens(server, client);
    await approveFirst();
    const page = await sendForm(user, `/console/clients/${client.client_id}/refuse`);
    expect(text(page)).toContain('The client is refused');
    expect((await me(server, tokens.access_token)).status).toBe(401);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
  });

  it('that has a grant from before keeps it: its refresh token stays valid', async () => {
    await setSetting(server, 'new_clients', 'allow');
    const client = await register();
    const tokens = await obtainTokens(server, client);
    await approveFirst();
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('one by a metadata document waits, too; the administrator sees it and approves it', async () => {
    pretendWeb({ [DOCUMENT]: () => json({ client_id: DOCUMENT, client_name: 'Acme', redirect_uris: [REDIRECT_URI] }) });
    const client = { client_id: DOCUMENT, method: 'none' };
    expect((await visit(client)).status).toBe(403);
    expect(await see(user, '/console/clients')).toContain('Acme (app.acme.com)');
    await decide(client, 'approved');
    expect((await obtainTokens(server, client)).access_token).not.toBe('');
  });

  it('a client of an administrator does not wait, nor do those that are built in', async () => {
    expect((await obtainTokens(server, await makeClient(server))).access_token).not.toBe('');
    expect(
      (await visit({ client_id: 'postern-command' }, { redirect_uri: 'http://127.0.0.1/callback', scope: 'openid' }))
        .status,
    ).toBe(200);
  });

  it('that changes its redirect URIs (RFC 7592) awaits approval again', async () => {
    const response = await registerClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const registered = (await response.json()) as Record<string, string>;
    const client = {
      client_id: registered.client_id ?? '',
      client_secret: registered.client_secret,
      method: 'client_secret_basic',
    };
    await decide(client, 'approved');
    const { registration_client_uri: uri = '', registration_access_token: token, ...metadata } = registered;
    const other = 'https://other.example.com/callback';
    const replaced = await server.fetch(uri, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...metadata,
        client_id_issued_at: undefined,
        client_secret_expires_at: undefined,
        redirect_uris: [other],
      }),
    });
    expect(replaced.status).toBe(200);
    expect((await visit(client, { redirect_uri: other })).status).toBe(403);
  });

  it('is deleted when nobody decided for as long as the setting says; a decision stays', async () => {
    const [asked, refused] = [await register(), await register({ client_name: 'Refused' })];
    pretendWeb({ [DOCUMENT]: () => json({ client_id: DOCUMENT, client_name: 'Acme', redirect_uris: [REDIRECT_URI] }) });
    for (const client of [asked, refused, { client_id: DOCUMENT }]) await visit(client);
    await decide(refused, 'refused');
    const ids = async () => {
      const { clients } = await administer<{ clients: { client_id: string }[] }>(server, 'GET', '/clients');
      return clients.map(({ client_id }) => client_id);
    };
    later(6 * DAY);
    await runCron(server.env);
    expect(await ids()).toEqual(expect.arrayContaining([asked.client_id, refused.client_id, DOCUMENT]));
    later(2 * DAY);
    await runCron(server.env);
    expect(await ids()).toEqual([refused.client_id]);
  });
});

describe('rules by host', () => {
  it('a host that is allowed does not wait, one that is refused cannot register', async () => {
    await approveFirst();
    await setSetting(server, 'new_client_rules', 'allow app.example\nrefuse *.evil.example');
    expect((await obtainTokens(server, await register())).access_token).not.toBe('');
    const response = await registerClient(server, { redirect_uris: ['https://a.evil.example/callback'] });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_redirect_uri']);
  });

  it('a rule for one host lets its clients wait where all others are allowed', async () => {
    await setSetting(server, 'new_client_rules', 'approve app.example');
    expect((await visit(await register())).status).toBe(403);
    expect(
      (
        await visit(await register({ redirect_uris: ['https://b.example.com/cb'] }), {
          redirect_uri: 'https://b.example.com/cb',
        })
      ).status,
    ).toBe(200);
  });

  it('a client of a host that is refused from now on is answered like a disabled one, at /token too', async () => {
    const client = await register();
    const tokens = (await obtainTokens(server, client)) satisfies Tokens;
    await setSetting(server, 'new_client_rules', 'refuse app.example');
    expect((await visit(client)).status).toBe(400);
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('unauthorized_client');
  });
});

describe('the mail about waiting clients', () => {
  it('is one an hour, for requests that are new, to the address of the setting', async () => {
    const mailbox = new Mailbox();
    server = serve({ ...bindings(), EMAIL: mailbox.binding });
    user = await administratorAt(server);
    mailbox.take();
    await approveFirst();
    await setSetting(server, 'mail_from', 'postern@example.com');
    const first = await register();
    await visit(first);
    expect(mailbox.take()).toEqual([]);
    await setSetting(server, 'new_client_mail', 'owner@example.com');
    await visit(first);
    expect(mailbox.take()).toEqual([]);
    await visit(await register({ client_name: 'Second' }));
    await visit(await register({ client_name: 'Third' }));
    const letters = mailbox.take();
    expect(letters.map(({ to }) => to)).toEqual(['owner@example.com']);
    expect(letters[0]?.text).toContain('Second (app.example)');
    later(61 * 60_000);
    await visit(await register({ client_name: 'Fourth' }));
    expect(mailbox.take().length).toBe(1);
  });
});
