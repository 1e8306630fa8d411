/**
 * The modules of the OpenID Foundation's basic certification plan (oidcc-basic-certification-test-plan), by name, as the
 * suite sends them: a static client with a secret and no PKCE, which an administrator exempted. The form_post plan
 * (oidcc-formpost-basic-certification-test-plan) has the same modules, whose answers are forms.
 */
import { expect, it, vi } from 'vitest';
import { REDIRECT_URI } from './client.ts';
import { conformanceSuite, redemption } from './conformance-suite.ts';
import { text } from './user.ts';

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

/** Declares a test for each module. */
export function basicPlan(responseMode?: 'form_post'): void {
  const start = (method?: Parameters<typeof conformanceSuite>[0]) => conformanceSuite(method, {}, responseMode);

  it('oidcc-server: a code, an id_token signed with RS256, and userinfo of the same sub', async () => {
    const suite = await start();
    const answer = await suite.authorize();
    expect([answer.get('state'), answer.get('error')]).toEqual(['suite-state', null]);
    const { claims, access_token } = await suite.run();
    expect(claims.nonce).toBe('suite-nonce');
    expect((await suite.userinfo(access_token)).sub).toBe(claims.sub);
  });

  it('oidcc-server-client-secret-post', async () => {
    const suite = await start('client_secret_post');
    expect((await suite.run()).claims.sub).toMatch(/^u_/);
  });

  it('oidcc-response-type-missing: an error, by redirect or page', async () => {
    const suite = await start();
    const answer = await suite.answer({ response_type: undefined });
    expect(['invalid_request', 'unsupported_response_type']).toContain(answer?.get('error'));
  });

  it.each([
    ['oidcc-userinfo-get', 'GET', 'header'],
    ['oidcc-userinfo-post-header', 'POST', 'header'],
    ['oidcc-userinfo-post-body', 'POST', 'body'],
  ])('%s', async (_, method, where) => {
    const suite = await start();
    const { access_token, claims } = await suite.run();
    const inBody = where === 'body';
    const response = await suite.server.fetch('/userinfo', {
      method,
      headers: inBody
        ? { 'content-type': 'application/x-www-form-urlencoded' }
        : { authorization: `Bearer ${access_token}` },
      ...(inBody && { body: new URLSearchParams({ access_token }).toString() }),
    });
    expect([response.status, ((await response.json()) as { sub: string }).sub]).toEqual([200, claims.sub]);
  });

  it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    const suite = await start();
    expect((await suite.run({ nonce: undefined })).claims).not.toHaveProperty('nonce');
  });

  it.each([
    ['oidcc-scope-profile', 'openid profile', ['name', 'updated_at']],
    ['oidcc-scope-email', 'openid email', ['email', 'email_verified']],
    ['oidcc-scope-address', 'openid address', []],
    ['oidcc-scope-phone', 'openid phone', []],
    ['oidcc-scope-all', 'openid profile email address phone', ['name', 'email']],
    ['oidcc-ensure-other-scope-order-succeeds', 'email openid', ['email']],
  ])('%s', async (_, scope, names) => {
    const suite = await start();
    const { access_token } = await suite.run({ scope });
    const claims = await suite.userinfo(access_token);
    for (const name of names) expect(claims).toHaveProperty(name);
  });

  it.each([
    ['oidcc-display-page', { display: 'page' }],
    ['oidcc-display-popup', { display: 'popup' }],
    ['oidcc-ui-locales', { ui_locales: 'se' }],
    ['oidcc-claims-locales', { claims_locales: 'se' }],
    ['oidcc-login-hint', { login_hint: 'bob@example.com' }],
    ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
    ['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }],
    ['oidcc-claims-essential', { claims: '{"userinfo":{"name":{"essential":true}}}' }],
  ])('%s', async (_, changes) => {
    const suite = await start();
    expect((await suite.run(changes)).claims.sub).toMatch(/^u_/);
  });

  it('oidcc-prompt-login: the second id_token has a later auth_time', async () => {
    const suite = await start();
    const first = await suite.run();
    later(2);
    const second = await suite.run({ prompt: 'login' });
    expect(second.claims.sub).toBe(first.claims.sub);
    expect(Number(second.claims.auth_time)).toBeGreaterThan(Number(first.claims.auth_time));
  });

  it('oidcc-prompt-none-not-logged-in: an error, without a page', async () => {
    const suite = await start();
    const answer = await suite.answer({ prompt: 'none' });
    expect(['login_required', 'interaction_required', 'consent_required']).toContain(answer?.get('error'));
  });

  it('oidcc-prompt-none-logged-in: a code at once, with the same sub and auth_time', async () => {
    const suite = await start('client_secret_basic');
    await suite.server.admin('PUT', '/settings/skip_authorization', { value: true });
    const first = await suite.run();
    const answer = await suite.answer({ prompt: 'none' });
    expect(answer?.get('error')).toBeNull();
    const second = await suite.run({ prompt: 'none' });
    expect([second.claims.sub, second.claims.auth_time]).toEqual([first.claims.sub, first.claims.auth_time]);
  });

  it('oidcc-max-age-1: a new sign-in, and auth_time says so', async () => {
    const suite = await start();
    const first = await suite.run();
    later(2);
    const second = await suite.run({ max_age: '1' });
    expect(Number(second.claims.auth_time)).toBeGreaterThan(Number(first.claims.auth_time));
  });

  it('oidcc-max-age-10000: no new sign-in, the same auth_time', async () => {
    const suite = await start();
    const first = await suite.run();
    later(2);
    const second = await suite.run({ max_age: '10000' });
    expect(second.claims.auth_time).toBe(first.claims.auth_time);
  });

  it('oidcc-id-token-hint: prompt=none with the id_token of the user', async () => {
    const suite = await start();
    await suite.server.admin('PUT', '/settings/skip_authorization', { value: true });
    const first = await suite.run();
    const second = await suite.run({ prompt: 'none', id_token_hint: first.id_token });
    expect(second.claims.sub).toBe(first.claims.sub);
  });

  it('oidcc-codereuse and oidcc-codereuse-30seconds: invalid_grant, and after 30 seconds the tokens are revoked', async () => {
    const suite = await start();
    const form = redemption((await suite.authorize()).get('code') ?? '');
    const { access_token } = (await (await suite.token(form)).json()) as { access_token: string };
    const again = async () => {
      const response = await suite.token(form);
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await again()).toEqual([400, 'invalid_grant']);
    later(30);
    expect(await again()).toEqual([400, 'invalid_grant']);
    const response = await suite.server.fetch('/userinfo', { headers: { authorization: `Bearer ${access_token}` } });
    expect(response.status).toBe(401);
  });

  it('oidcc-ensure-registered-redirect-uri: a page, and no redirect', async () => {
    const suite = await start();
    const response = await suite.request({ redirect_uri: `${REDIRECT_URI}/not-registered` });
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(text(await response.text())).toMatch(/redirect/i);
  });

  it('oidcc-ensure-post-request-succeeds', async () => {
    const suite = await start();
    await suite.run();
    const [path = '', body = ''] = suite.url().split('?');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await suite.browser.request(path, { method: 'POST', headers, body });
    expect(response.status).toBeLessThan(400);
    const next = response.headers.get('location') ?? path;
    expect((await suite.follow(next)).get('code')).toMatch(/^pc_/);
  });

  it.each([
    ['oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', 'request_uri'],
    ['oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', 'request'],
    ['oidcc-ensure-request-object-with-redirect-uri', 'request'],
  ])('%s: rejected as unsupported', async (_, name) => {
    const suite = await start();
    const value = name === 'request' ? 'eyJhbGciOiJub25lIn0.e30.' : 'https://suite.example/request.jwt';
    expect((await suite.answer({ [name]: value }))?.get('error')).toBe(`${name}_not_supported`);
  });

  it('oidcc-refresh-token: refreshes, and the refresh token is bound to its client', async () => {
    const suite = await start();
    const tokens = await suite.run({ scope: 'openid offline_access', prompt: 'consent' });
    const response = await suite.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    const refreshed = (await response.json()) as { access_token: string; id_token: string };
    expect([response.status, typeof refreshed.access_token, typeof refreshed.id_token]).toEqual([
      200,
      'string',
      'string',
    ]);
  });

  it('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const suite = await start();
    const { sha256 } = await import('../../src/crypto/digest.ts');
    const verifier = 'a-verifier-of-the-suite-that-is-long-enough-0123456789';
    const answer = await suite.authorize({ code_challenge: sha256(verifier), code_challenge_method: 'S256' });
    const form = { ...redemption(answer.get('code') ?? ''), code_verifier: verifier };
    expect((await suite.token(form)).status).toBe(200);
  });
}
