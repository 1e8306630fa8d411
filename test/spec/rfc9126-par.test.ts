/** Pushed authorization requests (RFC 9126), and what only they make possible: long ones. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  errorOf,
  ISSUER,
  makeClient,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  type TestClient,
} from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import { bindings, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, text, type User } from '../support/user.ts';

const OTHER_URI = 'https://app.example/other';

let server: Server;
let client: TestClient;

beforeEach(async () => {
  server = serve();
  client = await makeClient(server, { redirect_uris: [REDIRECT_URI, OTHER_URI] });
});

type Changes = Record<string, string | string[] | undefined>;

/** Pushes what `authorizeUrl` would have said. */
function push(changes: Changes = {}, by = client): Promise<Response> {
  const parameters = new URLSearchParams(authorizeUrl(by, changes).split('?')[1]);
  return postForm(
    server,
    by,
    '/par',
    Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)])),
  );
}

async function pushed(changes: Changes = {}, by = client): Promise<string> {
  const response = await push(changes, by);
  const { request_uri } = (await response.json()) as { request_uri: string };
  expect(response.status).toBe(201);
  return request_uri;
}

const reference = (request_uri: string, changes: Record<string, string> = {}) =>
  `/authorize?${new URLSearchParams({ client_id: client.client_id, request_uri, ...changes })}`;

const authorise = (url: string, user = server.user()) => user.authorise(url, ADMINISTRATOR);

/** @returns the text of a page that refuses without a redirect. */
async function refusal(response: Response): Promise<string> {
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  return text(await response.text());
}

const UNUSABLE = 'is unknown, expired, or was already used';

describe('RFC 9126 §2.1 pushing', () => {
  it('a public client says who it is, and what it would have said at the authorization endpoint', async () => {
    const back = await authorise(reference(await pushed({ state: 'pushed-state' })));
    expect(back.href.split('?')[0]).toBe(REDIRECT_URI);
    expect([back.searchParams.get('state'), back.searchParams.get('iss')]).toEqual(['pushed-state', ISSUER]);
    const response = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    expect(response.status).toBe(200);
  });

  it('a client authenticates by the same rules as at the token endpoint', async () => {
    const key = await makeKey();
    for (const method of ['client_secret_basic', 'client_secret_post', 'private_key_jwt']) {
      const confidential = await makeClient(server, {
        token_endpoint_auth_method: method,
        ...(method === 'private_key_jwt' && { jwks: { keys: [key.publicJwk] } }),
      });
      const unauthenticated = { client_id: confidential.client_id, method: 'none' };
      expect([method, (await push({}, unauthenticated)).status]).toEqual([method, 401]);
      const assertion = {
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await key.sign(assertionClaims(confidential.client_id)),
      };
      const proof = method === 'private_key_jwt' ? assertion : {};
      expect([method, (await push(proof, confidential)).status]).toEqual([method, 201]);
      // An assertion is good once, here as well.
      if (method === 'private_key_jwt') expect((await push(proof, confidential)).status).toBe(401);
    }
  });

  it('what proves the client is not kept with the request', async () => {
    const confidential = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    await pushed({}, confidential);
    const row = await server.env.DB.prepare('SELECT * FROM pushed_requests').first();
    expect(String(row?.parameters)).toContain('code_challenge=');
    expect(JSON.stringify(row)).not.toContain(String(confidential.client_secret));
  });

  it('the request_uri parameter MUST NOT be provided', async () => {
    const response = await push({ request_uri: await pushed() });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
  });

  it('the request is validated as at the authorization endpoint', async () => {
    const wrong: [Changes, string][] = [
      [{ redirect_uri: 'https://evil.example/' }, 'invalid_request'],
      [{ redirect_uri: undefined }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ response_type: undefined }, 'invalid_request'],
      [{ code_challenge: undefined }, 'invalid_request'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ scope: 'open"id' }, 'invalid_scope'],
      [{ resource: 'https://elsewhere.example' }, 'invalid_target'],
      [{ state: ['a', 'b'] }, 'invalid_request'],
      [{ prompt: 'none login' }, 'invalid_request'],
      [{ max_age: 'x' }, 'invalid_request'],
      [{ request: 'ey.ey.' }, 'request_not_supported'],
    ];
    for (const [changes, error] of wrong) {
      const response = await push(changes);
      expect([changes, response.status, await errorOf(response)]).toEqual([changes, 400, error]);
    }
    expect(await server.env.DB.prepare('SELECT count(*) AS n FROM pushed_requests').first('n')).toBe(0);
  });
});

describe('RFC 9126 §2.2 the response', () => {
  it('201, a request_uri that cannot be guessed, and how long it lives', async () => {
    await setSetting(server, 'pushed_request_seconds', 30);
    const response = await push();
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      201,
      'application/json',
      'no-store',
    ]);
    const { request_uri, expires_in } = (await response.json()) as Record<string, unknown>;
    expect(request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[a-z0-9]+_[A-Za-z0-9]{43}$/);
    expect(expires_in).toBe(30);
  });

  it('the request_uri itself is nowhere: who reads the database cannot use it', async () => {
    const request_uri = await pushed();
    const row = await server.env.DB.prepare('SELECT * FROM pushed_requests').first();
    expect(JSON.stringify(row)).not.toContain(request_uri.split('_').at(-1));
  });

  it('it MUST be bound to the client that posted the request', async () => {
    const other = await makeClient(server);
    const answer = await server.fetch(reference(await pushed(), { client_id: other.client_id }));
    expect(await refusal(answer)).toContain(UNUSABLE);
  });
});

describe('RFC 9126 §2.3 errors', () => {
  it('405 for another method', async () => {
    const response = await server.fetch('/par');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('413 for a request beyond the upper bound', async () => {
    const response = await push({ state: 'x'.repeat(33_000) });
    expect([response.status, await errorOf(response)]).toEqual([413, 'too_large']);
  });

  it('429 when unauthenticated requests are pushed too often', async () => {
    const full = serve({
      ...bindings(),
      PUSHED_REQUEST_CEILING: { limit: async () => ({ success: false }) } as RateLimit,
    });
    const secret = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    server = full;
    const response = await push();
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await push({}, secret)).status).toBe(201);
  });
});

describe('RFC 9126 §4 the authorization request', () => {
  it('only the parameters that were pushed count (RFC 9101 §5)', async () => {
    const more = {
      redirect_uri: OTHER_URI,
      state: 'mine',
      scope: 'openid email',
      response_type: 'token',
      prompt: 'none',
    };
    const back = await authorise(reference(await pushed(), more));
    expect([back.href.split('?')[0], back.searchParams.get('state')]).toEqual([REDIRECT_URI, 'the-state']);
    const response = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    expect(((await response.json()) as { scope: string }).scope).toBe('openid profile');
  });

  it('client_id is still needed', async () => {
    const answer = await server.fetch(`/authorize?${new URLSearchParams({ request_uri: await pushed() })}`);
    expect(await refusal(answer)).toContain('client_id is missing');
  });

  it('it may come by POST', async () => {
    const body = new URLSearchParams({ client_id: client.client_id, request_uri: await pushed() });
    const user = server.user();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await user.open('/authorize', { method: 'POST', body: body.toString(), headers });
    expect(await response.text()).toContain('action="/sign-in"');
  });

  it('one that is unknown, malformed, or names a shard that is not there MUST be rejected, without a redirect', async () => {
    const good = await pushed();
    const urn = 'urn:ietf:params:oauth:request_uri:';
    for (const wrong of [
      `${good.slice(0, -4)}AAAA`,
      `${urn}nowhere_${'a'.repeat(43)}`,
      urn,
      `${urn}0_`,
      `${good}x`,
      `${urn}0_${'%'.repeat(43)}`,
    ]) {
      expect(await refusal(await server.fetch(reference(wrong)))).toContain(UNUSABLE);
    }
  });

  it('an expired one MUST be rejected as invalid', async () => {
    const request_uri = await pushed();
    vi.useFakeTimers({ now: Date.now() + 91_000, toFake: ['Date'] });
    expect(await refusal(await server.fetch(reference(request_uri)))).toContain(UNUSABLE);
  });

  it('a reload before it is answered is allowed', async () => {
    const request_uri = await pushed();
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    for (let reloads = 0; reloads < 3; reloads++) {
      expect(await (await user.open(reference(request_uri))).text()).toContain('action="/consent"');
    }
    expect((await authorise(reference(request_uri), user)).searchParams.has('code')).toBe(true);
  });

  it('a user who opened it in time may take longer to sign in than it is valid', async () => {
    const user = server.user();
    const page = await user.open(reference(await pushed({ prompt: 'login' })));
    const form = parseForm(await page.text(), '/sign-in');
    vi.useFakeTimers({ now: Date.now() + 20 * 60_000, toFake: ['Date'] });
    const consent = await user.send(form, { email: ADMINISTRATOR.email, password: ADMINISTRATOR.password });
    const back = await user.send(parseForm(await consent.text(), '/consent'), { decision: 'allow' });
    expect(back.headers.get('location')).toContain('code=');
  });

  it('a note of having come in time does not fit another request', async () => {
    const first = await server.fetch(reference(await pushed()));
    const place = new URL(first.headers.get('location') ?? '', ISSUER);
    expect(place.pathname).toBe('/sign-in');
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const there = await user.request(place.pathname + place.search);
    const note = /&continued=.*/.exec(there.headers.get('location') ?? '')?.[0];
    expect(note).toBeTruthy();
    const second = await pushed();
    vi.useFakeTimers({ now: Date.now() + 91_000, toFake: ['Date'] });
    expect(await refusal(await user.request(reference(second) + note))).toContain(UNUSABLE);
  });
});

describe('RFC 9126 §4 one-time use', () => {
  let user: User;

  beforeEach(async () => {
    user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  });

  const grants = () => server.env.DB.prepare('SELECT count(*) AS n FROM grants').first('n');

  it('after Allow it is used up', async () => {
    const request_uri = await pushed();
    await authorise(reference(request_uri), user);
    expect(await refusal(await user.request(reference(request_uri)))).toContain(UNUSABLE);
  });

  it('after Deny it is used up, too', async () => {
    const request_uri = await pushed();
    const page = await user.open(reference(request_uri));
    const denied = await user.send(parseForm(await page.text(), '/consent'), { decision: 'deny' });
    expect(denied.headers.get('location')).toContain('error=access_denied');
    expect(await refusal(await user.request(reference(request_uri)))).toContain(UNUSABLE);
  });

  it('two consent pages of one request: the first answer holds', async () => {
    const request_uri = await pushed();
    const pages = [await user.open(reference(request_uri)), await user.open(reference(request_uri))];
    const [first, second] = await Promise.all(pages.map(async (page) => parseForm(await page.text(), '/consent')));
    if (!first || !second) throw new Error('no forms');
    expect((await user.send(first, { decision: 'allow' })).headers.get('location')).toContain('code=');
    expect(await refusal(await user.send(second, { decision: 'allow' }))).toContain(UNUSABLE);
    // A double click is the same answer, and its codes are one grant.
    const again = await user.send(first, { decision: 'allow' });
    expect(again.headers.get('location')).toContain('code=');
  });

  it('the codes of a double click become one grant', async () => {
    const form = parseForm(await (await user.open(reference(await pushed()))).text(), '/consent');
    const answers = await Promise.all([1, 2].map(() => user.send(form, { decision: 'allow' })));
    const codes = answers.map((answer) => new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '');
    const outcomes = await Promise.all(codes.map((code) => postToken(server, client, redemption(code))));
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(await grants()).toBe(1);
  });

  it('fifty at once: one gets a code, and the others a page', async () => {
    client = await makeClient(server, {}, { trusted: true });
    const request_uri = await pushed();
    const answers = await Promise.all(Array.from({ length: 50 }, () => user.request(reference(request_uri))));
    const codes = answers.filter((answer) => answer.headers.get('location')?.includes('code='));
    expect([codes.length, answers.filter(({ status }) => status === 400).length]).toEqual([1, 49]);
    expect(answers.filter((answer) => answer.headers.get('location')?.includes('error='))).toEqual([]);
  });
});

describe('RFC 9126 §5 and §6 who must push', () => {
  it('metadata shows the endpoint, and whether it must be used', async () => {
    const metadata = async () =>
      (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as Record<string, unknown>;
    expect(await metadata()).toMatchObject({
      pushed_authorization_request_endpoint: `${ISSUER}/par`,
      require_pushed_authorization_requests: false,
    });
    await setSetting(server, 'require_pushed_authorization_requests', true);
    expect((await metadata()).require_pushed_authorization_requests).toBe(true);
  });

  it('where the setting says so, everybody', async () => {
    await setSetting(server, 'require_pushed_authorization_requests', true);
    const answer = await server.fetch(authorizeUrl(client));
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
    expect((await authorise(reference(await pushed()))).searchParams.has('code')).toBe(true);
  });

  it('a client that registered require_pushed_authorization_requests', async () => {
    client = await makeClient(server, { require_pushed_authorization_requests: true });
    const answer = await server.fetch(authorizeUrl(client));
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
    expect((await authorise(reference(await pushed()))).searchParams.has('code')).toBe(true);
  });
});

describe('requests that are too long for anything else', () => {
  for (const shards of [[], ['SHARD_WEUR']] as const) {
    it(`a code without room for all of it still becomes the whole grant, with ${shards.length} shards beside DB`, async () => {
      server = serve(bindings([...shards]));
      const redirect_uri = `https://app.example/callback?${'x'.repeat(1500)}`;
      client = await makeClient(server, { redirect_uris: [redirect_uri] });
      const long = { redirect_uri, nonce: 'n'.repeat(3000), state: 's'.repeat(3000) };
      // Not even its query would be taken.
      expect((await server.fetch(authorizeUrl(client, long))).status).toBe(400);
      const back = await authorise(reference(await pushed(long)));
      const code = back.searchParams.get('code') ?? '';
      expect([back.searchParams.get('state'), code.length < 1500]).toEqual([long.state, true]);
      const wrong = await postToken(server, client, redemption(code, { redirect_uri: REDIRECT_URI }));
      expect([wrong.status, await errorOf(wrong)]).toEqual([400, 'invalid_grant']);
      const response = await postToken(server, client, redemption(code, { redirect_uri }));
      const { id_token = '' } = (await response.json()) as { id_token?: string };
      expect(atob(id_token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).toContain(long.nonce);
      expect((await postToken(server, client, redemption(code, { redirect_uri }))).status).toBe(400);
    });
  }

  it('one that fits a query but no code is refused with the way out', async () => {
    const user = server.user();
    const back = await authorise(authorizeUrl(client, { nonce: 'n'.repeat(1500) }), user);
    expect(back.searchParams.get('error_description')).toContain('PAR, RFC 9126');
  });
});
