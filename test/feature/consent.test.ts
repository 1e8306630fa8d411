/** The consent page: who asks for what, and an answer that is good once, for one request, by one user. */
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  postToken,
  REDIRECT_URI,
  redemption,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { administer, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text } from '../support/user.ts';

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function signedIn(server: Server) {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

/** @returns true where a second request shows the consent page, after consent to a first one. */
async function asksAgain(server: Server, client: { client_id: string }, first: object = {}, second: object = first) {
  const user = await signedIn(server);
  const back = await user.authorise(authorizeUrl(client, first as Record<string, string>), ADMINISTRATOR);
  const code = back.searchParams.get('code') ?? '';
  const redirect = (first as { redirect_uri?: string }).redirect_uri;
  await postToken(
    server,
    { ...client, method: 'none' } as TestClient,
    redemption(code, redirect ? { redirect_uri: redirect } : {}),
  );
  return (await user.request(authorizeUrl(client, second as Record<string, string>))).status === 200;
}

describe('what the consent page says', () => {
  it('names the client, its home page, where the user is sent, as whom they are signed in, and each scope in words', async () => {
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

const LINKS = { client_uri: 'https://accounts.google.com/', policy_uri: 'https://g.co/p', tos_uri: 'https://g.co/t' };

const pageOf = async (server: Server, client: { client_id: string }, changes: Record<string, string> = {}) =>
  (await (await signedIn(server)).open(authorizeUrl(client, changes))).text();

const registered = async (server: Server, metadata: Record<string, unknown> = {}) =>
  (await (await registerClient(server, metadata)).json()) as TestClient;

const warningsIn = (html: string) => [...html.matchAll(/<p class="warning">(.*?)<\/p>/g)].map(([, said]) => said);

describe('RFC 7591 §5: a client that no administrator checked', () => {
  it('links to no host but that of its redirect URI: another’s name is not lent to it', async () => {
    const server = serve();
    const html = await pageOf(server, await registered(server, { client_name: 'Google Drive', ...LINKS }));
    for (const link of Object.values(LINKS)) expect(html).not.toContain(new URL(link).host);
    const own = {
      client_uri: 'https://app.example/',
      policy_uri: 'https://app.example/p',
      tos_uri: 'https://app.example/t',
    };
    const shown = await pageOf(server, await registered(server, { client_name: 'Drive', ...own }));
    for (const link of Object.values(own)) expect(shown).toContain(`href="${link}"`);
  });

  it.each([
    'https://app.example.evil.example/',
    'https://app.example:8443/',
    'https://sub.app.example/',
    'https://app.example@evil.example/',
  ])('%s is not the host of its redirect URI', async (client_uri) => {
    const server = serve();
    expect(await pageOf(server, await registered(server, { client_uri }))).not.toContain(client_uri);
  });

  it('is shown with the links of a native app only where they are on its loopback address', async () => {
    const server = serve();
    const redirect_uri = 'http://127.0.0.1:4000/callback';
    const client = await registered(server, { redirect_uris: [redirect_uri], ...LINKS });
    expect(await pageOf(server, client, { redirect_uri })).not.toContain('google');
  });

  it('is shown with all its links where an administrator trusts or made it', async () => {
    const server = serve();
    const trusted = await registered(server, LINKS);
    await administer(server, 'PATCH', `/clients/${trusted.client_id}`, { trusted: true });
    for (const client of [trusted, await makeClient(server, LINKS)]) {
      const html = await pageOf(server, client, { prompt: 'consent' });
      for (const link of Object.values(LINKS)) expect(html).toContain(`href="${link}"`);
      expect(warningsIn(html)).toEqual([]);
    }
  });

  it('is warned of once, whatever it is', async () => {
    const server = serve();
    for (const redirect_uri of [REDIRECT_URI, 'http://127.0.0.1:1/cb', 'http://localhost/cb', 'com.example.app:/cb']) {
      const html = await pageOf(server, await registered(server, { redirect_uris: [redirect_uri] }), { redirect_uri });
      expect(warningsIn(html)).toEqual([expect.stringContaining('registered itself')]);
    }
  });

  it('an administrator’s client is not warned of, on loopback or by a private-use scheme either; nor is the playground', async () => {
    const server = serve();
    for (const redirect_uri of ['http://127.0.0.1:1/cb', 'com.example.app:/cb']) {
      const client = await makeClient(server, { redirect_uris: [redirect_uri] });
      expect(warningsIn(await pageOf(server, client, { redirect_uri }))).toEqual([]);
    }
    await setSetting(server, 'playground', 'on');
    const redirect_uri = 'https://as.example/playground';
    expect(warningsIn(await pageOf(server, { client_id: 'playground' }, { redirect_uri }))).toEqual([]);
  });
});

describe('RFC 9700 §4.11.2: where the user is sent', () => {
  it.each([
    [REDIRECT_URI, 'You will be sent to', 'app.example'],
    ['https://xn--ggle-55da.example:8443/cb', 'You will be sent to', 'xn--ggle-55da.example:8443'],
    ['http://127.0.0.1:4711/cb', 'an application on this computer, at', '127.0.0.1:4711'],
    ['com.example.app:/cb', 'the app on this device that opens', 'com.example.app'],
  ])('%s is named in a line of its own', async (redirect_uri, words, host) => {
    const server = serve();
    const client = await makeClient(server, { redirect_uris: [redirect_uri] });
    const html = await pageOf(server, client, { redirect_uri });
    expect(html.replaceAll('<wbr/>', '')).toContain(`${words} <strong>${host}</strong></p>`);
  });
});

describe('scopes on the consent page', () => {
  it('are sentences, also where the administrator wrote none', async () => {
    const server = serve();
    await setSetting(server, 'scopes_supported', 'notes\nmail Read your mail');
    const html = await pageOf(server, await makeClient(server, { scope: 'openid notes mail' }), {
      scope: 'openid notes mail',
    });
    expect(text(html)).toContain('Use the permission “notes”');
    expect(text(html)).toContain('Read your mail');
  });
});

describe('names on the consent page', () => {
  it('are isolated, wherever they stand', async () => {
    const server = serve();
    const html = await pageOf(server, await registered(server, { client_name: 'דרייב' }));
    const body = html.slice(html.indexOf('<main'));
    const [bare, isolated] = [body.split('דרייב').length, body.split('<bdi>דרייב</bdi>').length];
    expect([bare, isolated]).toEqual([3, 3]);
  });

  it('say how to take back what is allowed', async () => {
    const server = serve();
    const html = await pageOf(server, await makeClient(server));
    expect(text(html)).toContain('You can revoke this at any time');
    expect(html).toContain('href="/account/applications"');
  });
});

describe('RFC 7591 §3.2.2: what a name may not hold', () => {
  const AWFUL = ['\u001b[2J', '\u009b31m', '\u0085', '\u007f', '\n', '\t', '\u202e', '\u2066', '\u200f', '\u2028'];

  it.each(AWFUL.map((character) => [JSON.stringify(character), character]))(
    'a name with %s is refused, in every language and in every field that is shown',
    async (_, character) => {
      const server = serve();
      for (const metadata of [
        { client_name: `Google${character}Drive` },
        { 'client_name#de': `Google${character}Drive` },
        // The URL parser drops a line break and a tab, and so does what is kept.
        ...('\n\t'.includes(character) ? [] : [{ client_uri: `https://app.example/${character}x` }]),
        { contacts: [`a${character}@app.example`] },
        { software_id: character },
      ]) {
        const response = await registerClient(server, metadata);
        expect([metadata, response.status]).toEqual([metadata, 400]);
        expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' });
      }
      const made = await server.admin('POST', '/clients', {
        metadata: { client_name: `a${character}b`, redirect_uris: [REDIRECT_URI] },
      });
      expect(made.status).toBe(400);
    },
  );

  it('letters of every script, joiners and emoji are names', async () => {
    const server = serve();
    for (const client_name of ['דרייב', 'نقاشی‌ها', 'क्ष्‍य', '👩‍🚀 Rockets', 'Ünïcödé — “x”']) {
      expect((await registerClient(server, { client_name })).status).toBe(201);
    }
  });
});

describe('step-up: a client that asks for more than before', () => {
  it('what is new is marked, and nothing where nothing was allowed before; optional scopes say so', async () => {
    const server = serve();
    const client = await makeClient(server);
    const scopesOf = (html: string) =>
      [...html.matchAll(/<li>(.*?)<\/li>/gs)]
        .map(([, item = '']) => text(item))
        .filter((item) => item.includes('your'));
    const first = await pageOf(server, client, { scope: 'openid profile' });
    expect(text(first)).not.toMatch(/\bnew\b/);
    expect(text(first)).toContain('(optional)');
    await obtainTokens(server, client, { scope: 'openid profile' });
    const html = await pageOf(server, client, { scope: 'openid profile email' });
    expect(text(html)).toContain('You have allowed this application some things before');
    const marked = scopesOf(html).filter((item) => item.endsWith('new'));
    expect(marked).toEqual(['See your e-mail address (optional) new']);
    const again = await pageOf(server, client, { scope: 'openid profile' });
    expect(text(again)).not.toContain('some things before');
  });

  it('a scope that was allowed at another resource is new at this one', async () => {
    const server = serve();
    const client = await makeClient(server);
    await obtainTokens(server, client, { scope: 'openid profile' });
    const html = await pageOf(server, client, { scope: 'openid profile', resource: 'https://as.example/mcp' });
    expect(text(html)).toContain('some things before');
  });
});

describe('what the user decides', () => {
  it('optional scopes can be left out, and the token has only the others', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = await signedIn(server);
    const form = await readForm(await user.open(authorizeUrl(client, { scope: 'openid profile email' })), '/consent');
    const fields = form.fields.filter(([name, value]) => !(name === 'scope' && value === 'email'));
    const response = await user.send({ ...form, fields }, { decision: 'allow' });
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect(await (await postToken(server, client, redemption(code))).json()).toMatchObject({ scope: 'openid profile' });
  });

  it('a scope that was not asked for cannot be added', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = await signedIn(server);
    const form = await readForm(await user.open(authorizeUrl(client, { scope: 'openid' })), '/consent');
    const response = await user.send({ ...form, fields: [...form.fields, ['scope', 'roles']] }, { decision: 'allow' });
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect(await (await postToken(server, client, redemption(code))).json()).toMatchObject({ scope: 'openid' });
  });

  it('with nothing left, the page asks again', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = await signedIn(server);
    const form = await readForm(await user.open(authorizeUrl(client, { scope: 'email' })), '/consent');
    const response = await user.send(
      { ...form, fields: form.fields.filter(([name]) => name !== 'scope') },
      { decision: 'allow' },
    );
    expect(response.status).toBe(400);
    expect(text(await response.text())).toContain('Nothing is left to allow');
  });

  it('the answer is good once: a double click gets its code, a later repetition a page with a way on', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = await signedIn(server);
    const form = await readForm(await user.open(authorizeUrl(client)), '/consent');
    expect((await user.send(form, { decision: 'allow' })).status).toBe(303);
    expect((await user.send(form, { decision: 'allow' })).status).toBe(303);
    later(11);
    const late = await user.send(form, { decision: 'allow' });
    const html = await late.text();
    expect(text(html)).toContain('You have answered this already');
    const restart = /<a class="button" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(text(await (await user.open(restart)).text())).toContain('Allow Test application');
  });

  it('is bound to the session: signed out, or signed in as another user, nothing is allowed', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = await signedIn(server);
    const form = await readForm(await user.open(authorizeUrl(client)), '/consent');
    const other = await signedIn(server);
    for (const visitor of [other, server.user()]) {
      const response = await visitor.send(form, { decision: 'allow' });
      expect(response.status).toBe(400);
      expect(text(await response.text())).toContain('signed out or changed accounts');
    }
  });

  it('a page that was open for more than 15 minutes allows nothing', async () => {
    const server = serve();
    const user = await signedIn(server);
    const form = await readForm(await user.open(authorizeUrl(await makeClient(server))), '/consent');
    later(16 * 60);
    expect(text(await (await user.send(form, { decision: 'allow' })).text())).toContain('open for too long');
  });

  it('a form that was made up or altered is refused', async () => {
    const server = serve();
    const user = await signedIn(server);
    const form = parseForm(await (await user.open(authorizeUrl(await makeClient(server)))).text(), '/consent');
    for (const consent of ['x', `${form.fields[0]?.[1]}x`]) {
      expect((await user.send(form, { consent, decision: 'allow' })).status).toBe(400);
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

  type Managed = TestClient & { registration_access_token: string; registration_client_uri: string };
  const register = async (server: Server, metadata: object = {}) => {
    const confidential = { token_endpoint_auth_method: 'client_secret_basic', ...metadata };
    return {
      ...((await (await registerClient(server, confidential)).json()) as Managed),
      method: 'client_secret_basic',
    };
  };

  it('at an https redirect URI that holds for a client that registered itself, too, and prompt=none works', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const client = await register(server);
    const user = await signedIn(server);
    const silently = async (changes: Record<string, string> = {}) => {
      const response = await user.request(authorizeUrl(client, { prompt: 'none', ...changes }));
      const { searchParams } = new URL(response.headers.get('location') ?? '');
      return searchParams.get('error') ?? (searchParams.has('code') ? 'code' : '');
    };
    expect(await silently()).toBe('consent_required');
    await obtainTokens(server, client, { scope: 'openid profile' });
    expect(await silently()).toBe('code');
    expect(await silently({ scope: 'openid' })).toBe('code');
    expect((await user.request(authorizeUrl(client))).status).toBe(303);
    expect(await silently({ scope: 'openid profile email' })).toBe('consent_required');
    expect(await silently({ resource: 'https://as.example/mcp' })).toBe('consent_required');
    // The grant of a request that asked nobody counts as that of the one that did.
    const back = new URL((await user.request(authorizeUrl(client))).headers.get('location') ?? '');
    await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    expect(await silently()).toBe('code');
    await setSetting(server, 'skip_authorization', false);
    expect(await silently()).toBe('consent_required');
  });

  it.each([
    ['name', { client_name: 'Another name' }],
    ['name in a language', { 'client_name#de': 'Ein anderer Name' }],
    ['links', { client_uri: 'https://app.example/home' }],
    ['logo', { logo_uri: 'https://app.example/logo.png' }],
    ['keys', { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://app.example/jwks.json' }],
  ])('RFC 7592 §2.2 a client that registered itself and changes its %s is asked about again', async (_, change) => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const client = await register(server);
    await obtainTokens(server, client);
    const user = await signedIn(server);
    const asks = async () => (await user.request(authorizeUrl(client))).status === 200;
    expect(await asks()).toBe(false);
    const put = async (metadata: object) => {
      const body = {
        client_id: client.client_id,
        client_name: 'Registered application',
        redirect_uris: [REDIRECT_URI],
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code', 'refresh_token'],
        ...metadata,
      };
      const headers = {
        authorization: `Bearer ${client.registration_access_token}`,
        'content-type': 'application/json',
      };
      const path = client.registration_client_uri.slice(server.env.ISSUER.length);
      const response = await server.fetch(path, { method: 'PUT', headers, body: JSON.stringify(body) });
      expect(response.status).toBe(200);
    };
    await put({ contacts: ['hello@app.example'], redirect_uris: [REDIRECT_URI, 'https://app.example/other'] });
    expect(await asks()).toBe(false);
    // Consent for one redirect URI is not consent for another.
    const other = authorizeUrl(client, { redirect_uri: 'https://app.example/other' });
    expect((await user.request(other)).status).toBe(200);
    await put(change);
    expect(await asks()).toBe(true);
  });

  it('OpenID Connect Core §3.1.2.6 consent_required says why', async () => {
    const server = serve();
    const client = await makeClient(server, { redirect_uris: [REDIRECT_URI, 'http://127.0.0.1/cb'] });
    const user = await signedIn(server);
    const because = async (changes: Record<string, string> = {}) => {
      const response = await user.request(authorizeUrl(client, { prompt: 'none', ...changes }));
      return new URL(response.headers.get('location') ?? '').searchParams.get('error_description');
    };
    expect(await because()).toMatch(/skip_authorization is disabled/);
    await setSetting(server, 'skip_authorization', true);
    expect(await because()).toMatch(/has not consented/);
    expect(await because({ redirect_uri: 'http://127.0.0.1:4000/cb' })).toMatch(/required for every request/);
  });

  it('consent that was given before an administrator ceased to trust the client is not taken for an answer', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const client = await register(server);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { trusted: true });
    await obtainTokens(server, client);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { trusted: false });
    expect((await (await signedIn(server)).request(authorizeUrl(client))).status).toBe(200);
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
    const user = await signedIn(server);
    expect((await user.request(authorizeUrl(client))).status).toBe(303);
    const list = await user.open('/account/applications');
    const page = await list.text();
    expect(text(page)).toContain('Test application');
    await user.send(parseForm(page, '/account/applications'), { client: client.client_id });
    expect((await user.request(authorizeUrl(client))).status).toBe(200);
    const { events } = await administer<{ events: { type: string }[] }>(server, 'GET', '/events');
    expect(events.some((event) => event.type === 'consent.withdrawn')).toBe(true);
  });
});
