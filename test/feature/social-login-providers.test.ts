/** Social login: what each provider does in its own way, and id_tokens that must not be believed (OpenID Connect Core §3.1.3.7). */
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { IDENTITY_PROVIDER_NAMES, PROVIDERS, TEMPLATE_NAMES } from '../../src/providers/index.ts';
import { CLIENT, type FarEnd, farEnd, idToken, tokens } from '../support/far-end.ts';
import { makeKey } from '../support/keys.ts';
import { json } from '../support/pretend-web.ts';
import { administer, type Server, serve } from '../support/server.ts';
import {
  identitiesOf,
  makeLogin,
  pageText,
  pressButton,
  type Row,
  returnFrom,
  says,
  signInWith,
  tells,
  usersOf,
} from '../support/social.ts';

const make = (server: Server, provider: string, changes: Row = {}) =>
  administer<Row>(server, 'POST', '/social-logins', { id: 'far', provider, sign_up: 'allow', ...CLIENT, ...changes });

describe('an id_token', () => {
  const unsigned = async (far: FarEnd, alg: string) => {
    const [, payload] = (await idToken(far, { email_verified: true })).split('.');
    return `${btoa(JSON.stringify({ alg, typ: 'JWT' })).replaceAll('=', '')}.${payload}.`;
  };
  const wrong: Record<string, (far: FarEnd) => Promise<string> | string> = {
    'of another issuer': (far) => idToken(far, { iss: 'https://evil.faraway.net' }),
    'for another client': (far) => idToken(far, { aud: 'another-client' }),
    'for others beside us, without azp': (far) => idToken(far, { aud: [CLIENT.client_id, 'another-client'] }),
    'with another nonce': (far) => idToken(far, { nonce: 'of another request' }),
    'without a nonce': (far) => idToken(far, { nonce: undefined }),
    'that expired': (far) => idToken(far, { exp: Math.floor(Date.now() / 1000) - 600 }),
    'that is not signed (alg none)': (far) => unsigned(far, 'none'),
    'without its signature': (far) => unsigned(far, 'ES256'),
    'of a key that is not published': async (far) =>
      (await makeKey()).sign(JSON.parse(atob((await idToken(far)).split('.')[1] ?? ''))),
    'that names nobody': (far) => idToken(far, { sub: '' }),
    'that is a page': () => '<html>welcome</html>',
    'that is not there': () => undefined as never,
  };
  it('that is wrong in any part signs nobody in', async () => {
    const server = serve();
    const far = await farEnd();
    await makeLogin(server, far, { trust_email: true });
    for (const [what, token] of Object.entries(wrong)) {
      far.grants.authorization_code = async () => tokens({ id_token: await token(far) });
      const user = server.user();
      expect([what, (await signInWith(user, far)).status]).toEqual([what, 400]);
      expect(user.cookies.has('__Host-session')).toBe(false);
    }
    expect(await usersOf(server)).toEqual([]);
    expect(await identitiesOf(server)).toEqual([]);
  });
});

describe('userinfo', () => {
  it('is asked with a proof where the token is bound to a key (RFC 9449 §7.1), and only there', async () => {
    const seen: Headers[] = [];
    const server = serve();
    const far = await farEnd({ dpop_signing_alg_values_supported: ['ES256'] });
    tells(far, {});
    far.web.answers[`${far.issuer}/me`] = ({ headers }) => {
      seen.push(headers);
      return json({ sub: 'alice', email: 'alice@faraway.net', email_verified: true });
    };
    far.grants.authorization_code = async ({ headers }) => {
      const token_type = headers.has('dpop') ? 'DPoP' : 'Bearer';
      return tokens({ token_type, id_token: await idToken(far, { email: undefined }) });
    };
    await makeLogin(server, far);
    expect((await signInWith(server.user(), far)).status).toBe(303);
    await administer(server, 'PATCH', '/social-logins/far', { dpop: 'never' });
    expect((await signInWith(server.user(), far)).status).toBe(303);
    expect(seen.map((headers) => headers.get('authorization'))).toEqual(['DPoP at-1', 'Bearer at-1']);
    expect(decodeJwt(seen[0]?.get('dpop') ?? '')).toMatchObject({ htm: 'GET', ath: sha256('at-1') });
    expect(seen[1]?.has('dpop')).toBe(false);
  });

  it('is asked where the id_token does not tell the address, and must be of the same user (§5.3.2)', async () => {
    const server = serve();
    const far = await farEnd();
    tells(far, { sub: 'another user', email: 'a@faraway.net', email_verified: true });
    says(far, { sub: 'alice', email: undefined, email_verified: undefined });
    await makeLogin(server, far);
    expect(await pageText(await signInWith(server.user(), far))).toContain('named two different users');
    for (const [answer, words] of [
      ['<html>', 'not JSON'],
      [[], 'did not say who you are'],
    ] as const) {
      tells(far, answer as never);
      expect(await pageText(await signInWith(server.user(), far))).toContain(words);
    }
    tells(far, {}, 500);
    expect(await pageText(await signInWith(server.user(), far))).toContain(
      'answered 500 when it was asked who you are',
    );
    tells(far, { sub: 'alice', email: 'a@faraway.net', email_verified: true, given_name: 'A', family_name: 'L' });
    expect((await signInWith(server.user(), far)).status).toBe(303);
    expect(await usersOf(server)).toMatchObject([{ email: 'a@faraway.net', name: 'A L', email_verified: true }]);
  });
});

describe('the presets', () => {
  it('are the eight of the model, Apple, another Postern, and two of one’s own, each with its documentation', async () => {
    expect([...IDENTITY_PROVIDER_NAMES].sort()).toEqual(
      [
        'google',
        'github',
        'facebook',
        'microsoft',
        'salesforce',
        'fairlogin',
        'keycloak',
        'frappe',
        'apple',
        'postern',
        'openid',
        'oauth',
      ].sort(),
    );
    const { providers } = await administer<{ providers: Row[] }>(serve(), 'GET', '/social-login-providers');
    expect(providers).toHaveLength(IDENTITY_PROVIDER_NAMES.length);
    for (const { documentation, readOn } of Object.values(PROVIDERS)) {
      expect([new URL(documentation).protocol, Number.isNaN(Date.parse(readOn))]).toEqual(['https:', false]);
    }
  });

  it('are defined once for both uses: what a template and an identity provider share is one entry', () => {
    expect([...TEMPLATE_NAMES].sort()).toEqual(
      ['frappe', 'github', 'google', 'mcp', 'microsoft', 'oauth', 'openid', 'slack'].sort(),
    );
    expect(Object.keys(PROVIDERS).sort()).toEqual([...new Set([...TEMPLATE_NAMES, ...IDENTITY_PROVIDER_NAMES])].sort());
  });

  it('GitHub: the address is private, the primary verified one of another document; the number is who they are', async () => {
    const server = serve();
    const far = await farEnd();
    await make(server, 'github');
    const addresses = [
      { email: 'old@example.net', primary: false, verified: true },
      { email: 'octo@example.net', primary: true, verified: false },
    ];
    Object.assign(far.web.answers, {
      'https://github.com/login/oauth/access_token': () => json({ access_token: 'gho', scope: 'read:user,user:email' }),
      'https://api.github.com/user': (request: Request) => {
        expect(request.headers.get('authorization')).toBe('Bearer gho');
        expect(request.headers.get('user-agent')).toBe('Postern');
        return json({ id: 583231, login: 'octocat', name: null, email: null });
      },
      'https://api.github.com/user/emails': () => json(addresses),
    });
    const answer = { iss: undefined };
    const first = await pressButton(server.user(), far);
    expect(new URL(first.headers.get('location') ?? '').searchParams.get('scope')).toBe('read:user user:email');
    const come = async () => {
      const user = server.user();
      return returnFrom(user, far, await pressButton(user, far), answer);
    };
    expect(await pageText(await come())).toContain('GitHub has not verified your e-mail address');
    Object.assign(addresses[1] ?? {}, { verified: true });
    expect((await come()).status).toBe(303);
    expect(await usersOf(server)).toMatchObject([{ email: 'octo@example.net', name: 'octocat' }]);
    expect(await identitiesOf(server)).toMatchObject([{ issuer: 'https://github.com', subject: '583231' }]);
    // It answers a failure with 200.
    far.web.answers['https://github.com/login/oauth/access_token'] = () => json({ error: 'bad_verification_code' });
    expect((await come()).status).toBe(400);
  });

  it('Microsoft: the directory decides who may come, and whether an address is believed', async () => {
    const server = serve();
    const far = await farEnd();
    const [ours, theirs] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
    const host = 'https://login.microsoftonline.com';
    const metadata = (directory: string) => () =>
      json({
        ...far.metadata,
        issuer: `${host}/${directory}/v2.0`,
        authorization_response_iss_parameter_supported: false,
      });
    far.web.answers[`${host}/${ours}/v2.0/.well-known/openid-configuration`] = metadata(ours);
    far.web.answers[`${host}/common/v2.0/.well-known/openid-configuration`] = metadata('{tenantid}');
    const made = await make(server, 'microsoft');
    expect(made).toMatchObject({ disabled: true, why_not_shown: expect.stringContaining('directories') });
    const come = async (claims: Row) => {
      far.grants.authorization_code = async () => tokens({ id_token: await idToken(far, claims) });
      const user = server.user();
      return returnFrom(user, far, await pressButton(user, far), { iss: undefined });
    };
    const claims = (tid: string, more: Row = {}) => ({
      iss: `${host}/${tid}/v2.0`,
      tid,
      sub: `sub of ${tid}`,
      email: undefined,
      ...more,
    });
    // One directory: its own issuer, and nobody else's.
    await administer(server, 'PATCH', '/social-logins/far', { tenants: [ours], disabled: false });
    expect((await come(claims(theirs))).status).toBe(400);
    expect((await come(claims(ours, { preferred_username: 'ada@ours.example' }))).status).toBe(303);
    // Every directory: the issuer must be that of the directory that the token names, and an address is a text.
    await administer(server, 'PATCH', '/social-logins/far', { tenants: [], any_tenant: true });
    expect((await come({ ...claims(theirs), iss: `${host}/${ours}/v2.0` })).status).toBe(400);
    const spoofed = claims(theirs, { email: 'ada@ours.example' });
    expect(await pageText(await come(spoofed))).toContain('Microsoft has not verified your e-mail address');
    expect((await come(claims(theirs, { email: 'eve@theirs.example', xms_edov: true }))).status).toBe(303);
    expect((await usersOf(server)).map(({ email }) => email)).toEqual(['ada@ours.example', 'eve@theirs.example']);
  });

  it('Apple: the secret is a JWT under its key, the answer a form, the name told once by the browser', async () => {
    const server = serve();
    const far = await farEnd();
    const apple = 'https://appleid.apple.com';
    far.web.answers[`${apple}/.well-known/oauth-authorization-server`] = () => json({}, {}, 404);
    far.web.answers[`${apple}/.well-known/openid-configuration`] = () =>
      json({
        issuer: apple,
        authorization_endpoint: `${apple}/auth/authorize`,
        jwks_uri: `${far.issuer}/jwks`,
        token_endpoint: `${far.issuer}/token`,
        id_token_signing_alg_values_supported: ['ES256'],
      });
    const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    const der = new Uint8Array((await crypto.subtle.exportKey('pkcs8', pair.privateKey)) as ArrayBuffer);
    const pem = `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...der))}\n-----END PRIVATE KEY-----`;
    await make(server, 'apple', { client_secret: 'no key', team_id: 'TEAM', key_id: 'KEY' });
    const user = server.user();
    expect(await pageText(await pressButton(user, far))).toContain('the private key is invalid');
    await administer(server, 'PATCH', '/social-logins/far', { client_secret: pem });
    far.grants.authorization_code = async () =>
      tokens({
        id_token: await idToken(far, {
          iss: apple,
          sub: '000.a',
          email: 'x@privaterelay.appleid.com',
          email_verified: 'true',
        }),
      });
    const sent = await pressButton(user, far);
    const query = new URL(sent.headers.get('location') ?? '').searchParams;
    expect([query.get('response_mode'), query.get('scope')]).toEqual(['form_post', 'openid name email']);
    const userMember = JSON.stringify({ name: { firstName: 'Ada', lastName: 'L' }, email: 'evil@example.com' });
    const posted = await server.fetch('/social-login/far/callback', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: apple },
      body: new URLSearchParams({ state: query.get('state') ?? '', code: 'c', user: userMember }).toString(),
    });
    expect(posted.status).toBe(303);
    expect((await user.request(posted.headers.get('location') ?? '')).status).toBe(303);
    expect(await usersOf(server)).toMatchObject([{ email: 'x@privaterelay.appleid.com', name: 'Ada L' }]);
    const secret = far.tokenRequests[0]?.body.get('client_secret') ?? '';
    const [header, payload] = secret.split('.').map((part) => Buffer.from(part, 'base64url'));
    expect(JSON.parse(String(header))).toEqual({ alg: 'ES256', kid: 'KEY' });
    expect(JSON.parse(String(payload))).toMatchObject({ iss: 'TEAM', sub: CLIENT.client_id, aud: apple });
    const signature = Buffer.from(secret.split('.')[2] ?? '', 'base64url');
    const signed = new TextEncoder().encode(secret.slice(0, secret.lastIndexOf('.')));
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, pair.publicKey, signature, signed)).toBe(
      true,
    );
  });

  it('Facebook: no address is verified, and errors are objects', async () => {
    const server = serve();
    const far = await farEnd();
    await make(server, 'facebook', { trust_email: true });
    const graph = 'https://graph.facebook.com/v25.0';
    far.web.answers[`${graph}/oauth/access_token`] = () => json({ error: { message: 'Bad code', code: 100 } }, {}, 400);
    far.web.answers[`${graph}/me`] = () => json({ id: '42', name: 'Ada', email: 'ada@example.net' });
    const come = async () => {
      const user = server.user();
      return returnFrom(user, far, await pressButton(user, far), { iss: undefined });
    };
    expect(await pageText(await come())).toContain('invalid_grant: Bad code');
    far.web.answers[`${graph}/oauth/access_token`] = () => json({ access_token: 'fb', token_type: 'bearer' });
    expect((await come()).status).toBe(303);
    await administer(server, 'PATCH', '/social-logins/far', { trust_email: false });
    far.web.answers[`${graph}/me`] = () => json({ id: '43', name: 'Eve', email: 'eve@example.net' });
    expect(await pageText(await come())).toContain('Facebook has not verified your e-mail address');
  });

  it('Frappe: its endpoints are known from its address, and its id_tokens are not looked at', async () => {
    const server = serve();
    const far = await farEnd();
    const site = 'https://erp.faraway.net';
    const method = `${site}/api/method/frappe.integrations.oauth2`;
    await make(server, 'frappe', { issuer: `${site}/`, trust_email: true });
    far.web.answers[`${method}.get_token`] = () => tokens({ id_token: 'signed.with.secret' });
    far.web.answers[`${method}.openid_profile`] = () => json({ sub: 'abc', email: 'ada@erp.example', name: 'Ada' });
    const user = server.user();
    const sent = await pressButton(user, far);
    expect(sent.headers.get('location')).toContain(`${method}.authorize?`);
    expect((await returnFrom(user, far, sent, { iss: undefined })).status).toBe(303);
    expect(await identitiesOf(server)).toMatchObject([{ issuer: site, subject: 'abc' }]);
  });

  it('an OAuth server of one’s own: the member of the profile that says who it is can be named', async () => {
    const server = serve();
    const far = await farEnd();
    tells(far, { uid: 7, email: 'ada@own.example', email_verified: true, name: 'Ada' });
    const endpoints = {
      authorization_endpoint: `${far.issuer}/authorize`,
      token_endpoint: `${far.issuer}/token`,
      userinfo_endpoint: `${far.issuer}/me`,
    };
    expect(await make(server, 'oauth', { name: 'Own' })).toMatchObject({ disabled: true });
    far.grants.authorization_code = () => tokens();
    await administer(server, 'PATCH', '/social-logins/far', { endpoints, disabled: false, scopes: ['me'] });
    const come = async () => {
      const user = server.user();
      return returnFrom(user, far, await pressButton(user, far), { iss: undefined });
    };
    expect(await pageText(await come())).toContain('did not say who you are');
    await administer(server, 'PATCH', '/social-logins/far', { user_id: 'uid' });
    expect((await come()).status).toBe(303);
    expect(await identitiesOf(server)).toMatchObject([{ subject: '7' }]);
  });

  it('Google: an address that is not of Google is not believed for ever', async () => {
    const profile = (claims: Row) =>
      PROVIDERS.google.socialLogin.profileOf({
        claims,
        userinfo: undefined,
        emails: undefined,
        description: {},
      } as never).emailVerified;
    expect(profile({ sub: '1', email: 'a@gmail.com', email_verified: true })).toBe(true);
    expect(profile({ sub: '1', email: 'a@company.example', email_verified: true, hd: 'company.example' })).toBe(true);
    expect(profile({ sub: '1', email: 'a@elsewhere.example', email_verified: true })).toBe(false);
    expect(profile({ sub: '1', email: 'a@gmail.com', email_verified: false })).toBe(false);
  });
});
