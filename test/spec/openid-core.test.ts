/** OpenID Connect Core §2 and §3.1: the id_token, and what a request may ask of the person. */
import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { ADMINISTRATOR, authorizeUrl, makeClient, obtainTokens, payloadOf } from '../support/client.ts';
import { text } from '../support/person.ts';
import { ISSUER, type Server, serve } from '../support/server.ts';

const keysOf = async (server: Server) =>
  createLocalJWKSet((await (await server.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet);
const locationOf = (response: Response) => response.headers.get('location') ?? '';
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
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload.sub).toBe(payloadOf(access_token).sub);
    expect(payload.nonce).toBe('the-nonce');
    expect(payload.sid).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(Math.abs(Number(payload.auth_time) - Date.now() / 1000)).toBeLessThan(30);
    const hash = createHash('sha256').update(access_token).digest();
    expect(payload.at_hash).toBe(hash.subarray(0, 16).toString('base64url'));
  });

  it('is signed with RS256 for a client that registered so', async () => {
    const server = serve();
    const client = await makeClient(server, { id_token_signed_response_alg: 'RS256' });
    const { id_token = '', access_token } = await obtainTokens(server, client);
    const { protectedHeader } = await jwtVerify(id_token, await keysOf(server));
    expect(protectedHeader.alg).toBe('RS256');
    expect(JSON.parse(atob(access_token.split('.')[0] ?? '')).alg).toBe('ES256');
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

describe('OpenID Connect Core §3.1.2.1 what a request asks of the person', () => {
  async function signedIn(changes: Record<string, string> = {}) {
    const server = serve();
    const client = await makeClient(server, {}, { trusted: true });
    const person = server.person();
    await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    return { server, person, url: authorizeUrl(client, changes) };
  }

  it('prompt=none: signed in and agreed, the code comes without a page', async () => {
    const { person, url } = await signedIn({ prompt: 'none' });
    expect(locationOf(await person.request(url))).toContain('code=pc_0_');
  });

  it('prompt=none: login_required without a session, consent_required without consent', async () => {
    const server = serve();
    const client = await makeClient(server);
    const url = authorizeUrl(client, { prompt: 'none' });
    const person = server.person();
    expect(locationOf(await person.request(url))).toContain('error=login_required');
    await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect(locationOf(await person.request(url))).toContain('error=consent_required');
  });

  it('prompt=login: the person MUST be asked again, and the new auth_time shows it', async () => {
    const { person, url } = await signedIn({ prompt: 'login' });
    expect(locationOf(await person.request(url))).toMatch(/^\/sign-in\?continue=/);
    later(5);
    const back = await person.authorise(url, ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('prompt=login: going back without signing in again does not do', async () => {
    const { person, url } = await signedIn({ prompt: 'login' });
    later(5);
    const page = await person.open(locationOf(await person.request(url)));
    expect(text(await page.text())).toContain('sign in again');
  });

  it('prompt=select_account: the person chooses, and may go on as who they are', async () => {
    const { person, url } = await signedIn({ prompt: 'select_account' });
    const html = await (await person.open(url)).text();
    expect(text(html)).toContain('Continue as Administrator');
    const to = /<a class="button" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(locationOf(await person.request(to))).toContain('code=pc_0_');
  });

  it('prompt=consent: asked even where the client is trusted', async () => {
    const { person, url } = await signedIn({ prompt: 'consent' });
    expect((await person.request(url)).status).toBe(200);
  });

  it('max_age: if the elapsed time is greater, the person MUST be actively re-authenticated', async () => {
    const { person, url } = await signedIn({ max_age: '60' });
    expect(locationOf(await person.request(url))).toContain('code=');
    later(61);
    expect(locationOf(await person.request(url))).toMatch(/^\/sign-in/);
    const back = await person.authorise(url, ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('max_age=0 asks always, and signing in once satisfies it', async () => {
    const { person, url } = await signedIn({ max_age: '0' });
    later(2);
    const back = await person.authorise(url, ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('login_hint fills in the address', async () => {
    const server = serve();
    const client = await makeClient(server);
    const page = await server.person().open(authorizeUrl(client, { login_hint: 'bob@example.com' }));
    expect(await page.text()).toContain('value="bob@example.com"');
  });

  it('a note of coming back is good for its own request only', async () => {
    const { person, url } = await signedIn({ prompt: 'select_account' });
    const html = await (await person.open(url)).text();
    const to = /<a class="button" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const note = to.split('&continued=')[1];
    expect(locationOf(await person.request(`${url}&acr_values=x&continued=${note}`))).toMatch(/^\/sign-in/);
  });
});
