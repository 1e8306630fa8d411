/** RFC 6749 §2.3, §3.2, §4.1.3 and §5: the token endpoint. */
import { describe, expect, it, vi } from 'vitest';
import {
  errorOf,
  makeClient,
  obtainCode,
  obtainTokens,
  postToken,
  redemption,
  refresh,
  type TestClient,
} from '../support/client.ts';
import { serve } from '../support/server.ts';

const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });

describe('RFC 6749 §2.3.1 client password', () => {
  it('client_secret_basic and client_secret_post work for the clients that registered them', async () => {
    const server = serve();
    for (const method of ['client_secret_basic', 'client_secret_post']) {
      const client = await makeClient(server, { token_endpoint_auth_method: method });
      expect(client.client_secret).toMatch(/^ps_/);
      const tokens = await obtainTokens(server, client);
      expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    }
  });

  it('the registered method is enforced; a wrong, missing or malformed one is invalid_client', async () => {
    const server = serve();
    const confidential = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const other = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    const code = await obtainCode(server, confidential);
    const { client_id: id, client_secret: secret = '' } = confidential;
    const attempts: [Partial<TestClient> & { method: string }, Record<string, string>, Record<string, string>][] = [
      [{ ...confidential, method: 'client_secret_post' }, {}, {}],
      [{ ...confidential, method: 'none' }, {}, {}],
      [{ ...confidential, client_secret: 'ps_wrong' }, {}, {}],
      [{ ...confidential, method: 'none' }, {}, { authorization: 'Basic !!!' }],
      [{ ...confidential, method: 'none' }, {}, { authorization: `Basic ${btoa('no colon')}` }],
      [{ ...confidential, method: 'none' }, {}, { authorization: `Basic ${btoa('\xff\xfe:x')}` }],
      [{ ...confidential, method: 'none' }, {}, { authorization: 'Bearer x' }],
      [{ ...confidential, method: 'none' }, { client_id: other.client_id }, basic(id, secret)],
      [{ ...confidential, client_id: 'c_nobody' }, {}, {}],
    ];
    for (const [client, changes, headers] of attempts) {
      const response = await postToken(server, client as TestClient, redemption(code, changes), headers);
      expect([headers, response.status]).toEqual([headers, 401]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
      expect(await errorOf(response)).toBe('invalid_client');
    }
    // Nothing was spent by any of them.
    expect((await postToken(server, confidential, redemption(code))).status).toBe(200);
  });

  it('the client MUST NOT use more than one authentication method in each request', async () => {
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const changes = redemption('pc_0_x', { client_secret: client.client_secret });
    const response = await postToken(server, client, changes);
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
  });

  it('id and secret are form-encoded before they are joined', async () => {
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const code = await obtainCode(server, client);
    const encoded = basic(client.client_id.replace('_', '%5F'), (client.client_secret ?? '').replace('_', '%5f'));
    expect(
      (await postToken(server, { ...client, method: 'none' }, { ...redemption(code), client_id: undefined }, encoded))
        .status,
    ).toBe(200);
  });

  it('failed client authentication is limited: 429 with Retry-After', async () => {
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const wrong = { ...client, client_secret: 'ps_wrong' };
    const headers = { 'cf-connecting-ip': '198.51.100.77' };
    let last = await postToken(server, wrong, redemption('pc_0_x'), headers);
    // Twice the limit: the minute that is counted may end in between.
    for (let tries = 0; tries < 250 && last.status === 401; tries++)
      last = await postToken(server, wrong, redemption('pc_0_x'), headers);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('RFC 6749 §3.2 token endpoint', () => {
  it('the client MUST use POST', async () => {
    const response = await serve().fetch('/token?grant_type=authorization_code');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('parameters MUST NOT be included more than once', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const name of ['grant_type', 'code', 'redirect_uri', 'code_verifier', 'client_id']) {
      const response = await postToken(server, client, redemption('pc_0_x', { [name]: ['a', 'b'] }));
      expect([name, response.status, await errorOf(response)]).toEqual([name, 400, 'invalid_request']);
    }
  });

  it('the body must be form-encoded', async () => {
    const body = JSON.stringify(redemption('x'));
    const response = await serve().fetch('/token', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
  });
});

describe('RFC 6749 §4.1.3 access token request', () => {
  it('each part of the request is REQUIRED', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    for (const [name, status, error] of [
      ['grant_type', 400, 'invalid_request'],
      ['code', 400, 'invalid_request'],
      ['code_verifier', 400, 'invalid_request'],
      ['redirect_uri', 400, 'invalid_grant'],
      ['client_id', 401, 'invalid_client'],
    ] as const) {
      const response = await postToken(server, client, redemption(code, { [name]: undefined }));
      expect([name, response.status, await errorOf(response)]).toEqual([name, status, error]);
    }
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
  });

  it('the code is bound to the client and the redirect URI; a wrong request spends and revokes nothing', async () => {
    const server = serve();
    const client = await makeClient(server);
    const thief = await makeClient(server);
    const code = await obtainCode(server, client);
    const wrong = [
      postToken(server, thief, redemption(code)),
      postToken(server, client, redemption(code, { redirect_uri: 'https://app.example/other' })),
      postToken(server, client, redemption(code, { code_verifier: 'w'.repeat(43) })),
      postToken(server, client, redemption(`${code.slice(0, -6)}AAAAAA`)),
      postToken(server, client, redemption(`pc_0_${'a'.repeat(300)}`)),
      postToken(server, client, redemption(code.replace('pc_0_', 'pc_zz_'))),
      postToken(server, client, redemption('x'.repeat(5000))),
    ];
    for (const response of await Promise.all(wrong)) {
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_grant']);
    }
    // RFC 7636 §4.1: what no verifier can be is told as that.
    const malformed = await postToken(server, client, redemption(code, { code_verifier: 'short' }));
    expect([malformed.status, await errorOf(malformed)]).toEqual([400, 'invalid_request']);
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
  });

  it('redirect_uri is not required where the authorization request named none', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client, { redirect_uri: undefined, scope: 'profile' });
    expect((await postToken(server, client, redemption(code, { redirect_uri: undefined }))).status).toBe(200);
  });

  it('the authorization code MUST expire shortly after it is issued', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    const response = await postToken(server, client, redemption(code));
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_grant']);
  });
});

describe('RFC 6749 §4.1.2 the client MUST NOT use the authorization code more than once', () => {
  it('a repetition within ten seconds is refused, and the grant lives on', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as { refresh_token: string };
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('a later valid repetition is refused and revokes what was issued', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as { refresh_token: string };
    vi.useFakeTimers({ now: Date.now() + 11_000, toFake: ['Date'] });
    // Invalid ones revoke nothing.
    await postToken(server, client, redemption(code, { code_verifier: 'w'.repeat(43) }));
    await postToken(server, client, redemption(code, { redirect_uri: 'https://evil.example/' }));
    await postToken(server, await makeClient(server), redemption(code));
    const next = (await (await refresh(server, client, tokens.refresh_token)).json()) as { refresh_token: string };
    expect(next.refresh_token).toBeTruthy();
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    expect(await errorOf(await refresh(server, client, next.refresh_token))).toBe('invalid_grant');
  });
});

describe('RFC 6749 §5.1 successful response', () => {
  it('has the token, its type, its lifetime, its scope, and MUST NOT be stored', async () => {
    const server = serve();
    const client = await makeClient(server);
    const response = await postToken(server, client, redemption(await obtainCode(server, client)));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('pragma')).toBe('no-cache');
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid profile' });
  });

  it('a refresh token is issued where the client registered refresh_token, and nowhere else', async () => {
    const server = serve();
    const client = await makeClient(server, { grant_types: ['authorization_code'] });
    const tokens = await obtainTokens(server, client, { scope: 'openid offline_access' });
    expect(tokens.refresh_token).toBeUndefined();
    const response = await refresh(server, client, 'pr_x');
    expect(await errorOf(response)).toBe('unauthorized_client');
  });
});

describe('RFC 6749 §5.2 error response', () => {
  it('an unknown grant type, the password grant among them, is unsupported_grant_type', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const grant_type of ['password', 'implicit', 'urn:x']) {
      const response = await postToken(server, client, { grant_type, username: 'a', password: 'b' });
      expect([response.status, await errorOf(response)]).toEqual([400, 'unsupported_grant_type']);
    }
  });

  it('every error is JSON with error, error_description and a request id that stands in the header', async () => {
    const response = await serve().fetch('/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=x&client_id=nobody',
    });
    const error = (await response.json()) as Record<string, string>;
    expect(error).toMatchObject({ error: 'invalid_client', request_id: response.headers.get('x-request-id') });
    expect(error.error_description).toBeTruthy();
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('a disabled client is refused', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    await server.admin('PATCH', `/clients/${client.client_id}`, { disabled: true });
    const response = await postToken(server, client, redemption(code));
    expect([response.status, await errorOf(response)]).toEqual([400, 'unauthorized_client']);
  });
});
