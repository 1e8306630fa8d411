/** The consent page: who asks for what, and an answer that is good once, for one request, by one person. */
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  postToken,
  redemption,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { parseForm, readForm, text } from '../support/person.ts';
import { administer, type Server, serve, setSetting } from '../support/server.ts';

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function signedIn(server: Server) {
  const person = server.person();
  await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return person;
}

/** Whether a second visit is asked again, after a first one that agreed. */
async function asksAgain(server: Server, client: { client_id: string }, first: object = {}, second: object = first) {
  const person = await signedIn(server);
  const back = await person.authorise(authorizeUrl(client, first as Record<string, string>), ADMINISTRATOR);
  const code = back.searchParams.get('code') ?? '';
  const redirect = (first as { redirect_uri?: string }).redirect_uri;
  await postToken(
    server,
    { ...client, method: 'none' } as TestClient,
    redemption(code, redirect ? { redirect_uri: redirect } : {}),
  );
  return (await person.request(authorizeUrl(client, second as Record<string, string>))).status === 200;
}

describe('what the consent page says', () => {
  it('names the client, its home page, where the person is sent, as whom they are signed in, and each scope in words', async () => {
    const server = serve();
    const client = await makeClient(server, {
      client_uri: 'https://app.example/home',
      policy_uri: 'https://app.example/policy',
      tos_uri: 'https://app.example/tos',
    });
    const html = await (
      await (await signedIn(server)).open(authorizeUrl(client, { scope: 'openid profile email' }))
    ).text();
    for (const words of [
      'Allow Test application',
      'sent to app.example',
      'admin@example.com',
      'Use another account',
      'See your name',
      'See your e-mail address',
    ]) {
      expect(text(html)).toContain(words);
    }
    for (const link of ['https://app.example/home', 'https://app.example/policy', 'https://app.example/tos'])
      expect(html).toContain(`href="${link}"`);
    expect(text(html)).not.toContain('registered itself');
    expect(text(html)).not.toContain('runs on a computer');
  });

  it('warns of a client that registered itself, and of one that only listens on localhost', async () => {
    const server = serve();
    const registered = (await (
      await registerClient(server, { redirect_uris: ['http://localhost:1/cb'] })
    ).json()) as TestClient;
    const html = await (
      await (await signedIn(server)).open(authorizeUrl(registered, { redirect_uri: 'http://localhost:1/cb' }))
    ).text();
    expect(text(html)).toContain('registered itself');
    expect(text(html)).toContain('runs on a computer');
  });

  it('escapes what a client says of itself', async () => {
    const server = serve();
    const client = (await (
      await registerClient(server, { client_name: '<script>alert(1)</script>"&' })
    ).json()) as TestClient;
    const html = await (await (await signedIn(server)).open(authorizeUrl(client))).text();
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script&gt;');
  });

  it('is not cached or framed, and sends no form-action, which would stop the redirect to the client', async () => {
    const server = serve();
    const response = await (await signedIn(server)).open(authorizeUrl(await makeClient(server)));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('form-action');
    const account = await (await signedIn(server)).open('/account');
    expect(account.headers.get('content-security-policy')).toContain("form-action 'self'");
  });
});

describe('what the person decides', () => {
  it('optional scopes can be left out, and the token has only the others', async () => {
    const server = serve();
    const client = await makeClient(server);
    const person = await signedIn(server);
    const form = await readForm(await person.open(authorizeUrl(client, { scope: 'openid profile email' })), '/consent');
    const fields = form.fields.filter(([name, value]) => !(name === 'scope' && value === 'email'));
    const response = await person.send({ ...form, fields }, { decision: 'allow' });
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect(await (await postToken(server, client, redemption(code))).json()).toMatchObject({ scope: 'openid profile' });
  });

  it('a scope that was not asked for cannot be added', async () => {
    const server = serve();
    const client = await makeClient(server);
    const person = await signedIn(server);
    const form = await readForm(await person.open(authorizeUrl(client, { scope: 'openid' })), '/consent');
    const response = await person.send(
      { ...form, fields: [...form.fields, ['scope', 'roles']] },
      { decision: 'allow' },
    );
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect(await (await postToken(server, client, redemption(code))).json()).toMatchObject({ scope: 'openid' });
  });

  it('with nothing left, the page asks again', async () => {
    const server = serve();
    const client = await makeClient(server);
    const person = await signedIn(server);
    const form = await readForm(await person.open(authorizeUrl(client, { scope: 'email' })), '/consent');
    const response = await person.send(
      { ...form, fields: form.fields.filter(([name]) => name !== 'scope') },
      { decision: 'allow' },
    );
    expect(response.status).toBe(400);
    expect(text(await response.text())).toContain('Nothing is left to allow');
  });

  it('the answer is good once: a double click gets its code, a later repetition a page with a way on', async () => {
    const server = serve();
    const client = await makeClient(server);
    const person = await signedIn(server);
    const form = await readForm(await person.open(authorizeUrl(client)), '/consent');
    expect((await person.send(form, { decision: 'allow' })).status).toBe(303);
    expect((await person.send(form, { decision: 'allow' })).status).toBe(303);
    later(11);
    const late = await person.send(form, { decision: 'allow' });
    const html = await late.text();
    expect(text(html)).toContain('You have answered this already');
    const restart = /<a class="button" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(text(await (await person.open(restart)).text())).toContain('Allow Test application');
  });

  it('is bound to the session: signed out, or as somebody else, nothing is allowed', async () => {
    const server = serve();
    const client = await makeClient(server);
    const person = await signedIn(server);
    const form = await readForm(await person.open(authorizeUrl(client)), '/consent');
    const other = await signedIn(server);
    for (const somebody of [other, server.person()]) {
      const response = await somebody.send(form, { decision: 'allow' });
      expect(response.status).toBe(400);
      expect(text(await response.text())).toContain('signed out or changed accounts');
    }
  });

  it('a page that was open for more than 15 minutes allows nothing', async () => {
    const server = serve();
    const person = await signedIn(server);
    const form = await readForm(await person.open(authorizeUrl(await makeClient(server))), '/consent');
    later(16 * 60);
    expect(text(await (await person.send(form, { decision: 'allow' })).text())).toContain('open for too long');
  });

  it('a form that was made up or altered is refused', async () => {
    const server = serve();
    const person = await signedIn(server);
    const form = parseForm(await (await person.open(authorizeUrl(await makeClient(server)))).text(), '/consent');
    for (const consent of ['x', `${form.fields[0]?.[1]}x`]) {
      expect((await person.send(form, { consent, decision: 'allow' })).status).toBe(400);
    }
  });
});

describe('when consent is not asked for again', () => {
  it('by default it always is', async () => {
    const server = serve();
    expect(await asksAgain(server, await makeClient(server))).toBe(true);
  });

  it('with skip_authorization on, an active grant that covers scopes and resources will do', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const wide = { scope: 'openid profile email' };
    expect(await asksAgain(server, await makeClient(server), wide, { scope: 'openid profile' })).toBe(false);
    expect(await asksAgain(server, await makeClient(server), { scope: 'openid' }, wide)).toBe(true);
    expect(await asksAgain(server, await makeClient(server), {}, { resource: 'https://as.example/mcp' })).toBe(true);
    expect(await asksAgain(server, await makeClient(server), {}, { prompt: 'consent' })).toBe(true);
  });

  it('RFC 8252 §8.6: never for loopback or private-use redirects, unless an administrator trusts the client', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    for (const redirect_uri of ['http://127.0.0.1:4000/cb', 'com.example.app:/cb']) {
      const metadata = { redirect_uris: [redirect_uri] };
      expect(await asksAgain(server, await makeClient(server, metadata), { redirect_uri })).toBe(true);
      expect(await asksAgain(server, await makeClient(server, metadata, { trusted: true }), { redirect_uri })).toBe(
        false,
      );
    }
  });

  it('a trusted client is never asked about, a withdrawn consent is asked again', async () => {
    const server = serve();
    expect(await asksAgain(server, await makeClient(server, {}, { trusted: true }))).toBe(false);
    await setSetting(server, 'skip_authorization', true);
    const client = await makeClient(server);
    await obtainTokens(server, client);
    const person = await signedIn(server);
    expect((await person.request(authorizeUrl(client))).status).toBe(303);
    const list = await person.open('/account/applications');
    const page = await list.text();
    expect(text(page)).toContain('Test application');
    await person.send(parseForm(page, '/account/applications'), { client: client.client_id });
    expect((await person.request(authorizeUrl(client))).status).toBe(200);
    const { events } = await administer<{ events: { type: string }[] }>(server, 'GET', '/events');
    expect(events.some((event) => event.type === 'consent.withdrawn')).toBe(true);
  });
});
