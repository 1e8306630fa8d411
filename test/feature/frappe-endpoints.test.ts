/**
 * The scenarios of the Frappe Framework's tests of its OAuth module, at its paths. Its test of build_oauth_url is about a
 * function of a site, without a request.
 */
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import {
  ADMINISTRATOR,
  errorOf,
  ISSUER,
  payloadOf,
  REDIRECT_URI,
  type TestClient,
  VERIFIER,
} from '../support/client.ts';
import {
  authorizationParameters,
  authorizeAddress,
  codeOf,
  FRAPPE,
  makeFrappeClient,
  postMethod,
  profileOf,
  redemptionOf,
  SCOPE,
  serveFrappe,
  tokensOf,
} from '../support/frappe.ts';
import { administer, type Server } from '../support/server.ts';
import { readForm, text } from '../support/user.ts';
import { ZERLINA, zerlinaAt } from '../support/user-account.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A POST without the client authentication that `postMethod` adds. */
const postRaw = (
  server: Server,
  method: string,
  values: Record<string, string>,
  headers: Record<string, string> = {},
) =>
  server.fetch(`${FRAPPE}.${method}`, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: new URLSearchParams(values).toString(),
  });

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

const administratorOf = async (server: Server) => {
  const { users } = await administer<{ users: { id: string; email: string }[] }>(server, 'GET', '/users');
  return users.find(({ email }) => email === ADMINISTRATOR.email)?.id ?? '';
};

describe('signing in with an authorization code', () => {
  it('returns access_token, refresh_token, id_token, expires_in, exactly the requested scope, and Bearer', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const tokens = await tokensOf(server, client);
    expect(tokens).toMatchObject({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_in: 3600,
      token_type: 'Bearer',
    });
    expect(tokens.scope.split(' ').sort()).toEqual(SCOPE.split(' ').sort());
    expect((await profileOf(server, tokens.access_token)).status).toBe(200);
  });

  it('puts the profile into the id_token, for the scope openid alone', async () => {
    const server = await serveFrappe();
    const tokens = await tokensOf(server, await makeFrappeClient(server));
    expect(payloadOf(tokens.id_token ?? '')).toMatchObject({
      email: ADMINISTRATOR.email,
      name: expect.any(String),
      roles: ['administrator'],
      iss: ISSUER,
      aud: expect.any(String),
      at_hash: expect.any(String),
      exp: expect.any(Number),
      iat: expect.any(Number),
    });
  });

  it('carries nonce into the id_token, and state to the client', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const address = authorizeAddress(client, { nonce: 'n-0123456789', state: 'opaque +/%?&= state' });
    const back = await server.user().authorise(address, ADMINISTRATOR);
    expect(back.searchParams.get('state')).toBe('opaque +/%?&= state');
    // RFC 9207: a client that does not know the parameter ignores it.
    expect(back.searchParams.get('iss')).toBe(ISSUER);
    const code = back.searchParams.get('code') ?? '';
    const response = await postMethod(server, client, 'get_token', redemptionOf(client, code));
    const { id_token } = (await response.json()) as { id_token: string };
    expect(payloadOf(id_token)).toMatchObject({ nonce: 'n-0123456789', email: ADMINISTRATOR.email });
  });

  it('with PKCE, by a verifier of RFC 7636', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const challenge = { code_challenge: sha256(VERIFIER), code_challenge_method: 'S256' };
    const wrong = { code_verifier: `${VERIFIER}-another` };
    const code = await codeOf(server, client, challenge);
    expect(await errorOf(await postMethod(server, client, 'get_token', redemptionOf(client, code, wrong)))).toBe(
      'invalid_grant',
    );
    const right = { code_verifier: VERIFIER };
    const response = await postMethod(server, client, 'get_token', redemptionOf(client, code, right));
    expect(payloadOf(((await response.json()) as { id_token: string }).id_token).email).toBe(ADMINISTRATOR.email);
  });

  it('refuses a verifier of fewer than 43 characters with a sentence that says so', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const code = await codeOf(server, client, { code_challenge: sha256('420'), code_challenge_method: 'S256' });
    const response = await postMethod(
      server,
      client,
      'get_token',
      redemptionOf(client, code, { code_verifier: '420' }),
    );
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_request', error_description: expect.stringContaining('43 to 128') }),
    ]);
  });

  it('refuses the method plain', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const address = authorizeAddress(client, { code_challenge: VERIFIER, code_challenge_method: 'plain' });
    const back = await server.user().authorise(address, ADMINISTRATOR);
    expect(back.searchParams.get('error_description')).toBe('code_challenge_method must be S256.');
  });

  it('needs PKCE of a public client, and of one without the exemption', async () => {
    const server = await serveFrappe();
    const publicClient = { token_endpoint_auth_method: 'none' };
    for (const client of [
      await makeFrappeClient(server, publicClient, { require_pkce: true }),
      await makeFrappeClient(server, {}, { require_pkce: true }),
    ]) {
      const back = await server.user().authorise(authorizeAddress(client), ADMINISTRATOR);
      expect(back.searchParams.get('error_description')).toContain('PKCE is required');
    }
  });

  it('asks for consent to what openid includes, where the client is not trusted', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server, {}, { trusted: false });
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await user.open(authorizeAddress(client));
    const form = await readForm(page, '/consent');
    expect(text(form.html)).toContain('Everything that you may do');
    const asked = form.fields.filter(([name]) => name === 'scope').map(([, value]) => value);
    expect(asked).toEqual(expect.arrayContaining(['all', 'profile', 'email', 'roles']));
    const denied = await user.send(form, { decision: 'deny' });
    expect(new URL(denied.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied');
  });

  it('leaves out of the profile what the user did not agree to', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server, {}, { trusted: false });
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const form = await readForm(await user.open(authorizeAddress(client)), '/consent');
    const kept = form.fields.filter(([name, value]) => name !== 'scope' || !['email', 'roles'].includes(value));
    const back = await user.send({ ...form, fields: kept }, { decision: 'allow' });
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const response = await postMethod(server, client, 'get_token', redemptionOf(client, code));
    const { access_token } = (await response.json()) as { access_token: string };
    expect(await (await profileOf(server, access_token)).json()).toMatchObject({
      name: expect.any(String),
      email: null,
      roles: null,
    });
  });
});

describe('authorize', () => {
  it('keeps the parameters of a POST through the sign-in', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const user = server.user();
    const body = authorizationParameters(client, { state: 'opaque +/%?&= state' }).toString();
    const page = await user.open(`${FRAPPE}.authorize`, { method: 'POST', headers: FORM, body });
    const back = await user.send(await readForm(page, '/sign-in'), ADMINISTRATOR);
    const { searchParams } = new URL(back.headers.get('location') ?? '');
    expect(searchParams.get('state')).toBe('opaque +/%?&= state');
    const redeemed = redemptionOf(client, searchParams.get('code') ?? '');
    expect((await postMethod(server, client, 'get_token', redeemed)).status).toBe(200);
  });

  it.each(['application/json', 'text/plain'])('refuses a POST of %s', async (type) => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const parameters = authorizationParameters(client);
    const body = type === 'text/plain' ? parameters.toString() : JSON.stringify(Object.fromEntries(parameters));
    const response = await server.fetch(`${FRAPPE}.authorize`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(response.status).toBe(415);
  });

  it('uses every scope of the client where none is requested', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const code = await codeOf(server, client, { scope: undefined });
    const response = await postMethod(server, client, 'get_token', redemptionOf(client, code));
    const { scope } = (await response.json()) as { scope: string };
    expect(scope.split(' ').sort()).toEqual(['all', 'email', 'openid', 'profile', 'roles']);
  });

  it('answers an unknown client and an unregistered redirect_uri with a page, never with a redirect', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    for (const address of [
      authorizeAddress({ client_id: 'test_client_id' }),
      authorizeAddress(client, { redirect_uri: 'https://evil.example/' }),
      authorizeAddress(client, { redirect_uri: '//evil.example' }),
    ]) {
      const response = await server.user().open(address);
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    }
  });

  it.each(['token', 'id_token', 'id_token token', 'code id_token', 'code token id_token'])(
    'refuses response_type=%s: no token is put into an address',
    async (response_type) => {
      const server = await serveFrappe();
      const client = await makeFrappeClient(server);
      const back = await server.user().authorise(authorizeAddress(client, { response_type }), ADMINISTRATOR);
      expect(back.searchParams.get('error')).toBe('unsupported_response_type');
      expect(back.hash).toBe('');
    },
  );

  it('keeps the claims that a client requests itself', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const claims = JSON.stringify({ id_token: { email: null } });
    const tokens = await tokensOf(server, client, { claims });
    expect(payloadOf(tokens.id_token ?? '').roles).toBeUndefined();
  });
});

describe('approve', () => {
  const approve = (client: TestClient) => `${FRAPPE}.approve?${authorizationParameters(client)}`;

  it('issues no code to a page of another site: the user is asked on the consent page', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server, {}, { trusted: false });
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const headers = { ...FORM, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const body = 'csrf_token=guessed&decision=allow';
    const response = await user.open(approve(client), { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('action="/consent"');
  });

  it('is refused by GET', async () => {
    const server = await serveFrappe();
    const response = await server.fetch(approve(await makeFrappeClient(server)));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('client authentication at get_token', () => {
  /** A redemption that fails at nothing but the client authentication. */
  const errorWith = async (server: Server, values: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await postRaw(
      server,
      'get_token',
      { grant_type: 'authorization_code', code: 'unknown', ...values },
      headers,
    );
    return errorOf(response);
  };
  const AUTHENTICATED = 'invalid_grant';

  it('accepts Basic and POST where none is registered, and the registered one alone where one is', async () => {
    const server = await serveFrappe();
    const either = await makeFrappeClient(server, { token_endpoint_auth_method: undefined });
    const { client_id, client_secret = '' } = either;
    expect(await errorWith(server, {}, basic(client_id, client_secret))).toBe(AUTHENTICATED);
    expect(await errorWith(server, { client_id, client_secret })).toBe(AUTHENTICATED);
    const one = await makeFrappeClient(server);
    const posted = { client_id: one.client_id, client_secret: one.client_secret ?? '' };
    expect(await errorWith(server, posted)).toBe('invalid_client');
  });

  it('requires the right secret of a confidential client', async () => {
    const server = await serveFrappe();
    const { client_id } = await makeFrappeClient(server, { token_endpoint_auth_method: undefined });
    expect(await errorWith(server, { client_id })).toBe('invalid_client');
    expect(await errorWith(server, { client_id, client_secret: 'wrong-secret' })).toBe('invalid_client');
    expect(await errorWith(server, {}, basic(client_id, 'wrong-secret'))).toBe('invalid_client');
  });

  it('refuses two authentications, and a client_id of another client', async () => {
    const server = await serveFrappe();
    const { client_id, client_secret = '' } = await makeFrappeClient(server, { token_endpoint_auth_method: undefined });
    const header = basic(client_id, client_secret);
    expect(await errorWith(server, { client_id, client_secret }, header)).toBe('invalid_request');
    expect(await errorWith(server, { client_id: 'other-client' }, header)).toBe('invalid_client');
  });

  it.each([
    ['not-base64', 'not-base64'],
    ['invalid UTF-8', Buffer.from('\xff:secret', 'latin1').toString('base64')],
    ['no colon', btoa('client-without-secret')],
    ['a broken escape', btoa('client%ZZ:secret')],
  ])('refuses malformed Basic: %s', async (_, credentials) => {
    const server = await serveFrappe();
    const { client_id } = await makeFrappeClient(
      server,
      { token_endpoint_auth_method: 'none' },
      { require_pkce: true },
    );
    expect(await errorWith(server, { client_id }, { authorization: `Basic ${credentials}` })).toBe('invalid_client');
  });

  it('accepts a client secret with characters beyond ASCII, by Basic and POST', async () => {
    const server = await serveFrappe();
    const { client_id } = await makeFrappeClient(server, { token_endpoint_auth_method: undefined });
    await server.env.DB.prepare('UPDATE clients SET secret_hash = ? WHERE id = ?')
      .bind(sha256('sëcret'), client_id)
      .run();
    expect(await errorWith(server, {}, basic(client_id, 'sëcret'))).toBe(AUTHENTICATED);
    expect(await errorWith(server, { client_id, client_secret: 'sëcret' })).toBe(AUTHENTICATED);
  });

  it('accepts the client_id alone of a public client', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server, { token_endpoint_auth_method: 'none' }, { require_pkce: true });
    expect(await errorWith(server, { client_id: client.client_id })).toBe(AUTHENTICATED);
  });
});

describe('get_token', () => {
  it('refuses the password grant by its name', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const { email: username, password } = ADMINISTRATOR;
    const response = await postMethod(server, client, 'get_token', {
      grant_type: 'password',
      username,
      password,
      scope: SCOPE,
    });
    expect([response.status, await errorOf(response)]).toEqual([400, 'unsupported_grant_type']);
  });

  it('refreshes with the redirect_uri that clients of a site send, and rotates', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const { refresh_token } = await tokensOf(server, client);
    const values = {
      grant_type: 'refresh_token',
      refresh_token,
      redirect_uri: REDIRECT_URI,
      client_id: client.client_id,
    };
    const response = await postMethod(server, client, 'get_token', values);
    const renewed = (await response.json()) as { refresh_token: string; scope: string; access_token: string };
    expect(renewed.refresh_token).not.toBe(refresh_token);
    expect(renewed.scope.split(' ').sort()).toEqual(['all', 'openid']);
    expect(await (await profileOf(server, renewed.access_token)).json()).toMatchObject({ email: ADMINISTRATOR.email });
  });

  it('binds the refresh token to its client', async () => {
    const server = await serveFrappe();
    const { refresh_token } = await tokensOf(server, await makeFrappeClient(server));
    const other = await makeFrappeClient(server);
    expect(
      await errorOf(await postMethod(server, other, 'get_token', { grant_type: 'refresh_token', refresh_token })),
    ).toBe('invalid_grant');
  });

  it('redeems a code once, by its client, with its redirect_uri, before it expires', async () => {
    const server = await serveFrappe();
    const redirect_uris = [REDIRECT_URI, `${REDIRECT_URI}/other`];
    const client = await makeFrappeClient(server, { redirect_uris });
    const code = await codeOf(server, client);
    const redeem = async (by: TestClient, changes: Record<string, string | undefined> = {}) =>
      errorOf(await postMethod(server, by, 'get_token', redemptionOf(by, code, changes)));
    expect(await redeem(await makeFrappeClient(server))).toBe('invalid_grant');
    expect(await redeem(client, { redirect_uri: `${REDIRECT_URI}/other` })).toBe('invalid_grant');
    expect(await redeem(client, { redirect_uri: undefined })).toBe('invalid_grant');
    expect(await redeem(client)).toBeUndefined();
    expect(await redeem(client)).toBe('invalid_grant');
  });

  it('refuses a repeated parameter, GET, and a body that is too large or no form', async () => {
    const server = await serveFrappe();
    const path = `${FRAPPE}.get_token`;
    const post = (body: string, type = FORM['content-type']) =>
      server.fetch(path, { method: 'POST', headers: { 'content-type': type }, body });
    expect(await errorOf(await post('grant_type=refresh_token&grant_type=password'))).toBe('invalid_request');
    expect((await post(`code=${'x'.repeat(70_000)}`)).status).toBe(413);
    expect(await errorOf(await post('{"grant_type":"refresh_token"}', 'application/json'))).toBe('invalid_request');
    const asked = await server.fetch(`${path}?grant_type=refresh_token&refresh_token=x`);
    expect([asked.status, asked.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('has no second way to name the method: cmd, _method and X-HTTP-Method-Override mean nothing', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const { access_token } = await tokensOf(server, client);
    const cmd = 'frappe.integrations.oauth2.revoke_token';
    const overriding = { 'x-http-method-override': 'POST' };
    await server.fetch(`${FRAPPE}.revoke_token?${new URLSearchParams({ token: access_token, _method: 'POST' })}`, {
      headers: { ...overriding, ...basic(client.client_id, client.client_secret ?? '') },
    });
    await postMethod(server, client, 'introspect_token', { token: access_token, cmd });
    for (const path of ['/', '/api/method/', '/api/method'])
      await server.fetch(path, {
        method: 'POST',
        headers: FORM,
        body: new URLSearchParams({ cmd, token: access_token }).toString(),
      });
    expect((await profileOf(server, access_token)).status).toBe(200);
  });
});

describe('revoke_token', () => {
  it('revokes the access token and its refresh token, as a row of a site has both', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const tokens = await tokensOf(server, client);
    const response = await postMethod(server, client, 'revoke_token', { token: tokens.access_token });
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect((await profileOf(server, tokens.access_token)).status).toBe(401);
    const refreshing = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    expect(await errorOf(await postMethod(server, client, 'get_token', refreshing))).toBe('invalid_grant');
  });

  it('revokes by a refresh token, with any hint or none', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    for (const token_type_hint of [undefined, 'refresh_token', 'access_token']) {
      const tokens = await tokensOf(server, client);
      const values = { token: tokens.refresh_token, token_type_hint };
      expect((await postMethod(server, client, 'revoke_token', values)).status).toBe(200);
      expect((await profileOf(server, tokens.access_token)).status).toBe(401);
    }
  });

  it('answers an unknown token with 200, and no client or another client with an error', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const { access_token } = await tokensOf(server, client);
    expect((await postMethod(server, client, 'revoke_token', { token: 'unknown' })).status).toBe(200);
    expect((await postRaw(server, 'revoke_token', { token: access_token })).status).toBe(401);
    const other = await makeFrappeClient(server);
    expect(await errorOf(await postMethod(server, other, 'revoke_token', { token: access_token }))).toBe(
      'invalid_request',
    );
    expect((await profileOf(server, access_token)).status).toBe(200);
  });
});

describe('openid_profile', () => {
  it('is refused without a token', async () => {
    const response = await profileOf(await serveFrappe());
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Bearer'),
    ]);
  });

  it('has every member of a site, null where there is nothing to say', async () => {
    const server = await serveFrappe();
    const { access_token } = await tokensOf(server, await makeFrappeClient(server));
    expect(await (await profileOf(server, access_token)).json()).toEqual({
      sub: await administratorOf(server),
      name: expect.any(String),
      given_name: null,
      family_name: null,
      email: ADMINISTRATOR.email,
      picture: null,
      roles: ['administrator'],
      iss: ISSUER,
    });
  });

  it('accepts the token in the form of a POST', async () => {
    const server = await serveFrappe();
    const { access_token } = await tokensOf(server, await makeFrappeClient(server));
    const response = await postRaw(server, 'openid_profile', { access_token });
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ email: ADMINISTRATOR.email }),
    ]);
  });

  it.each([
    ['disabled', 'PATCH', '', { disabled: true }],
    ['deleted', 'POST', '/deletion', undefined],
  ])('refuses the token of an owner who is %s', async (_, method, below, body) => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const { zerlina, id } = await zerlinaAt(server);
    const back = await zerlina.authorise(authorizeAddress(client), ZERLINA);
    const redeemed = redemptionOf(client, back.searchParams.get('code') ?? '');
    const response = await postMethod(server, client, 'get_token', redeemed);
    const { access_token } = (await response.json()) as { access_token: string };
    expect((await profileOf(server, access_token)).status).toBe(200);
    await administer(server, method, `/users/${id}${below}`, body);
    expect((await profileOf(server, access_token)).status).toBe(401);
  });
});
