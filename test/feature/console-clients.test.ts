/** Clients in the console: made by a form that only offers what can be, looked at, changed, and ended. */
import { describe, expect, it, vi } from 'vitest';
import { CLIENT_KINDS } from '../../src/admin/console/application-types.ts';
import {
  authorizeUrl,
  makeClient,
  me,
  obtainTokens,
  postToken,
  REDIRECT_URI,
  refresh,
  registerClient,
} from '../support/client.ts';
import { administratorAt, signedInWith } from '../support/console-user.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, bindings, type Server, serve } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

type Shown = {
  client_id: string;
  metadata: Record<string, unknown>;
  trusted: boolean;
  roles: string[];
  disabled: boolean;
};

const clientsAt = async (server: Server) => (await administer<{ clients: Shown[] }>(server, 'GET', '/clients')).clients;

async function fill(user: User, path: string, typed: Record<string, string> = {}) {
  return user.send(await readForm(await user.open(path), new URL(path, 'https://as.example').pathname), typed);
}

const add = (user: User, kind: string, typed: Record<string, string> = {}) =>
  fill(user, `/console/clients/new/${kind}`, { client_name: 'Made here', ...typed });

const textOf = async (user: User, path: string) => text(await (await user.open(path)).text());

const addressesOf = (html: string) =>
  [...html.matchAll(/href="(\/console\/clients\/[^"]+)"/g)].map(([, href = '']) => href);

describe('adding a client', () => {
  it('every kind with every way to authenticate that is offered is taken as it was asked', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const kinds = addressesOf(await (await administrator.open('/console/clients/new')).text());
    expect(kinds).toEqual(CLIENT_KINDS.map(({ name }) => `/console/clients/new/${name}`));
    for (const kind of CLIENT_KINDS) {
      for (const method of kind.methods) {
        const response = await add(administrator, kind.name, {
          ...(kind.methods.length > 1 && { token_endpoint_auth_method: method }),
          ...(kind.redirects && { redirect_uris: 'https://app.example/callback' }),
          ...(method === 'private_key_jwt' && { jwks_uri: 'https://app.example/jwks.json' }),
        });
        const html = await response.text();
        expect([kind.name, method, response.status, text(html)]).toEqual([
          kind.name,
          method,
          200,
          expect.stringContaining('Made here was created'),
        ]);
        const [id = ''] = /c_\w{22}/.exec(html) ?? [];
        const { metadata } = await administer<Shown>(server, 'GET', `/clients/${id}`);
        expect(metadata).toMatchObject({
          token_endpoint_auth_method: method,
          grant_types: [...kind.grantTypes, ...(kind.mayStay ? ['refresh_token'] : [])],
        });
        expect(/ps_\w{43}/.test(html)).toBe(method.startsWith('client_secret_'));
      }
    }
  });

  it('the form of each type begins with name and redirect URI, or the scopes where there is none; the rest is advanced', async () => {
    const administrator = await administratorAt(serve());
    for (const kind of CLIENT_KINDS) {
      const html = await (await administrator.open(`/console/clients/new/${kind.name}`)).text();
      const [before = '', further = ''] = html.split('<summary>');
      const names = (part: string) => [
        ...new Set([...part.matchAll(/<(?:input|textarea|select)[^>]* name="(\w+)"/g)].map(([, name]) => name)),
      ];
      expect(names(before).filter((name) => name !== 'q' && name !== 'form_token')).toEqual(kind.first);
      expect(names(further)).toEqual(expect.arrayContaining(['logo_uri', 'contacts']));
    }
  });

  it('the page of a new one has its ID, the endpoints that it calls, and programs with its values', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const redirect_uris = 'https://app.example/callback';
    const html = await (await add(administrator, 'website', { redirect_uris })).text();
    const [id = ''] = /c_\w{22}/.exec(html) ?? [];
    const copied = [...html.matchAll(/data-copy-from="([^"]+)"/g)].map(([, from]) => from);
    for (const name of copied) expect(html).toContain(` id="${name}"`);
    expect(copied).toEqual(
      expect.arrayContaining(['id', 'secret', 'issuer', 'metadata', 'authorization_endpoint', 'token_endpoint']),
    );
    expect(copied).not.toContain('device_authorization_endpoint');
    const shown = text(html);
    for (const said of ['https://as.example/token', `'${id}'`, 'openid-client', 'Auth.js', 'curl'])
      expect(shown).toContain(said);
    const device = await (await add(administrator, 'device')).text();
    expect(device).toContain('data-copy-from="device_authorization_endpoint"');
    expect(device).not.toContain('data-copy-from="authorization_endpoint"');
  });

  it('its secret stands in one page, once, and works', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const html = await (await add(administrator, 'service')).text();
    const [id = '', secret = ''] = [/c_\w{22}/.exec(html)?.[0], /ps_\w{43}/.exec(html)?.[0]];
    expect(html.split(secret)).toHaveLength(2);
    expect(await (await administrator.open(`/console/clients/${id}`)).text()).not.toContain(secret);
    const client = { client_id: id, client_secret: secret, method: 'client_secret_basic' };
    expect((await postToken(server, client, { grant_type: 'client_credentials' })).status).toBe(200);
    const log = await administer(server, 'GET', '/events');
    expect(JSON.stringify(log)).not.toContain(secret);
  });

  it('says what is wrong with addresses while they are typed', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const check = async (query: Record<string, string>) => {
      const response = await administrator.open(`/console/clients/check?${new URLSearchParams(query)}`);
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
      return ((await response.json()) as { problems: Record<string, string> }).problems;
    };
    const schemes = 'https://app.example/\ncom.example.app:/callback';
    expect(await check({ redirect_uris: schemes })).toEqual({});
    expect(await check({ redirect_uris: 'myapp:/callback\nshell:startup' })).toEqual({
      redirect_uris: expect.stringContaining('starts a system handler'),
    });
    expect(await check({ post_logout_redirect_uris: 'http://app.example' })).toEqual({
      post_logout_redirect_uris: expect.stringContaining('http is only for loopback'),
    });
    expect(await check({ redirect_uris: ' ' })).toEqual({});
    const form = await (await administrator.open('/console/clients/new/website')).text();
    expect(form).toContain('data-check="/console/clients/check"');
  });

  it('everything that is wrong is said at once, beside its field, and what was typed stays', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const response = await add(administrator, 'website', {
      client_name: ' ',
      redirect_uris: 'http://app.example/a\nhttps://app.example/b#c\nhttps://good.example/',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: '',
      logo_uri: 'javascript:alert(1)',
      scope: 'a"b',
      roles: 'Editors',
      allowed_origins: 'https://app.example/path',
    });
    const html = await response.text();
    expect(response.status).toBe(400);
    for (const [field, problem] of [
      ['client_name', 'is required'],
      ['redirect_uris', 'Line 1, .{6}http://app.example/a.{6}: http is only .*\nLine 2, .*must not have a fragment'],
      ['jwks_uri', 'is required'],
      ['logo_uri', 'must be an address'],
      ['scope', 'printable characters'],
      ['roles', 'lower-case letters'],
      ['allowed_origins', 'without a path'],
    ]) {
      expect(html).toMatch(new RegExp(`id="${field}-error">[^<]*${problem}`));
    }
    expect(html).toContain('http://app.example/a\nhttps://app.example/b#c');
    expect(await clientsAt(server)).toEqual([]);
  });

  it('a way to authenticate that its kind does not offer is not to be had by sending it', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    await add(administrator, 'browser', {
      redirect_uris: 'https://app.example/',
      token_endpoint_auth_method: 'client_secret_basic',
    });
    expect((await clientsAt(server))[0]?.metadata).toMatchObject({ token_endpoint_auth_method: 'none' });
    expect((await administrator.open('/console/clients/new/teapot')).status).toBe(404);
  });
});

describe('a client', () => {
  it('is shown with how it came here, what it may do and what it has; an auditor gets no button', async () => {
    const server = serve();
    const auditor = await signedInWith(server, ['auditor']);
    const client = await makeClient(server, { client_name: '<b>Album</b>' }, { trusted: true });
    await obtainTokens(server, client);
    await registerClient(server);
    const list = await (await auditor.open('/console/clients')).text();
    expect(text(list)).toContain('<b>Album</b>');
    expect(text(list)).toContain('Dynamic Client Registration');
    const html = await (await auditor.open(`/console/clients/${client.client_id}`)).text();
    for (const said of ['Registered by administrator', 'https://app.example/callback'])
      expect(text(html)).toContain(said);
    expect(html).not.toMatch(/method="post"|\/delete|\/end/);
    const tabs = {
      credentials: 'Client ID',
      grants: 'openid profile',
      tokens: 'Expires',
      problems: 'None: no request',
    };
    for (const [tab, said] of Object.entries(tabs)) {
      const path = `/console/clients/${client.client_id}/${tab}`;
      expect(html).toContain(`href="${path}"`);
      const page = await (await auditor.open(path)).text();
      expect([tab, text(page)]).toEqual([tab, expect.stringContaining(said)]);
      expect(page).toContain(`href="${path}" aria-current="page"`);
      expect(page).not.toMatch(/method="post"|\/(delete|end|secret)"/);
    }
    expect((await auditor.open('/console/clients/c_none')).status).toBe(404);
  });

  it('is changed; where it is narrowed, what it has ends', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const client = await makeClient(server, { scope: 'openid profile email' }, { trusted: true });
    const tokens = await obtainTokens(server, client);
    const path = `/console/clients/${client.client_id}/edit`;
    const response = await fill(administrator, path, {
      client_name: 'Renamed',
      scope: 'openid profile',
      roles: 'editor\nadministrator',
      redirect_uris: 'https://app.example/callback\r\nhttps://other.example/callback',
    });
    expect(text(await response.text())).toContain('It was saved');
    const { metadata, roles, trusted } = await administer<Shown>(server, 'GET', `/clients/${client.client_id}`);
    expect(metadata).toMatchObject({
      client_name: 'Renamed',
      redirect_uris: ['https://app.example/callback', 'https://other.example/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    });
    expect([roles, trusted]).toEqual([['editor', 'administrator'], true]);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
  });

  it('sent back untouched it stays as it is, and its grants go on', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const client = await makeClient(server, { scope: 'openid profile', contacts: ['a@b.c'] }, { trusted: true });
    const tokens = await obtainTokens(server, client);
    const before = await administer<Shown>(server, 'GET', `/clients/${client.client_id}`);
    await fill(administrator, `/console/clients/${client.client_id}/edit`);
    expect(await administer(server, 'GET', `/clients/${client.client_id}`)).toEqual(before);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('a field that is emptied is not set any more, and says nothing of another', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const optional = { client_uri: 'https://app.example/', logo_uri: 'https://app.example/l.png', software_id: 'x' };
    const client = await makeClient(server, { ...optional, default_max_age: 600, contacts: ['a@b.c'] });
    const emptied = { logo_uri: '', software_id: '', default_max_age: '', contacts: '' };
    await fill(administrator, `/console/clients/${client.client_id}/edit`, emptied);
    const { metadata } = await administer<Shown>(server, 'GET', `/clients/${client.client_id}`);
    expect(metadata).toMatchObject({ client_name: 'Test application', client_uri: 'https://app.example/' });
    for (const name of Object.keys(emptied)) expect(metadata).not.toHaveProperty(name);
  });

  it('that registered itself keeps what it says of itself, whatever is sent', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const { client_id } = (await (await registerClient(server)).json()) as { client_id: string };
    const path = `/console/clients/${client_id}/edit`;
    expect(await (await administrator.open(path)).text()).not.toContain('name="redirect_uris"');
    await fill(administrator, path, { client_name: 'Mine', redirect_uris: 'https://evil.example/', trusted: 'on' });
    const { metadata, trusted } = await administer<Shown>(server, 'GET', `/clients/${client_id}`);
    expect([metadata.client_name, trusted]).toEqual(['Registered application', true]);
  });

  it('gets a new secret after a question; the old one stays good as long as the settings say', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const client = await makeClient(server, {
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
    });
    const path = `/console/clients/${client.client_id}/secret`;
    expect(text(await (await administrator.open(path)).text())).toContain('stays valid for 24 more hours');
    const html = await (await fill(administrator, path)).text();
    const [secret = ''] = /ps_\w{43}/.exec(html) ?? [];
    expect(html.split(secret)).toHaveLength(2);
    for (const client_secret of [secret, client.client_secret ?? '']) {
      const response = await postToken(server, { ...client, client_secret }, { grant_type: 'client_credentials' });
      expect(response.status).toBe(200);
    }
  });

  it('is disabled, enabled and deleted, each after a page that says what ends', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const administrator = await administratorAt(server);
    const client = await makeClient(server, {}, { trusted: true });
    const tokens = await obtainTokens(server, client);
    const at = (below: string) => `/console/clients/${client.client_id}/${below}`;
    expect(text(await (await administrator.open(at('disable'))).text())).toContain('This revokes 1 grant of 1 user');
    await fill(administrator, at('disable'));
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
    expect(text(await (await administrator.open(`/console/clients/${client.client_id}`)).text())).toContain(
      'is disabled',
    );
    await fill(administrator, at('enable'));
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
    await obtainTokens(server, client);
    const gone = await fill(administrator, at('delete'));
    expect(text(await gone.text())).toContain('The client was deleted');
    expect((await administrator.open(`/console/clients/${client.client_id}`)).status).toBe(404);
    expect((await server.fetch(authorizeUrl(client))).status).toBe(400);
  });

  it('one grant, one token or all ends, after a question, and nothing else', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const client = await makeClient(server, {}, { trusted: true });
    const [one, other] = [await obtainTokens(server, client), await obtainTokens(server, client)];
    const page = async (tab: string) =>
      (await administrator.open(`/console/clients/${client.client_id}/${tab}`)).text();
    const links = async (what: string) =>
      [...(await page(what)).matchAll(/href="(\/console\/\w+\/[^"]+\/revoke)"/g)]
        .map(([, href = '']) => href)
        .filter((href) => href.startsWith(`/console/${what}/`));
    const end = async (href = '') => {
      const html = await (await administrator.open(href)).text();
      return administrator.send(await readForm(new Response(html), href.split('?')[0] ?? ''));
    };
    const status = async (token: string) => (await me(server, token, '/userinfo')).status;
    const tokenLinks = await links('tokens');
    expect(tokenLinks).toHaveLength(2);
    await end(tokenLinks[0]);
    expect([await status(one.access_token), await status(other.access_token)].sort()).toEqual([200, 401]);
    const [grantLink] = await links('grants');
    await end(grantLink);
    const refreshed = [one, other].map(async (tokens) => (await refresh(server, client, tokens.refresh_token)).status);
    expect((await Promise.all(refreshed)).sort()).toEqual([200, 400]);
    await end(`/console/clients/${client.client_id}/end`);
    expect(await links('grants')).toEqual([]);
  });

  it('whose id is the address of a document that cannot be read is a page that says so, and no failure', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const response = await administrator.open(
      `/console/clients/${encodeURIComponent('https://nowhere.example/c.json')}`,
    );
    expect(response.status).toBeLessThan(500);
  });

  it('is found in the list by its whole id, also by the address of its description, there or gone', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const url = 'https://app.acme.com/oauth/client.json';
    const described = { client_id: url, client_name: 'Acme App', redirect_uris: [REDIRECT_URI] };
    const web = pretendWeb({ [url]: () => json(described) });
    const other = await makeClient(server, { client_name: 'Other' });
    const found = async (id: string) => {
      const html = await (await administrator.open(`/console/clients?q=${encodeURIComponent(id)}`)).text();
      return [...new Set(addressesOf(html))].filter((href) => !/\/new$/.test(href));
    };
    const pageOf = (id: string) => `/console/clients/${encodeURIComponent(id)}`;
    expect(await found(other.client_id)).toEqual([pageOf(other.client_id)]);
    expect(await found(url)).toEqual([pageOf(url)]);
    expect(await found('c_nobody')).toEqual([]);
    expect(await found('https://nowhere.example/c.json')).toEqual([]);
    await administer(server, 'PATCH', `/clients/${encodeURIComponent(url)}`, { disabled: true });
    delete web.answers[url];
    vi.useFakeTimers({ now: Date.now() + 7 * 86_400_000, toFake: ['Date'] });
    const back = await administratorAt(server);
    expect(await textOf(back, `/console/clients?q=${encodeURIComponent(url)}`)).toContain('disabled');
  });
});
