/** OpenID Connect Core §5.3: the UserInfo endpoint. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { authorizeUrl, makeClient, obtainTokens, payloadOf, type TestClient, type Tokens } from '../support/client.ts';
import { ISSUER, type Server, serve } from '../support/server.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let server: Server;
let client: TestClient;
let tokens: Tokens;
let sub: unknown;

beforeEach(async () => {
  server = serve();
  client = await makeClient(server);
  tokens = await obtainTokens(server, client, { scope: 'openid email' });
  sub = payloadOf(tokens.id_token ?? '').sub;
});

const bearer = () => ({ authorization: `Bearer ${tokens.access_token}` });
const post = (headers: Record<string, string>, body = '') =>
  server.fetch('/userinfo', { method: 'POST', headers, body });

describe('OpenID Connect Core §5.3.1 the UserInfo request', () => {
  it('the UserInfo Endpoint MUST support the HTTP GET and HTTP POST methods', async () => {
    for (const method of ['GET', 'POST']) {
      const response = await server.fetch('/userinfo', { method, headers: bearer() });
      expect([method, response.status]).toEqual([method, 200]);
      expect(await response.json()).toMatchObject({ sub });
    }
  });

  it('MUST accept Access Tokens as Bearer Token Usage says: in the body of a form, too', async () => {
    const response = await post(FORM, `access_token=${tokens.access_token}`);
    expect([response.status, await response.json()]).toMatchObject([200, { sub }]);
  });

  it('RFC 6750 §2: a token that comes in two ways is invalid_request', async () => {
    const response = await post({ ...FORM, ...bearer() }, `access_token=${tokens.access_token}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_request"');
  });

  it('RFC 6750 §2.2: only a form, only by POST, only once', async () => {
    const inBody = `access_token=${tokens.access_token}`;
    expect((await server.fetch(`/userinfo?${inBody}`)).status).toBe(401);
    expect((await post({ 'content-type': 'text/plain' }, inBody)).status).toBe(401);
    expect((await post(FORM, `${inBody}&${inBody}`)).status).toBe(400);
    expect((await post(FORM, 'access_token=x')).status).toBe(401);
    expect((await post({ ...FORM, ...bearer() })).status).toBe(200);
  });

  it('no other endpoint takes a token from the body', async () => {
    const init = { method: 'POST', headers: FORM, body: `access_token=${tokens.access_token}` };
    expect((await server.fetch('/api/me', init)).status).toBe(401);
  });

  it('§5.3.3: without a valid token it answers as RFC 6750 §3 says', async () => {
    const response = await server.fetch('/userinfo', { headers: { authorization: 'Bearer x' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const other = await obtainTokens(server, client, { scope: 'profile' });
    const narrow = await server.fetch('/userinfo', { headers: { authorization: `Bearer ${other.access_token}` } });
    expect(narrow.status).toBe(403);
  });
});

describe('OpenID Connect Core §5.3.2 the UserInfo response', () => {
  it('sub MUST always be returned and is the one of the ID Token; the type is application/json', async () => {
    const response = await server.fetch('/userinfo', { headers: bearer() });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ sub, email: 'admin@example.com', email_verified: false });
  });

  for (const alg of ['ES256', 'RS256']) {
    it(`signed with ${alg} where the client registered so: application/jwt, with iss and aud`, async () => {
      const signing = await makeClient(server, { userinfo_signed_response_alg: alg });
      const { access_token } = await obtainTokens(server, signing, { scope: 'openid email' });
      const response = await server.fetch('/userinfo', { headers: { authorization: `Bearer ${access_token}` } });
      expect(response.headers.get('content-type')).toBe('application/jwt');
      const jwks = (await (await server.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet;
      const expected = { issuer: ISSUER, audience: signing.client_id };
      const { payload, protectedHeader } = await jwtVerify(await response.text(), createLocalJWKSet(jwks), expected);
      expect(protectedHeader.alg).toBe(alg);
      expect(payload).toMatchObject({ sub, email: 'admin@example.com', email_verified: false });
    });
  }

  it('a signed response is no id_token: it is not taken as id_token_hint', async () => {
    const signing = await makeClient(server, { userinfo_signed_response_alg: 'ES256' });
    const { access_token } = await obtainTokens(server, signing, { scope: 'openid' });
    const response = await server.fetch('/userinfo', { headers: { authorization: `Bearer ${access_token}` } });
    const refused = await server.fetch(authorizeUrl(signing, { id_token_hint: await response.text() }));
    expect(refused.headers.get('location')).toContain('error=invalid_request');
  });
});
