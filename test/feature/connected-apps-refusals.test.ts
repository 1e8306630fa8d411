/** Token endpoint responses of deployed servers: errors in any form, and responses whose optional members are empty. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeClient, obtainTokens } from '../support/client.ts';
import { entrance } from '../support/entrance.ts';
import {
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  idToken,
  press,
  refusal,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { Mailbox } from '../support/mailbox.ts';
import { json } from '../support/pretend-web.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { makeLogin, pageText, pressButton, signInWith, whoAmI } from '../support/social.ts';
import { text, type User } from '../support/user.ts';

let server: Server;
let far: FarEnd;
let user: User;
let userId: string;

beforeEach(async () => {
  server = serve();
  far = await farEnd();
  far.grants.authorization_code = async () => tokens({ id_token: await idToken(far), expires_in: 1 });
});

afterEach(() => vi.useRealTimers());

/** Connected with a token that has expired already. */
async function connected(): Promise<void> {
  await connectApp(server, far);
  user = await signedIn(server);
  await connectUser(user, far);
  const list = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`);
  userId = list.users[0]?.id ?? '';
}

type Outcome = { access_token?: string; code?: string; description?: string };
const take = (): Promise<Outcome> =>
  entrance(server)
    .token('faraway', userId)
    .catch((error: Outcome) => error);

type Row = { state: string; reason: string | null; scope: string };
const row = async () => {
  const { connections } = await administer<{ connections: Row[] }>(server, 'GET', '/connections?app=faraway');
  return connections[0] as Row;
};

const plain = (body: string, status: number, type = 'text/plain') =>
  new Response(body, { status, headers: { 'content-type': type } });

describe('RFC 6749 §5.2: a refresh token that the provider does not accept any more', () => {
  beforeEach(connected);

  it.each<[string, () => Response]>([
    ['GitHub, 400', () => json({ error: 'bad_refresh_token' }, {}, 400)],
    ['GitHub, 200', () => json({ error: 'bad_refresh_token' })],
    ['GitHub, as a form', () => plain('error=bad_refresh_token&error_description=incorrect', 200, FORM)],
    ['Slack', () => json({ ok: false })],
    ['Discord', () => json({ error: 'invalid_request' }, {}, 400)],
    ['invalid_token, with a challenge', () => json({ error: 'invalid_token' }, { 'www-authenticate': 'Bearer' }, 401)],
    ['JSON as text/plain', () => plain('{"error":"invalid_grant"}', 400)],
    ['text/plain', () => plain('Invalid refresh token', 400)],
  ])('needs a reconnection: %s', async (_, answer) => {
    far.grants.refresh_token = answer;
    expect((await take()).code).toBe('connection_required');
    expect((await row()).state).toBe('reconnect');
    expect(text(await (await user.open('/account/connections')).text())).toContain('Reconnect needed');
  });

  it.each<[string, () => Response]>([
    ['503', () => json({ error: 'invalid_grant' }, {}, 503)],
    ['429', () => plain('slow', 429)],
    ['408', () => plain('', 408)],
    ['425', () => plain('', 425)],
    ['temporarily_unavailable', () => json({ error: 'temporarily_unavailable' }, {}, 400)],
    ['slow_down', () => json({ error: 'slow_down' }, {}, 400)],
    ['a network that fails', () => Promise.reject(new TypeError('reset')) as never],
    ['its own credentials', () => json({ error: 'invalid_client' }, {}, 401)],
    ['one DPoP nonce after the other', () => json({ error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n' }, 400)],
    ['a page in front of it', () => plain('<h1>Forbidden</h1>', 403, 'text/html')],
    ['another place', () => plain('', 404)],
  ])('is not given up for %s, however often', async (_, answer) => {
    far.grants.refresh_token = answer;
    for (let time = 0; time < 4; time++) expect((await take()).code).toBe('temporarily_unavailable');
    expect((await row()).state).toBe('connected');
  });

  it('a refusal that may mean either is final the third time within an hour', async () => {
    far.grants.refresh_token = () => plain('', 400);
    expect((await take()).code).toBe('temporarily_unavailable');
    expect((await take()).description).toContain('answered 400');
    const later = Date.now() + 3_601_000;
    for (const [second, code] of [
      'temporarily_unavailable',
      'temporarily_unavailable',
      'connection_required',
    ].entries()) {
      vi.setSystemTime(later + second * 1000);
      expect((await take()).code).toBe(code);
    }
    expect((await row()).state).toBe('reconnect');
  });

  it('and a success in between begins anew', async () => {
    far.grants.refresh_token = () => plain('', 400);
    await take();
    await take();
    far.grants.refresh_token = () => tokens({ access_token: 'at-2', expires_in: 1 });
    expect((await take()).access_token).toBe('at-2');
    far.grants.refresh_token = () => plain('', 400);
    expect((await take()).code).toBe('temporarily_unavailable');
  });

  it('RFC 9457: the 503 of a provider that is down has a type and a title of its own', async () => {
    far.grants.refresh_token = () => plain('', 502);
    const scope = 'openid connections';
    const { access_token } = await obtainTokens(server, await makeClient(server, { scope }), { scope });
    const headers = { authorization: `Bearer ${access_token}` };
    const response = await server.fetch('/api/me/connections/faraway/token', { method: 'POST', headers });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({
      type: expect.stringMatching(/#problem-provider_unavailable$/),
      title: 'The provider does not issue a token at the moment',
      detail: expect.stringContaining('answered 502'),
    });
  });
});

const FORM = 'application/x-www-form-urlencoded';

describe('RFC 6749 §5.1: a token answer whose optional members say nothing', () => {
  const ODD = [
    { refresh_token: null, scope: null, expires_in: null, token_type: null },
    { refresh_token: 7, scope: 7, expires_in: 'soon', token_type: '' },
    { refresh_token: '', scope: {}, expires_in: -1, token_type: ['bearer'] },
  ];

  it.each(ODD)('is one all the same, at the code: %j', async (odd) => {
    far.grants.authorization_code = async () => tokens({ id_token: await idToken(far), ...odd });
    await connected();
    expect(await row()).toMatchObject({ state: 'connected', scope: 'openid files.read' });
    await makeLogin(server, far);
    far.grants.authorization_code = async () =>
      tokens({ id_token: await idToken(far, { email_verified: true }), ...odd });
    const other = server.user();
    await signInWith(other, far);
    expect(await whoAmI(other)).toContain('alice@faraway.net');
  });

  it.each(ODD)('is one all the same, at a refresh: %j', async (odd) => {
    await connected();
    far.grants.refresh_token = () => tokens({ ...odd, access_token: 'at-2', id_token: null });
    expect((await take()).access_token).toBe('at-2');
    expect(await row()).toMatchObject({ state: 'connected', reason: null, scope: 'openid files.read' });
  });

  it.each(ODD)('is one all the same, for the app itself: %j', async (odd) => {
    await connectApp(server, far);
    far.grants.client_credentials = () => tokens({ ...odd, access_token: 'own' });
    expect((await entrance(server).token('faraway', '')).access_token).toBe('own');
  });

  it.each<[unknown, string]>([
    [['files.read', 'openid'], 'files.read openid'],
    ['files.read,openid', 'files.read openid'],
    ['files.read, openid', 'files.read openid'],
  ])('has its scopes read from %j', async (scope, read) => {
    await connected();
    far.grants.refresh_token = () => tokens({ scope });
    await take();
    expect((await row()).scope).toBe(read);
  });

  it.each([201, 202, 299])('may come with the status %i, as any type', async (status) => {
    await connected();
    far.grants.refresh_token = () =>
      plain(JSON.stringify({ access_token: 'at-2', refresh_token: 'rt-2', token_type: 'bearer' }), status);
    expect((await take()).access_token).toBe('at-2');
  });

  it('without an access_token is none', async () => {
    await connected();
    far.grants.refresh_token = () => tokens({ access_token: null });
    expect((await take()).code).toBe('temporarily_unavailable');
    expect((await row()).reason).toContain('without an access_token');
  });

  it('RFC 8414 §2: optional metadata that says nothing is left out', async () => {
    Object.assign(far.metadata, {
      registration_endpoint: null,
      revocation_endpoint: '',
      scopes_supported: 'openid',
      userinfo_endpoint: 5,
      grant_types_supported: null,
      dpop_signing_alg_values_supported: {},
      end_session_endpoint: 'none',
    });
    await connected();
    expect((await row()).state).toBe('connected');
  });
});

describe('RFC 7591 §3.2.1: a registration answer whose optional members say nothing', () => {
  /** Registers dynamically. @returns the record, or the refusal of it. */
  async function register(answer: Record<string, unknown>, status = 201, type = 'application/json') {
    far.metadata.registration_endpoint = `${far.issuer}/register`;
    far.web.answers[`${far.issuer}/register`] = () => plain(JSON.stringify(answer), status, type);
    const created = { id: 'faraway', template: 'openid', issuer: far.issuer };
    return administer<Record<string, unknown>>(server, 'POST', '/connected-apps', created).catch(
      (error: Error) => error.message,
    );
  }

  it.each([
    { client_secret_expires_at: null, registration_client_uri: null, registration_access_token: null },
    { client_secret_expires_at: 'never', registration_client_uri: 5, registration_access_token: [] },
    { client_secret_expires_at: {}, registration_client_uri: '', registration_access_token: '' },
    { client_secret_expires_at: -1, token_endpoint_auth_method: null, redirect_uris: null },
    { client_secret_expires_at: '0', token_endpoint_auth_method: ['client_secret_basic'], scope: 7 },
  ])('is one all the same, with a secret: %j', async (odd) => {
    expect(await register({ client_id: 'new', client_secret: 'given', ...odd })).toMatchObject({
      client_id: 'new',
      has_secret: true,
      auth_method: 'client_secret_basic',
    });
  });

  it.each([null, '', 7, {}, false])('is one of a public client with the secret %j', async (client_secret) => {
    expect(await register({ client_id: 'new', client_secret, token_endpoint_auth_method: 'none' })).toMatchObject({
      client_id: 'new',
      has_secret: false,
      auth_method: 'none',
    });
  });

  it('may come with another status of success, as any type', async () => {
    expect(await register({ client_id: 'new', client_secret: 'given' }, 202, 'text/plain')).toMatchObject({
      client_id: 'new',
    });
  });

  it.each([null, '', 7, ['new']])('without a client_id is none: %j', async (client_id) => {
    expect(await register({ client_id, client_secret: 'given' })).toContain('without a client_id');
  });

  it('a refusal in any form is told in the words of the server', async () => {
    expect(await register({ error: 'invalid_redirect_uri', error_description: null }, 422)).toContain(
      'invalid_redirect_uri',
    );
    expect(await register({ message: 'Registration is closed' }, 403)).toContain('Registration is closed');
  });
});

describe('RFC 9126 §2.2: the answer to a pushed authorization request', () => {
  const USES = {
    'a connected app': async () => {
      await connectApp(server, far);
      return press(await signedIn(server), far);
    },
    'a social login': async () => {
      await makeLogin(server, far);
      return pressButton(server.user(), far);
    },
  };

  async function push(use: keyof typeof USES, answer: () => Response) {
    far.metadata.require_pushed_authorization_requests = true;
    far.metadata.pushed_authorization_request_endpoint = `${far.issuer}/par`;
    far.web.answers[`${far.issuer}/par`] = answer;
    return USES[use]();
  }

  describe.each(Object.keys(USES) as (keyof typeof USES)[])('of %s', (use) => {
    it.each<[string, () => Response]>([
      ['the status 200', () => json({ request_uri: 'urn:r', expires_in: 60 })],
      ['another type', () => plain('{"request_uri":"urn:r","expires_in":60}', 201)],
      ['an expiry as a text', () => json({ request_uri: 'urn:r', expires_in: '60' }, {}, 201)],
      ['further members that are null', () => json({ request_uri: 'urn:r', expires_in: 60, error: null }, {}, 201)],
    ])('is taken with %s', async (_, answer) => {
      const sent = await push(use, answer);
      expect(new URL(sent.headers.get('location') ?? '').searchParams.get('request_uri')).toBe('urn:r');
    });

    it.each<[string, () => Response, string]>([
      ['without a request_uri', () => json({ request_uri: null, expires_in: 60 }, {}, 201), 'without a request_uri'],
      ['without an expiry', () => json({ request_uri: 'urn:r', expires_in: null }, {}, 201), 'without an expires_in'],
      ['that is a refusal', () => json({ error: 'invalid_request', error_description: null }, {}, 400), 'understand'],
      ['that is a page', () => plain('<h1>Hello</h1>', 200, 'text/html'), 'without a request_uri'],
      ['of a server that is down', () => refusal('server_error', 'no', 503), '503'],
    ])('%s sends nobody there', async (_, answer, says) => {
      const page = await push(use, answer);
      expect([page.headers.get('location'), await pageText(page)]).toEqual([null, expect.stringContaining(says)]);
    });
  });
});

describe('a connection that must be made again: its user is told by mail', () => {
  const mailbox = new Mailbox();

  beforeEach(async () => {
    mailbox.take();
    server = serve(bindings([], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    await connected();
    mailbox.take();
  });

  /** Mail is written behind the response. */
  async function letters() {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return mailbox.take().map(({ to, subject, text: body }) => ({ to, subject, body }));
  }

  it('once, with the application, the reason, and the address where it is connected again', async () => {
    far.grants.refresh_token = () => refusal('invalid_grant', 'Token has been expired or revoked.');
    expect((await take()).code).toBe('connection_required');
    const [letter, ...more] = await letters();
    expect(more).toEqual([]);
    expect(letter).toMatchObject({ to: ADMINISTRATOR.email, subject: 'Faraway must be connected again' });
    expect(letter?.body).toContain('/account/connections/faraway');
    expect(letter?.body).toContain('the access has expired or was revoked there');
    // The state does not change again.
    expect((await take()).code).toBe('connection_required');
    expect(await letters()).toEqual([]);
  });

  it('once, by whichever of fifty requests finds it out', async () => {
    far.grants.refresh_token = () => refusal('invalid_grant');
    await Promise.all(Array.from({ length: 50 }, take));
    expect(await letters()).toHaveLength(1);
  });

  it('again after it was connected again, and refused again', async () => {
    far.grants.refresh_token = () => refusal('invalid_grant');
    await take();
    await connectUser(user, far);
    mailbox.take();
    await take();
    expect(await letters()).toHaveLength(1);
  });

  it('where it expired without a refresh token, too', async () => {
    far.grants.authorization_code = async () =>
      tokens({ id_token: await idToken(far), expires_in: 1, refresh_token: undefined });
    await connectUser(user, far);
    mailbox.take();
    expect((await take()).code).toBe('connection_required');
    expect((await take()).code).toBe('connection_required');
    expect(await letters()).toMatchObject([{ subject: 'Faraway must be connected again' }]);
  });

  it('not where a later attempt may succeed, and not for the application itself', async () => {
    far.grants.refresh_token = () => refusal('temporarily_unavailable');
    await take();
    far.grants.client_credentials = () => refusal('invalid_grant');
    await entrance(server)
      .token('faraway', '')
      .catch(() => undefined);
    expect(await letters()).toEqual([]);
  });
});
