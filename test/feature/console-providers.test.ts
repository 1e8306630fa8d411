/** Connected apps and social logins in the console: added from nothing, used, changed, and ended. */
import { describe, expect, it } from 'vitest';
import { IDENTITY_PROVIDERS, TEMPLATES } from '../../src/providers/index.ts';
import { Authenticator } from '../support/authenticator.ts';
import { administratorAt, see, sendForm, signedInWith } from '../support/console-user.ts';
import { CLIENT, comeBack, connectUser, farEnd, press } from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, ISSUER, serve, setSetting } from '../support/server.ts';
import { says, signInWith, whoAmI } from '../support/social.ts';
import { readForm, text } from '../support/user.ts';

const APPS = '/console/connected-apps';
const LOGINS = '/console/social-logins';

async function scene() {
  const server = serve();
  return { server, administrator: await administratorAt(server), far: await farEnd() };
}

type Row = Record<string, unknown>;

describe('connected apps in the console', () => {
  it('begin with what is known of each provider, and ask for what its template needs first', async () => {
    const { administrator } = await scene();
    const html = await (await administrator.open(`${APPS}/new`)).text();
    for (const [name, { title, documentation, logo, connectedApp }] of Object.entries(TEMPLATES)) {
      for (const part of [`${APPS}/new/${name}`, title, documentation, logo ?? title]) expect(html).toContain(part);
      const form = await (await administrator.open(`${APPS}/new/${name}`)).text();
      const [first = '', further = ''] = form.split('<details');
      const needs: readonly string[] = connectedApp.requires ?? [];
      for (const need of ['client_id', 'client_secret', ...needs]) expect(first).toContain(`name="${need}"`);
      if (!needs.includes('issuer')) expect(further).toContain('name="issuer"');
      expect(first).toMatch(new RegExp(`<input readonly=""[^>]*value="[^"]*/connected-apps/${name}/callback"`));
      expect(first).toContain('class="secondary needs-script">Copy<');
    }
    expect((await administrator.open(`${APPS}/new/none`)).status).toBe(404);
  });

  it('one is added, used, changed and deleted; its secret is shown nowhere', async () => {
    const { server, administrator, far } = await scene();
    const form = { id: 'faraway', name: 'Faraway', issuer: far.issuer, scopes: 'openid\nfiles.read', ...CLIENT };
    expect(text(await sendForm(administrator, `${APPS}/new/openid`, form))).toContain('It was added');
    await connectUser(administrator, far);
    const html = await (await administrator.open(`${APPS}/faraway`)).text();
    for (const part of [
      far.issuer,
      'https://as.example/connected-apps/faraway/callback',
      'by an administrator',
      'connected',
    ])
      expect(text(html)).toContain(part);
    expect(html).not.toContain(CLIENT.client_secret);
    const edit = await (await administrator.open(`${APPS}/faraway/edit`)).text();
    expect(edit).not.toContain(CLIENT.client_secret);

    await sendForm(administrator, `${APPS}/faraway/edit`, {
      name: 'Far away',
      scopes: '',
      roles: 'editor',
      dpop: 'never',
    });
    expect(await administer(server, 'GET', '/connected-apps/faraway')).toMatchObject({
      name: 'Far away',
      scopes: [],
      roles: ['editor'],
      dpop: 'never',
      client_id: 'postern',
      has_secret: true,
    });
    expect(await see(administrator, `${APPS}/faraway/delete`)).toContain('One connection is revoked.');
    expect(text(await sendForm(administrator, `${APPS}/faraway/delete`))).toContain('It was deleted');
    expect(far.revoked).toHaveLength(1);
    expect(await administer(server, 'GET', '/connections')).toMatchObject({ connections: [] });
  });

  it('any MCP server is added by its address alone', async () => {
    const { server, administrator, far } = await scene();
    const resource = 'https://mcp.faraway.net/mcp';
    far.web.answers['https://mcp.faraway.net/.well-known/oauth-protected-resource/mcp'] = () =>
      json({ resource, authorization_servers: [far.issuer] });
    const resource_metadata = 'https://mcp.faraway.net/.well-known/oauth-protected-resource/mcp';
    far.web.answers[resource] = () =>
      new Response(null, {
        status: 401,
        headers: { 'www-authenticate': `Bearer resource_metadata="${resource_metadata}"` },
      });
    far.metadata.client_id_metadata_document_supported = true;
    const html = await sendForm(administrator, `${APPS}/new/mcp`, { id: 'tools', name: 'Tools', resource, scopes: '' });
    expect(text(html)).toContain('Client ID Metadata Document');
    expect(await administer(server, 'GET', '/connected-apps/tools')).toMatchObject({
      registered: 'document',
      resource,
    });
  });

  it('what cannot be done is a sentence in the form, and nothing is kept', async () => {
    const { server, administrator, far } = await scene();
    const form = { id: 'faraway', issuer: far.issuer, ...CLIENT };
    const fail = async (changes: Row) =>
      text(await sendForm(administrator, `${APPS}/new/openid`, { ...form, ...changes }));
    expect(await fail({ issuer: '' })).toContain('the template openid needs it');
    expect(await fail({ issuer: 'https://nobody.faraway.net' })).toContain('no metadata was found');
    expect(await fail({ issuer: 'https://10.0.0.1' })).toContain('Nothing was saved');
    expect(await fail({ id: 'Not An Id' })).toContain('Must be lower-case letters');
    expect(await fail({ endpoints: 'token_endpoint' })).toContain('Nothing was saved');
    expect(await administer(server, 'GET', '/connected-apps')).toEqual({ connected_apps: [] });
    await fail({});
    expect(await fail({})).toContain('there is a connected app with this id');
  });

  it('one is disabled and enabled without asking its server, which may be down', async () => {
    const { server, administrator, far } = await scene();
    await sendForm(administrator, `${APPS}/new/openid`, { id: 'faraway', issuer: far.issuer, ...CLIENT });
    for (const address of Object.keys(far.web.answers)) delete far.web.answers[address];
    await sendForm(administrator, `${APPS}/faraway/disable`);
    expect(await administer(server, 'GET', '/connected-apps/faraway')).toMatchObject({ disabled: true });
    expect(await see(administrator, `${APPS}/faraway/enable`)).toContain('Enable OpenID provider?');
    await sendForm(administrator, `${APPS}/faraway/enable`);
    expect(await administer(server, 'GET', '/connected-apps/faraway')).toMatchObject({ disabled: false });
  });

  it('one connection is ended, here and there; an auditor sees all of it and gets no button', async () => {
    const { server, administrator, far } = await scene();
    await sendForm(administrator, `${APPS}/new/openid`, { id: 'faraway', issuer: far.issuer, ...CLIENT });
    await connectUser(administrator, far);
    const auditor = await signedInWith(server, ['auditor']);
    const seen = await (await auditor.open(`${APPS}/faraway`)).text();
    expect([text(seen).includes('alice@faraway.net'), seen.includes(`${APPS}/faraway/`)]).toEqual([true, false]);
    const html = await (await administrator.open(`${APPS}/faraway`)).text();
    const [end = ''] = /\/console\/connections\/faraway\/u_\w+\/delete/.exec(html) ?? [];
    expect(text(await sendForm(administrator, end))).toContain('It has ended');
    expect(far.revoked).toHaveLength(1);
    expect((await comeBack(administrator, far, await press(administrator, far))).status).toBe(303);
  });

  it('the list of connections is narrowed to one app by its address, and a search keeps that', async () => {
    const { administrator, far } = await scene();
    await sendForm(administrator, `${APPS}/new/openid`, { id: 'faraway', issuer: far.issuer, ...CLIENT });
    await sendForm(administrator, `${APPS}/new/openid`, { id: 'other', issuer: far.issuer, ...CLIENT });
    await connectUser(administrator, far);
    const rows = async (query: string) => {
      const html = await (await administrator.open(`/console/connections?${query}`)).text();
      return { found: text(html).includes('alice@faraway.net'), keeps: html.includes('name="app" value="faraway"') };
    };
    expect(await rows('')).toEqual({ found: true, keeps: false });
    expect(await rows('app=faraway')).toEqual({ found: true, keeps: true });
    expect(await rows('app=faraway&q=administrator')).toEqual({ found: true, keeps: true });
    expect(await rows('app=faraway&q=nobody')).toEqual({ found: false, keeps: true });
    expect(await rows('app=other')).toEqual({ found: false, keeps: false });
  });
});

describe('switching off in the console', () => {
  it('is done once, however often its form comes', async () => {
    const { server, administrator, far } = await scene();
    await sendForm(administrator, `${APPS}/new/openid`, { id: 'far', issuer: far.issuer, ...CLIENT });
    await sendForm(administrator, `${LOGINS}/new/openid`, { id: 'far', issuer: far.issuer, ...CLIENT });
    for (const list of [APPS, LOGINS]) {
      const path = `${list}/far/disable`;
      const question = await readForm(await administrator.open(path), path);
      for (let times = 0; times < 2; times++) await administrator.send(question);
      const record = await administer(server, 'GET', `${list.replace('/console', '')}/far`);
      expect([list, record]).toMatchObject([list, { disabled: true }]);
    }
  });
});

describe('the redirect URI in the form of a new record', () => {
  it('is of an id that is free, so that it is final before the provider is told', async () => {
    const { administrator, far } = await scene();
    const record = { id: 'openid', name: 'One', issuer: far.issuer, ...CLIENT };
    await sendForm(administrator, `${APPS}/new/openid`, record);
    await sendForm(administrator, `${LOGINS}/new/openid`, record);
    for (const [list, path] of [
      [APPS, 'connected-apps'],
      [LOGINS, 'social-login'],
    ]) {
      const html = await (await administrator.open(`${list}/new/openid`)).text();
      expect(html).toMatch(new RegExp(`value="[^"]*/${path}/openid-2/callback"`));
      expect(html).toContain('src="/copy.js"');
    }
  });

  it('stands beside the page of the provider on which a client is created', async () => {
    const { administrator } = await scene();
    for (const form of [`${APPS}/new/github`, `${LOGINS}/new/github`])
      expect(await (await administrator.open(form)).text()).toContain('https://github.com/settings/applications/new');
  });
});

describe('social logins in the console', () => {
  it('begin with the provider, each with the page of its documentation', async () => {
    const { administrator } = await scene();
    const html = await (await administrator.open(`${LOGINS}/new`)).text();
    for (const [name, { title, documentation }] of Object.entries(IDENTITY_PROVIDERS)) {
      expect(html).toContain(`${LOGINS}/new/${name}`);
      for (const part of [title, documentation]) expect(text(html)).toContain(part);
    }
    const [apple = ''] = (await (await administrator.open(`${LOGINS}/new/apple`)).text()).split('<details');
    for (const name of ['team_id', 'key_id', 'client_secret']) expect(apple).toContain(`name="${name}"`);
  });

  it('one is added, signs a user in, and is deleted after a question that counts the users concerned', async () => {
    const { server, administrator, far } = await scene();
    const form = { id: 'far', name: 'Faraway', issuer: far.issuer, sign_up: 'allow', roles: 'reader', ...CLIENT };
    const html = await sendForm(administrator, `${LOGINS}/new/openid`, form);
    expect(text(html)).toContain('It was added');
    expect(html).not.toContain(CLIENT.client_secret);
    says(far, { email: 'alice@faraway.net', name: 'Alice Far' });
    const alice = server.user();
    await signInWith(alice, far);
    expect(await whoAmI(alice)).toContain('Alice Far');
    expect(await see(administrator, `${LOGINS}/far`)).toContain('alice@faraway.net');
    const question = await see(administrator, `${LOGINS}/far/delete`);
    expect(question).toContain('One user signs in with it; 1 of them have no other sign-in method.');
    expect(text(await sendForm(administrator, `${LOGINS}/far/delete`))).toContain('It was deleted');
    expect(await see(server.user(), '/sign-in')).not.toContain('Faraway');
  });

  it('one that is not shown says why, in the list and on its page, until what is missing is there', async () => {
    const { server, administrator } = await scene();
    await sendForm(administrator, `${LOGINS}/new/github`, { id: 'github', sign_up: 'deny' });
    expect(await see(administrator, LOGINS)).toContain('not shown: the client id must be given');
    expect(await see(administrator, `${LOGINS}/github`)).toContain('has no button for it: the client id must be given');
    expect(text(await sendForm(administrator, `${LOGINS}/github/enable`))).toContain('It cannot be enabled');
    await sendForm(administrator, `${LOGINS}/github/edit`, CLIENT);
    await sendForm(administrator, `${LOGINS}/github/enable`);
    expect(await see(administrator, LOGINS)).toContain('GitHub github GitHub shown');
    expect(await see(server.user(), '/sign-in')).toContain('Continue with GitHub');
  });

  it('the last one stays while passwords are switched off', async () => {
    const { server, administrator, far } = await scene();
    await sendForm(administrator, `${LOGINS}/new/openid`, { id: 'far', issuer: far.issuer, ...CLIENT });
    const form = await readForm(await administrator.open('/account/passkeys/add'), '/account/passkeys/add');
    await administrator.send(form, { name: 'Laptop', passkey: await new Authenticator(ISSUER).create(form) });
    await setSetting(server, 'password_sign_in', false);
    for (const path of ['delete', 'disable'])
      expect(text(await sendForm(administrator, `${LOGINS}/far/${path}`))).toContain('It is the last social login');
    expect(await administer(server, 'GET', '/social-logins/far')).toMatchObject({ why_not_shown: null });
  });

  it('what is wrong stands at its field, and a provider that does not answer is a sentence', async () => {
    const { administrator } = await scene();
    const wrong = { id: 'No', tenants: 'x', endpoints: 'token_endpoint=nowhere' };
    const html = await sendForm(administrator, `${LOGINS}/new/microsoft`, wrong);
    for (const field of ['id', 'tenants', 'endpoints']) expect(html).toContain(`id="${field}-error"`);
    expect(html).toContain('<details open');
    const nowhere = { id: 'far', issuer: 'https://nobody.faraway.net', ...CLIENT };
    expect(text(await sendForm(administrator, `${LOGINS}/new/openid`, nowhere))).toContain('no metadata was found');
  });
});
