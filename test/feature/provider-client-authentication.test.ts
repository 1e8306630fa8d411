/** Client authentication at providers (RFC 6749 §2.3.1): the other way to send the secret, tried once and remembered. */
import { describe, expect, it } from 'vitest';
import { entrance } from '../support/entrance.ts';
import {
  CLIENT,
  comeBack,
  connectApp,
  type FarEnd,
  farEnd,
  idToken,
  press,
  refusal,
  signedIn,
  type TokenRequest,
  tokens,
} from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, type Server, serve } from '../support/server.ts';
import { makeLogin, pageText, pressButton, type Row, returnFrom, tells } from '../support/social.ts';

type Method = 'client_secret_basic' | 'client_secret_post';

const methodOf = ({ headers, body }: TokenRequest): Method | 'none' => {
  if (headers.has('authorization')) return 'client_secret_basic';
  return body.has('client_secret') ? 'client_secret_post' : 'none';
};

const CODE = ['client_secret_basic', 'client_secret_post'];

/** A provider that takes the secret in one way only. */
function takesOnly(far: FarEnd, method: Method, refused: () => Response = () => refusal('invalid_client', 'no', 401)) {
  far.grants.authorization_code = async (request) =>
    methodOf(request) === method ? tokens({ id_token: await idToken(far, { email_verified: true }) }) : refused();
}

/** Both uses: a record whose method nobody set, and a user who comes back with a code. */
const USES = {
  'a connected app': async (server: Server, far: FarEnd, changes: Row = {}) => {
    await connectApp(server, far, changes);
    const user = await signedIn(server);
    return async () => comeBack(user, far, await press(user, far));
  },
  'a social login': async (server: Server, far: FarEnd, changes: Row = {}) => {
    await makeLogin(server, far, changes);
    return async () => {
      const user = server.user();
      return returnFrom(user, far, await pressButton(user, far));
    };
  },
};
const PATHS = { 'a connected app': '/connected-apps/faraway', 'a social login': '/social-logins/far' };

describe.each(Object.keys(USES) as (keyof typeof USES)[])('RFC 6749 §2.3.1: the secret of %s', (use) => {
  const record = (server: Server) => administer<Row>(server, 'GET', PATHS[use]);
  const asked = (far: FarEnd) => far.tokenRequests.map(methodOf);

  it.each<[string, () => Response]>([
    ['invalid_client', () => refusal('invalid_client', 'no', 401)],
    ['invalid_client with 400', () => refusal('invalid_client')],
    ['401 without a code', () => new Response('', { status: 401 })],
    ['a page with 401', () => new Response('<h1>No</h1>', { status: 401, headers: { 'content-type': 'text/html' } })],
    ['an error of Frappe', () => json({ exc_type: 'AuthenticationError' }, {}, 401)],
    ['unauthorized_client, as Glewlwyd', () => refusal('unauthorized_client', 'no', 403)],
    ['a word of its own', () => json({ error: 'incorrect_client_credentials' })],
  ])('is sent in the other way after %s, which is remembered', async (_, refused) => {
    const [server, far] = [serve(), await farEnd()];
    takesOnly(far, 'client_secret_post', refused);
    const come = await USES[use](server, far);
    expect((await come()).status).toBe(303);
    expect(asked(far)).toEqual(CODE);
    expect(new Set(far.tokenRequests.map(({ body }) => body.get('code')))).toEqual(new Set(['the-code']));
    expect(await record(server)).toMatchObject({ auth_method: 'client_secret_post' });
    expect((await come()).status).toBe(303);
    expect(asked(far)).toEqual([...CODE, 'client_secret_post']);
  });

  it('stays remembered when the record is saved', async () => {
    const [server, far] = [serve(), await farEnd()];
    takesOnly(far, 'client_secret_post');
    const come = await USES[use](server, far);
    await come();
    await administer(server, 'PATCH', PATHS[use], { name: 'Another name' });
    expect(await record(server)).toMatchObject({ auth_method: 'client_secret_post' });
    const { auth_method } = await administer<Row>(server, 'PATCH', PATHS[use], { auth_method: 'client_secret_basic' });
    expect(auth_method).toBe('client_secret_basic');
  });

  it('a provider that consumed the code nevertheless: the page says to start again, which works', async () => {
    const [server, far] = [serve(), await farEnd()];
    let used = false;
    far.grants.authorization_code = async (request) => {
      const isFirst = !used;
      used = !used;
      if (methodOf(request) !== 'client_secret_post') return refusal('invalid_client', 'no', 401);
      if (!isFirst) return refusal('invalid_grant', 'already used');
      return tokens({ id_token: await idToken(far, { email_verified: true }) });
    };
    const come = await USES[use](server, far);
    const page = await come();
    expect([page.status, await pageText(page)]).toEqual([
      400,
      expect.stringContaining('the first attempt used this one. Please start again'),
    ]);
    expect(await record(server)).toMatchObject({ auth_method: 'client_secret_post' });
    expect((await come()).status).toBe(303);
    expect(asked(far)).toEqual([...CODE, 'client_secret_post']);
  });

  it('is not sent in another way than the administrator chose', async () => {
    const [server, far] = [serve(), await farEnd()];
    takesOnly(far, 'client_secret_post');
    const come = await USES[use](server, far, { auth_method: 'client_secret_basic' });
    expect((await come()).status).toBe(400);
    expect(asked(far)).toEqual(['client_secret_basic']);
  });

  it('is not sent in a way that the metadata does not list', async () => {
    const [server, far] = [serve(), await farEnd({ token_endpoint_auth_methods_supported: ['client_secret_basic'] })];
    takesOnly(far, 'client_secret_post');
    const come = await USES[use](server, far);
    expect((await come()).status).toBe(400);
    expect(asked(far)).toEqual(['client_secret_basic']);
  });

  it.each<[string, () => Response]>([
    ['a code that is refused', () => refusal('invalid_grant')],
    ['a request that is refused', () => refusal('invalid_request')],
    ['a provider that is down', () => refusal('invalid_client', 'no', 503)],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://x.faraway.net/' } })],
  ])('is sent once after %s', async (_, answer) => {
    const [server, far] = [serve(), await farEnd()];
    far.grants.authorization_code = answer;
    expect((await (await USES[use](server, far))()).status).toBe(400);
    expect(asked(far)).toEqual(['client_secret_basic']);
  });

  it('that is wrong in both ways is refused in the words of the first answer, and nothing is remembered', async () => {
    const [server, far] = [serve(), await farEnd()];
    far.grants.authorization_code = (request) =>
      refusal('invalid_client', `not by ${methodOf(request) === 'client_secret_basic' ? 'Basic' : 'POST'}`, 401);
    const come = await USES[use](server, far);
    expect(await pageText(await come())).toContain('invalid_client: not by Basic');
    expect(asked(far)).toEqual(CODE);
    expect(await record(server)).toMatchObject({ auth_method: 'client_secret_basic' });
  });

  it('is right where the grant is refused to the client: the other way is forgotten, whatever it brings', async () => {
    const [server, far] = [serve(), await farEnd()];
    far.grants.authorization_code = (request) =>
      methodOf(request) === 'client_secret_basic'
        ? refusal('unauthorized_client', 'not this grant')
        : refusal('invalid_grant', 'used before');
    const come = await USES[use](server, far);
    expect(await pageText(await come())).toContain('unauthorized_client: not this grant');
    expect(asked(far)).toEqual(CODE);
    expect(await record(server)).toMatchObject({ auth_method: 'client_secret_basic' });
  });

  it('is tried in the other way by each of many users at once, and one method stays', async () => {
    const [server, far] = [serve(), await farEnd()];
    takesOnly(far, 'client_secret_post');
    // Without id_tokens, whose nonce the far end knows one of at a time.
    tells(far, { sub: 'alice', email: 'alice@faraway.net', email_verified: true });
    const plain = use === 'a connected app' ? { template: 'oauth' } : { provider: 'oauth' };
    const come = await USES[use](server, far, { ...plain, scopes: ['profile'] });
    const statuses = use === 'a connected app' ? [await come()] : await Promise.all(Array.from({ length: 50 }, come));
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await record(server)).toMatchObject({ auth_method: 'client_secret_post' });
  });
});

describe('RFC 6749 §6: a refresh', () => {
  it('never tries another way to send the secret, and neither do client credentials', async () => {
    const [server, far] = [serve(), await farEnd()];
    far.grants.authorization_code = async () => tokens({ id_token: await idToken(far), expires_in: 1 });
    far.grants.refresh_token = () => refusal('invalid_client', 'no', 401);
    far.grants.client_credentials = () => refusal('invalid_client', 'no', 401);
    await connectApp(server, far);
    const user = await signedIn(server);
    await comeBack(user, far, await press(user, far));
    const list = await administer<{ connections: Row[] }>(server, 'GET', '/connections');
    const ask = (id: string) =>
      entrance(server)
        .token('faraway', id)
        .catch((error: { code: string }) => error.code);
    expect(await ask(String(list.connections[0]?.user))).toBe('temporarily_unavailable');
    expect(await ask('')).toBe('temporarily_unavailable');
    expect(far.tokenRequests.map((request) => [request.body.get('grant_type'), methodOf(request)])).toEqual([
      ['authorization_code', 'client_secret_basic'],
      ['refresh_token', 'client_secret_basic'],
      ['client_credentials', 'client_secret_basic'],
    ]);
  });
});

describe('Frappe, by one definition', () => {
  const site = 'https://erp.faraway.net';
  const method = `${site}/api/method/frappe.integrations.oauth2`;
  const paths = { 'a connected app': 'frappe', 'a social login': 'frappe' };

  /** A site that publishes no metadata, and takes the secret in one way. */
  async function frappeSite(takes: Method) {
    const far = await farEnd();
    const asked: string[] = [];
    far.web.answers[`${method}.get_token`] = async (request) => {
      const body = new URLSearchParams(await request.text());
      const by = methodOf({ headers: request.headers, body });
      asked.push(by);
      return by === takes
        ? tokens({ id_token: 'signed.with.secret' })
        : json({ exc_type: 'AuthenticationError', exception: 'frappe.exceptions.AuthenticationError' }, {}, 401);
    };
    far.web.answers[`${method}.openid_profile`] = () => json({ sub: 'abc', email: 'ada@erp.example', name: 'Ada' });
    return { far, asked };
  }

  it.each<[keyof typeof paths, Method]>([
    ['a connected app', 'client_secret_post'],
    ['a connected app', 'client_secret_basic'],
    ['a social login', 'client_secret_post'],
    ['a social login', 'client_secret_basic'],
  ])('is the provider of %s at a site that takes %s', async (use, takes) => {
    const server = serve();
    const { far, asked } = await frappeSite(takes);
    const record = { issuer: site, ...CLIENT };
    if (use === 'a connected app') {
      await administer(server, 'POST', '/connected-apps', { id: 'faraway', template: 'frappe', ...record });
      const user = await signedIn(server);
      const sent = await press(user, far);
      expect(sent.headers.get('location')).toContain(`${method}.authorize?`);
      expect((await comeBack(user, far, sent, { iss: undefined })).status).toBe(303);
    } else {
      const login = { id: 'far', provider: 'frappe', sign_up: 'allow', trust_email: true, ...record };
      await administer(server, 'POST', '/social-logins', login);
      const user = server.user();
      const sent = await pressButton(user, far);
      expect(sent.headers.get('location')).toContain(`${method}.authorize?`);
      expect((await returnFrom(user, far, sent, { iss: undefined })).status).toBe(303);
    }
    expect(asked).toEqual(takes === 'client_secret_post' ? [takes] : ['client_secret_post', takes]);
  });
});
