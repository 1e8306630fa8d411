/** RFC 7523: JWTs for client authentication (§2.2), and JWTs of trusted issuers as authorization grants (§2.1). */
import { SignJWT } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, makeClient, me, payloadOf, registerClient, type TestClient } from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey, type TestKey } from '../support/keys.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
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

const post = (server: Server, body: Record<string, string>, path = '/token') =>
  server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(body).toString(),
  });

const withAssertion = (server: Server, client_assertion: string, body: Record<string, string> = {}, path = '/token') =>
  post(
    server,
    { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion, ...body },
    path,
  );

let key: TestKey;
beforeEach(async () => {
  key = await makeKey();
});

const keyed = (server: Server, metadata: Record<string, unknown> = {}) =>
  makeClient(server, {
    grant_types: ['client_credentials'],
    redirect_uris: [],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [key.publicJwk] },
    ...metadata,
  });

describe('RFC 7523 §2.2 client authentication by private_key_jwt', () => {
  it('a client authenticates by an assertion that it signed', async () => {
    const server = serve();
    const client = await keyed(server);
    expect(client.client_secret).toBeUndefined();
    const response = await withAssertion(server, await key.sign(assertionClaims(client.client_id)));
    expect([response.status, await errorOf(response.clone())]).toEqual([200, undefined]);
  });

  it.each(['ES256', 'RS256', 'PS256', 'Ed25519', 'EdDSA'])('the algorithm %s is taken', async (alg) => {
    const server = serve();
    const other = await makeKey(alg);
    const client = await keyed(server, { jwks: { keys: [other.publicJwk] } });
    expect((await withAssertion(server, await other.sign(assertionClaims(client.client_id)))).status).toBe(200);
  });

  const wrong: [string, (id: string) => Promise<string> | string][] = [
    ['signed by another key', async (id) => (await makeKey()).sign(assertionClaims(id))],
    ['of an unknown kid', (id) => key.sign(assertionClaims(id), { kid: 'k9' })],
    ['expired', (id) => key.sign(assertionClaims(id, { exp: Math.floor(Date.now() / 1000) - 120 }))],
    ['without exp', (id) => key.sign(assertionClaims(id, { exp: undefined }))],
    ['good for a day', (id) => key.sign(assertionClaims(id, { exp: Math.floor(Date.now() / 1000) + 86_400 }))],
    ['issued in the future', (id) => key.sign(assertionClaims(id, { iat: Math.floor(Date.now() / 1000) + 600 }))],
    ['not yet valid', (id) => key.sign(assertionClaims(id, { nbf: Math.floor(Date.now() / 1000) + 600 }))],
    ['without jti', (id) => key.sign(assertionClaims(id, { jti: undefined }))],
    ['with a jti that is no short text', (id) => key.sign(assertionClaims(id, { jti: 'x'.repeat(600) }))],
    ['for another server', (id) => key.sign(assertionClaims(id, { aud: 'https://other.example' }))],
    ['for this server and another', (id) => key.sign(assertionClaims(id, { aud: [ISSUER, 'https://other.example'] }))],
    ['with an empty aud', (id) => key.sign(assertionClaims(id, { aud: [] }))],
    ['that says it is an access token', (id) => key.sign(assertionClaims(id), { typ: 'at+jwt' })],
    ['that says it is a proof of possession', (id) => key.sign(assertionClaims(id), { typ: 'dpop+jwt' })],
    ['without aud', (id) => key.sign(assertionClaims(id, { aud: undefined }))],
    ['of another issuer', (id) => key.sign(assertionClaims(id, { iss: 'c_other' }))],
    ['unsigned', (id) => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(assertionClaims(id)))}.`.replaceAll('=', '')],
    ['no JWT at all', () => 'nonsense'],
    ['of 20 KB', () => 'a'.repeat(20_000)],
  ];
  it.each(wrong)('an assertion %s is invalid_client', async (_, make) => {
    const server = serve();
    const client = await keyed(server);
    const response = await withAssertion(server, await make(client.client_id));
    expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_client']);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it('the clock of a client may be off by a minute, and typ may say what it is (RFC 8725 §3.11)', async () => {
    const server = serve();
    const client = await keyed(server);
    const now = Math.floor(Date.now() / 1000);
    for (const [changes, typ] of [
      [{ exp: now - 30 }, 'JWT'],
      [{ iat: now + 30, nbf: now + 30 }, 'client-authentication+jwt'],
      [{ aud: [ISSUER] }, 'application/client-authentication+jwt'],
    ] as const) {
      const assertion = await key.sign(assertionClaims(client.client_id, changes), { typ });
      expect([typ, (await withAssertion(server, assertion)).status]).toEqual([typ, 200]);
    }
  });

  it('the algorithm that the client registered MUST be used', async () => {
    const server = serve();
    const rsa = await makeKey('RS256', 'k2');
    const client = await keyed(server, {
      jwks: { keys: [key.publicJwk, rsa.publicJwk] },
      token_endpoint_auth_signing_alg: 'RS256',
    });
    const use = async (by: TestKey) =>
      (await withAssertion(server, await by.sign(assertionClaims(client.client_id)))).status;
    expect([await use(key), await use(rsa)]).toEqual([401, 200]);
  });

  it('an assertion that names no key is tried with each key of its kind', async () => {
    const server = serve();
    const second = await makeKey('ES256', 'k2');
    const client = await keyed(server, { jwks: { keys: [key.publicJwk, second.publicJwk] } });
    const use = async (by: TestKey) =>
      (await withAssertion(server, await by.sign(assertionClaims(client.client_id), { kid: undefined }))).status;
    expect([await use(second), await use(key), await use(await makeKey())]).toEqual([200, 200, 401]);
  });

  it('RFC 7591 §2 jwks holds public keys: private and shared ones are invalid_client_metadata', async () => {
    const server = serve();
    for (const bad of [{ ...key.publicJwk, d: 'x' }, { kty: 'oct', k: 'c2VjcmV0' }, { kid: 'none' }]) {
      const response = await registerClient(server, {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [bad] },
      });
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_client_metadata']);
    }
  });

  it('§3 the token endpoint as aud is taken, too, and that of pushed requests (RFC 9126 §2)', async () => {
    const server = serve();
    const client = await keyed(server);
    for (const aud of [`${ISSUER}/token`, `${ISSUER}/par`]) {
      const assertion = await key.sign(assertionClaims(client.client_id, { aud }));
      expect([aud, (await withAssertion(server, assertion)).status]).toEqual([aud, 200]);
    }
  });

  it('§3 an assertion is good once: of fifty at once exactly one wins', async () => {
    const server = serve();
    const client = await keyed(server);
    const assertion = await key.sign(assertionClaims(client.client_id));
    const responses = await Promise.all(Array.from({ length: 50 }, () => withAssertion(server, assertion)));
    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 200).length).toBe(1);
    expect(new Set(statuses)).toEqual(new Set([200, 401]));
  });

  it('an answer of D1 that is lost after it committed does not spend the assertion twice', async () => {
    const env = bindings();
    let lost = 0;
    const DB = {
      prepare: env.DB.prepare.bind(env.DB),
      withSession: env.DB.withSession.bind(env.DB),
      batch: async (statements: D1PreparedStatement[]) => {
        const result = await env.DB.batch(statements);
        if (lost++ === 0) throw new Error('Network connection lost.');
        return result;
      },
    } as unknown as D1Database;
    const server = serve();
    const client = await keyed(server);
    const assertion = await key.sign(assertionClaims(client.client_id));
    expect((await withAssertion({ ...server, ...serve({ ...env, DB }) }, assertion)).status).toBe(200);
    expect(lost).toBe(2);
  });

  it('the registered method is enforced: no secret, and no other way in', async () => {
    const server = serve();
    const client = await keyed(server);
    const body = { grant_type: 'client_credentials', client_id: client.client_id };
    expect((await post(server, body)).status).toBe(401);
    const secretive = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    expect((await withAssertion(server, await key.sign(assertionClaims(secretive.client_id)))).status).toBe(401);
    const both = await withAssertion(server, await key.sign(assertionClaims(client.client_id)), { client_secret: 'x' });
    expect(await errorOf(both)).toBe('invalid_request');
  });

  it('OpenID Connect Core §9 client_secret_jwt is refused on purpose, and not in the metadata', async () => {
    const server = serve();
    const metadata = { redirect_uris: ['https://a.example/'], token_endpoint_auth_method: 'client_secret_jwt' };
    expect((await server.admin('POST', '/clients', { metadata })).status).toBe(400);
    expect(await errorOf(await registerClient(server, metadata))).toBe('invalid_client_metadata');
    const advertised = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as object;
    expect(JSON.stringify(advertised)).not.toMatch(/client_secret_jwt|HS256/);
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const secret = new TextEncoder().encode(client.client_secret);
    const bySecret = new SignJWT(assertionClaims(client.client_id)).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    expect(await errorOf(await withAssertion(server, await bySecret))).toBe('invalid_client');
  });

  it('Metadata Choices §2: of the methods that a client can do the server takes one that it offers', async () => {
    const server = serve();
    const choose = async (metadata: Record<string, unknown>) =>
      (await makeClient(server, { redirect_uris: ['https://a.example/'], ...metadata })).method;
    const jwks = { keys: [key.publicJwk] };
    const both = ['none', 'private_key_jwt'];
    const wanted = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_methods_supported: both };
    expect(await choose({ ...wanted, jwks })).toBe('private_key_jwt');
    expect(await choose(wanted)).toBe('none');
    const unknown = { token_endpoint_auth_method: 'tls_client_auth', token_endpoint_auth_methods_supported: both };
    expect(await choose({ ...unknown, jwks })).toBe('private_key_jwt');
  });

  it('keys by jwks_uri are fetched once, and again for an unknown kid, but not more often than every 30 seconds', async () => {
    const server = serve();
    const uri = 'https://keys.acme.com/jwks';
    const web = pretendWeb({ [uri]: () => json({ keys: [key.publicJwk] }) });
    const client = await keyed(server, { jwks: undefined, jwks_uri: uri });
    const use = async (by: TestKey) =>
      (await withAssertion(server, await by.sign(assertionClaims(client.client_id)))).status;
    expect([await use(key), await use(key), web.visits.length]).toEqual([200, 200, 1]);
    const next = await makeKey('ES256', 'k2');
    web.answers[uri] = () => json({ keys: [key.publicJwk, next.publicJwk] });
    expect([await use(next), web.visits.length]).toEqual([401, 1]);
    vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ['Date'] });
    expect([await use(next), web.visits.length]).toEqual([200, 2]);
    expect([await use(await makeKey('ES256', 'k3')), web.visits.length]).toEqual([401, 2]);
  });

  it('keys that cannot be read are invalid_client, and the last good ones go on', async () => {
    const server = serve();
    const uri = 'https://keys.acme.com/jwks';
    const web = pretendWeb({ [uri]: () => json({ no: 'keys' }) });
    const client = await keyed(server, { jwks: undefined, jwks_uri: uri });
    const use = async () => (await withAssertion(server, await key.sign(assertionClaims(client.client_id)))).status;
    expect(await use()).toBe(401);
    web.answers[uri] = () => json({ keys: [key.publicJwk] }, { 'cache-control': 'max-age=60' });
    expect(await use()).toBe(200);
    web.answers[uri] = () => json('gone', {}, 500);
    vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ['Date'] });
    expect(await use()).toBe(200);
  });
});

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const VOUCHER = 'https://id.acme.com';

describe('RFC 7523 §2.1 JWT bearer grant', () => {
  let server: Server;
  let client: TestClient;
  let user: string;

  beforeEach(async () => {
    server = serve();
    await setSetting(server, 'scopes_supported', 'files Files\nother Other');
    client = await makeClient(server, {
      grant_types: [GRANT],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'openid email files other',
    });
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    user = (await administer<{ users: { id: string }[] }>(server, 'GET', '/users')).users[0]?.id ?? '';
    await trust();
    await administer(server, 'PUT', `${issuerPath}/subjects`, { subject: 'ada', user });
  });

  const issuerPath = `/issuers/${encodeURIComponent(VOUCHER)}`;
  const trust = (changes: Record<string, unknown> = {}) =>
    administer(server, 'PUT', issuerPath, { jwks: { keys: [key.publicJwk] }, ...changes });

  const claims = (changes: Record<string, unknown> = {}) =>
    assertionClaims('x', { iss: VOUCHER, sub: 'ada', ...changes });
  const ask = (assertion: string, body: Record<string, string> = {}) =>
    post(server, {
      grant_type: GRANT,
      assertion,
      client_id: client.client_id,
      client_secret: client.client_secret ?? '',
      ...body,
    });

  it('an assertion of a trusted issuer is for the user whose subject is linked; no refresh token is issued', async () => {
    const response = await ask(await key.sign(claims()), { scope: 'openid email files' });
    const answer = (await response.json()) as Record<string, string>;
    expect([response.status, answer.scope, answer.refresh_token]).toEqual([200, 'openid email files', undefined]);
    expect(payloadOf(answer.access_token ?? '')).toMatchObject({ sub: user, client_id: client.client_id });
    expect((await me(server, answer.access_token ?? '', '/userinfo')).status).toBe(200);
  });

  it('§3 an assertion is good once: of fifty at once exactly one wins', async () => {
    const assertion = await key.sign(claims());
    const responses = await Promise.all(Array.from({ length: 50 }, () => ask(assertion)));
    expect(responses.filter(({ status }) => status === 200).length).toBe(1);
    const errors = await Promise.all(responses.filter(({ status }) => status !== 200).map(errorOf));
    expect(new Set(errors)).toEqual(new Set(['invalid_grant']));
  });

  const wrong: [string, () => Promise<string> | string][] = [
    ['of an issuer that is not trusted', () => key.sign(claims({ iss: 'https://evil.example' }))],
    ['signed by another key', async () => (await makeKey()).sign(claims())],
    ['for another server', () => key.sign(claims({ aud: 'https://other.example' }))],
    ['without jti', () => key.sign(claims({ jti: undefined }))],
    ['of an unknown subject', () => key.sign(claims({ sub: 'nobody' }))],
    ['with an empty aud', () => key.sign(claims({ aud: [] }))],
    ['whose subject is no text', () => key.sign(claims({ sub: 7 }))],
    ['whose scope is no text', () => key.sign(claims({ scope: ['files'] }))],
    ['whose resource is no text', () => key.sign(claims({ resource: { a: 1 } }))],
    ["that is the issuer's access token", () => key.sign(claims(), { typ: 'at+jwt' })],
    ['for another client', () => key.sign(claims({ client_id: 'c_other' }))],
    ['bound to nothing', () => key.sign(claims({ cnf: null }))],
    ['bound to a key', () => key.sign(claims({ cnf: { jkt: 'x' } }))],
    ['expired', () => key.sign(claims({ exp: Math.floor(Date.now() / 1000) - 120 }))],
    ['that is no JWT', () => 'nonsense'],
  ];
  it.each(wrong)('an assertion %s is invalid_grant', async (_, make) => {
    const response = await ask(await make());
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_grant']);
  });

  it('an e-mail address names the user only where the issuer is trusted with that, and says that it is verified', async () => {
    const byEmail = (verified: unknown) =>
      key.sign(claims({ sub: 'unlinked', email: ADMINISTRATOR.email.toUpperCase(), email_verified: verified }));
    expect((await ask(await byEmail(true))).status).toBe(400);
    await trust({ match_email: true });
    // An address that nobody confirmed here may be another's.
    expect((await ask(await byEmail(true))).status).toBe(400);
    await administer(server, 'PATCH', `/users/${user}`, { email_verified: true });
    expect((await ask(await key.sign(claims({ sub: 'x', email: [7], email_verified: true })))).status).toBe(400);
    expect((await ask(await byEmail(undefined))).status).toBe(400);
    expect((await ask(await byEmail(true))).status).toBe(200);
  });

  it('the trust in an issuer has its bounds: clients and scopes', async () => {
    await trust({ clients: ['c_other'] });
    expect(await errorOf(await ask(await key.sign(claims())))).toBe('invalid_grant');
    // A member that a PUT leaves out keeps its value.
    await trust({ clients: [], scopes: ['files'] });
    const answer = (await (await ask(await key.sign(claims()), { scope: 'files other' })).json()) as { scope: string };
    expect(answer.scope).toBe('files');
  });

  it('an issuer that was trusted further a moment ago, elsewhere, is not refused from what is held here', async () => {
    expect((await ask(await key.sign(claims()))).status).toBe(200);
    const next = await makeKey('ES256', 'k2');
    await server.env.DB.prepare('UPDATE trusted_issuers SET trust = ?')
      .bind(JSON.stringify({ jwks: { keys: [next.publicJwk] }, clients: [], scopes: [], match_email: false }))
      .run();
    expect((await ask(await next.sign(claims()))).status).toBe(200);
  });

  it('RFC 7523 §3 aud may be an array of one, and the clock of the issuer may be off by a minute', async () => {
    const now = Math.floor(Date.now() / 1000);
    expect((await ask(await key.sign(claims({ aud: [ISSUER], exp: now - 30 })))).status).toBe(200);
    expect((await ask(await key.sign(claims({ iat: now + 30 })))).status).toBe(200);
    expect((await ask(await key.sign(claims({ iat: now + 90 })))).status).toBe(400);
  });

  it('a scope of the assertion that is empty opens nothing', async () => {
    const response = await ask(await key.sign(claims({ scope: '' })), { scope: 'files' });
    expect(await errorOf(response)).toBe('invalid_scope');
    const omitted = await ask(await key.sign(claims({ scope: '' })));
    expect(((await omitted.json()) as { scope: string }).scope).toBe('');
  });

  it('a client assertion that was used before is invalid_client, and does not use the other up', async () => {
    const own = await makeKey();
    const byKey = await makeClient(server, {
      grant_types: [GRANT],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [own.publicJwk] },
    });
    const prove = () => own.sign(assertionClaims(byKey.client_id));
    const bring = (assertion: string, client_assertion: string) =>
      withAssertion(server, client_assertion, { grant_type: GRANT, assertion });
    const [once, first] = [await prove(), await key.sign(claims())];
    expect((await bring(first, once)).status).toBe(200);
    const second = await key.sign(claims());
    expect(await errorOf(await bring(second, once))).toBe('invalid_client');
    expect(await errorOf(await bring(first, await prove()))).toBe('invalid_grant');
    expect((await bring(second, await prove())).status).toBe(200);
  });

  it('ID-JAG §4.4.1 client_id must be the client that asks, aud the issuer alone; scope and resource of the assertion are its bounds', async () => {
    const typ = { typ: 'oauth-id-jag+jwt' };
    const jag = { client_id: client.client_id, scope: 'files', resource: `${ISSUER}/mcp` };
    const response = await ask(await key.sign(claims(jag), typ));
    const answer = (await response.json()) as Record<string, string>;
    expect([response.status, answer.scope]).toEqual([200, 'files']);
    expect(payloadOf(answer.access_token ?? '').aud).toBe(`${ISSUER}/mcp`);
    expect((await ask(await key.sign(claims({ ...jag, client_id: 'c_other' }), typ))).status).toBe(400);
    expect((await ask(await key.sign(claims({ ...jag, aud: `${ISSUER}/token` }), typ))).status).toBe(400);
    for (const missing of ['client_id', 'iat', 'jti', 'exp']) {
      expect((await ask(await key.sign(claims({ ...jag, [missing]: undefined }), typ))).status).toBe(400);
    }
    const spelled = { typ: 'application/OAuth-ID-JAG+JWT' };
    expect((await ask(await key.sign(claims({ ...jag, client_id: undefined }), spelled))).status).toBe(400);
    const elsewhere = await ask(await key.sign(claims(jag), typ), { resource: `${ISSUER}/other` });
    expect(await errorOf(elsewhere)).toBe('invalid_target');
  });

  it('a user who is disabled, or lacks the role that the client needs, is refused', async () => {
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { roles: ['editor'] });
    expect(await errorOf(await ask(await key.sign(claims())))).toBe('invalid_grant');
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { roles: [] });
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${user}`, { disabled: true });
    expect(await errorOf(await ask(await key.sign(claims())))).toBe('invalid_grant');
  });

  it('an issuer that is no longer trusted, and a subject that is no longer linked, are refused', async () => {
    await administer(server, 'DELETE', `${issuerPath}/subjects/ada`);
    expect((await ask(await key.sign(claims()))).status).toBe(400);
    await administer(server, 'DELETE', issuerPath);
    expect((await ask(await key.sign(claims()))).status).toBe(400);
    expect((await server.admin('GET', issuerPath)).status).toBe(404);
  });
});
