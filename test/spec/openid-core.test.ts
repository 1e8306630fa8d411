/** OpenID Connect Core §2 and §3.1: the id_token, and what a request may ask of the user. */
import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  payloadOf,
  REDIRECT_URI,
  refresh,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { bindings, ISSUER, type Server, serve, setSetting } from '../support/server.ts';
import { text } from '../support/user.ts';

const keysOf = async (server: Server) =>
  createLocalJWKSet((await (await server.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet);
const locationOf = (response: Response) => response.headers.get('location') ?? '';
const algOf = (jwt: string) => JSON.parse(atob(jwt.split('.')[0] ?? '')).alg;
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

describe('OpenID Connect Core §2 the ID token', () => {
  it('verifies with the public keys and has iss, sub, aud, exp, iat, auth_time, nonce, at_hash and sid', async () => {
    const server = serve();
    const client = await makeClient(server);
    const { id_token = '', access_token } = await obtainTokens(server, client);
    const { payload, protectedHeader } = await jwtVerify(id_token, await keysOf(server), {
      issuer: ISSUER,
      audience: client.client_id,
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload.sub).toBe(payloadOf(access_token).sub);
    expect(payload.nonce).toBe('the-nonce');
    expect(payload.sid).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(Math.abs(Number(payload.auth_time) - Date.now() / 1000)).toBeLessThan(30);
    const hash = createHash('sha256').update(access_token).digest();
    expect(payload.at_hash).toBe(hash.subarray(0, 16).toString('base64url'));
  });

  it('is signed with ES256 for a client that registered so', async () => {
    const server = serve();
    const client = await makeClient(server, { id_token_signed_response_alg: 'ES256' });
    const { id_token = '', access_token } = await obtainTokens(server, client);
    await jwtVerify(id_token, await keysOf(server));
    expect([algOf(id_token), algOf(access_token)]).toEqual(['ES256', 'ES256']);
  });

  it('is issued only where openid was granted', async () => {
    const server = serve();
    const tokens = await obtainTokens(server, await makeClient(server), { scope: 'profile' });
    expect(tokens.id_token).toBeUndefined();
  });

  it('sub is never null, and stable', async () => {
    const server = serve();
    const subs = [];
    for (const _ of [1, 2])
      subs.push(payloadOf((await obtainTokens(server, await makeClient(server))).access_token).sub);
    expect(subs[0]).toMatch(/^u_/);
    expect(subs[1]).toBe(subs[0]);
  });
});

describe('OpenID Connect Dynamic Client Registration §2 id_token_signed_response_alg', () => {
  it('the default, if omitted, is RS256; access tokens are signed with ES256', async () => {
    const server = serve();
    const { id_token = '', access_token } = await obtainTokens(server, await makeClient(server));
    expect([algOf(id_token), algOf(access_token)]).toEqual(['RS256', 'ES256']);
  });

  it('the registration answer names the algorithm, of a registration that is replaced, too', async () => {
    const server = serve();
    const answer = (await (
      await registerClient(server, { token_endpoint_auth_method: 'client_secret_basic' })
    ).json()) as Record<string, string>;
    expect(answer.id_token_signed_response_alg).toBe('RS256');
    const put = (body: Record<string, unknown>) =>
      server.fetch(`/register/${answer.client_id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${answer.registration_access_token}` },
        body: JSON.stringify({ client_id: answer.client_id, redirect_uris: [REDIRECT_URI], ...body }),
      });
    expect(
      ((await (await put({ id_token_signed_response_alg: 'ES256' })).json()) as Record<string, string>)
        .id_token_signed_response_alg,
    ).toBe('ES256');
    expect(((await (await put({})).json()) as Record<string, string>).id_token_signed_response_alg).toBe('RS256');
  });

  it('it names none for a client that gets no id_token', async () => {
    const server = serve();
    const machine = {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    };
    const answer = (await (await registerClient(server, machine)).json()) as Record<string, string>;
    expect(answer.id_token_signed_response_alg).toBeUndefined();
  });

  it('a setting changes the default of the server; what a registration answer named stays', async () => {
    const server = serve();
    const registered = (await (await registerClient(server)).json()) as TestClient;
    const client = await makeClient(server);
    await setSetting(server, 'id_token_algorithm', 'ES256');
    expect(algOf((await obtainTokens(server, client)).id_token ?? '')).toBe('ES256');
    expect(algOf((await obtainTokens(server, { ...registered, method: 'none' })).id_token ?? '')).toBe('RS256');
    const later = (await (await registerClient(server, { client_name: 'Another' })).json()) as Record<string, string>;
    expect(later.id_token_signed_response_alg).toBe('ES256');
  });

  it('a setting that no key can sign with is refused when it is saved', async () => {
    const server = serve();
    const response = await server.admin('PUT', '/settings/id_token_algorithm', { value: 'EdDSA' });
    expect([response.status, await response.text()]).toEqual([409, expect.stringContaining('SIGN_WITH')]);
  });

  it('where no key signs with RS256, the answer names the algorithm of the key that signs', async () => {
    const server = serve(bindings([], { SIGN_WITH: '1' }));
    const answer = (await (await registerClient(server)).json()) as TestClient & Record<string, string>;
    expect(answer.id_token_signed_response_alg).toBe('ES256');
    expect(algOf((await obtainTokens(server, { ...answer, method: 'none' })).id_token ?? '')).toBe('ES256');
  });
});

describe('OpenID Connect Core §12.2 the ID token of a refresh', () => {
  async function refreshed(scope?: string) {
    const server = serve();
    const client = await makeClient(server);
    const first = await obtainTokens(server, client);
    later(120);
    const changes = scope === undefined ? {} : { scope };
    const second = (await (await refresh(server, client, first.refresh_token, changes)).json()) as Tokens;
    return { server, client, first, second };
  }

  it('iss, sub, aud, auth_time, acr, amr and sid MUST be the same, iat is new, and there is no nonce', async () => {
    const { server, client, first, second } = await refreshed();
    await jwtVerify(second.id_token ?? '', await keysOf(server), { issuer: ISSUER, audience: client.client_id });
    const [before, after] = [first.id_token, second.id_token].map((token) => payloadOf(token ?? ''));
    const { iat, exp, nonce, at_hash, ...same } = before ?? {};
    expect(after).toMatchObject(same);
    expect(Number(after?.iat)).toBeGreaterThanOrEqual(Number(iat) + 120);
    expect(after).not.toHaveProperty('nonce');
    expect([nonce, at_hash === after?.at_hash]).toEqual(['the-nonce', false]);
    expect(Number(exp)).toBeLessThan(Number(after?.exp));
  });

  it('lives as long as the access token beside it, and its at_hash is of that', async () => {
    const { second } = await refreshed();
    const { exp, at_hash } = payloadOf(second.id_token ?? '');
    expect(exp).toBe(payloadOf(second.access_token).exp);
    expect(at_hash).toBe(
      createHash('sha256').update(second.access_token).digest().subarray(0, 16).toString('base64url'),
    );
  });

  it('comes only where openid was granted and is asked for', async () => {
    expect((await refreshed('profile')).second.id_token).toBeUndefined();
    const server = serve();
    const client = await makeClient(server);
    const { refresh_token } = await obtainTokens(server, client, { scope: 'profile' });
    expect(((await (await refresh(server, client, refresh_token)).json()) as Tokens).id_token).toBeUndefined();
  });

  it('is signed with the algorithm of the client, and comes again to a client that lost the answer', async () => {
    const server = serve();
    const client = await makeClient(server, { id_token_signed_response_alg: 'ES256' });
    const { refresh_token } = await obtainTokens(server, client);
    for (const _ of [1, 2]) {
      const { id_token = '' } = (await (await refresh(server, client, refresh_token)).json()) as Tokens;
      expect(algOf(id_token)).toBe('ES256');
    }
  });
});

describe('OpenID Connect Core §3.1.2.1 what a request asks of the user', () => {
  async function signedIn(changes: Record<string, string> = {}) {
    const server = serve();
    const client = await makeClient(server, {}, { trusted: true });
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    return { server, user, url: authorizeUrl(client, changes) };
  }

  it('prompt=none: signed in and agreed, the code comes without a page', async () => {
    const { user, url } = await signedIn({ prompt: 'none' });
    expect(locationOf(await user.request(url))).toContain('code=pc_0_');
  });

  it('prompt=none: login_required without a session, consent_required without consent', async () => {
    const server = serve();
    const client = await makeClient(server);
    const url = authorizeUrl(client, { prompt: 'none' });
    const user = server.user();
    expect(locationOf(await user.request(url))).toContain('error=login_required');
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect(locationOf(await user.request(url))).toContain('error=consent_required');
  });

  it('prompt=login: the user MUST be asked again, and the new auth_time shows it', async () => {
    const { user, url } = await signedIn({ prompt: 'login' });
    expect(locationOf(await user.request(url))).toMatch(/^\/sign-in\?continue=/);
    later(5);
    const back = await user.authorise(url, ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('prompt=login: going back without signing in again does not do', async () => {
    const { user, url } = await signedIn({ prompt: 'login' });
    later(5);
    const page = await user.open(locationOf(await user.request(url)));
    expect(text(await page.text())).toContain('sign in again');
  });

  it('prompt=select_account: the user chooses, and may go on as who they are', async () => {
    const { user, url } = await signedIn({ prompt: 'select_account' });
    const html = await (await user.open(url)).text();
    expect(text(html)).toContain('Continue as Administrator');
    const to = /<a class="button" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(locationOf(await user.request(to))).toContain('code=pc_0_');
  });

  it('prompt=consent: asked even where the client is trusted', async () => {
    const { user, url } = await signedIn({ prompt: 'consent' });
    expect((await user.request(url)).status).toBe(200);
  });

  it('max_age: if the elapsed time is greater, the user MUST be actively re-authenticated', async () => {
    const { user, url } = await signedIn({ max_age: '60' });
    expect(locationOf(await user.request(url))).toContain('code=');
    later(61);
    expect(locationOf(await user.request(url))).toMatch(/^\/sign-in/);
    const back = await user.authorise(url, ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('max_age=0 asks always, and signing in once satisfies it', async () => {
    const { user, url } = await signedIn({ max_age: '0' });
    later(2);
    const back = await user.authorise(url, ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('login_hint fills in the address', async () => {
    const server = serve();
    const client = await makeClient(server);
    const page = await server.user().open(authorizeUrl(client, { login_hint: 'bob@example.com' }));
    expect(await page.text()).toContain('value="bob@example.com"');
  });

  it('a note of coming back is good for its own request only', async () => {
    const { user, url } = await signedIn({ prompt: 'select_account' });
    const html = await (await user.open(url)).text();
    const to = /<a class="button" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const note = to.split('&continued=')[1];
    expect(locationOf(await user.request(`${url}&acr_values=x&continued=${note}`))).toMatch(/^\/sign-in/);
  });
});
