/** The forms of the console about records: validated by the schemas of the admin API, and sent back with what is wrong. */
import { describe, expect, it } from 'vitest';
import { makeClient } from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { administer, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

type Token = { id: string; name: string; uses_left: number; expires_at: string };

const tokensOf = async (server: Server) =>
  (await administer<{ tokens: Token[] }>(server, 'GET', '/initial-access-tokens')).tokens;

const PATH = '/console/initial-tokens';

/** Opens a form, fills it and sends it. */
async function send(user: User, path: string, fields: Record<string, string>): Promise<Response> {
  return user.send(await readForm(await user.open(path), path), fields);
}

async function made(server: Server, user: User) {
  const response = await send(user, `${PATH}/new`, { name: 'Partners', uses: '5', days: '30' });
  const html = await response.text();
  const [token] = await tokensOf(server);
  return { html, token: token as Token };
}

describe('initial access tokens in the console', () => {
  it('one is made and shown once, registers a client, is changed, and deleted after a question', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const { html, token } = await made(server, administrator);
    expect(token).toMatchObject({ name: 'Partners', uses_left: 5 });
    const [secret = ''] = /pit_[\w-]+|[\w-]{40,}(?=<\/code>)/.exec(html) ?? [];
    expect(html.split(secret).length).toBe(2);
    await administer(server, 'PUT', '/settings/registration_needs_token', { value: true });
    const registered = await server.fetch('/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ redirect_uris: ['https://app.example/callback'], token_endpoint_auth_method: 'none' }),
    });
    expect(registered.status).toBe(201);

    const changed = await send(administrator, `${PATH}/${token.id}/edit`, { name: 'Friends', uses: '2' });
    expect(text(await changed.text())).toContain('It was saved');
    const [after] = await tokensOf(server);
    expect(after).toEqual({ ...token, name: 'Friends', uses_left: 2 });
    const gone = await send(administrator, `${PATH}/${token.id}/delete`, {});
    expect(text(await gone.text())).toContain('It was deleted');
    expect(await tokensOf(server)).toEqual([]);
    expect((await administrator.open(`${PATH}/${token.id}/edit`)).status).toBe(404);
  });
});

describe('forms about records in the console', () => {
  it('what is wrong stands at its field, and what was typed stays', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const wrong = await send(administrator, `${PATH}/new`, { name: 'x'.repeat(201), uses: '0', days: 'soon' });
    expect(wrong.status).toBe(400);
    const html = await wrong.text();
    expect(html).toContain('A whole number from 1 to 10000.');
    for (const field of ['name', 'uses', 'days']) expect(html).toContain(`id="${field}-error"`);
    expect(html).toContain(`value="${'x'.repeat(201)}"`);
    expect(text(await (await send(administrator, `${PATH}/new`, { name: '' })).text())).toContain(
      'This field is required.',
    );
    expect(await tokensOf(server)).toEqual([]);
  });

  it('no form undoes a change that another administrator made meanwhile', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const { token } = await made(server, administrator);
    const path = `${PATH}/${token.id}/edit`;
    const form = await readForm(await administrator.open(path), path);
    await administer(server, 'PATCH', `/initial-access-tokens/${token.id}`, { uses: 1 });
    const late = await administrator.send(form, { name: 'Late', uses: '9' });
    expect(late.status).toBe(409);
    expect(text(await late.text())).toContain('Another administrator changed this');
    expect((await tokensOf(server))[0]).toMatchObject({ name: 'Partners', uses_left: 1 });
  });

  it('of fifty who change the same record at once, one does, and the others are told', {
    timeout: 60_000,
  }, async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const { token } = await made(server, administrator);
    const path = `${PATH}/${token.id}/edit`;
    const form = await readForm(await administrator.open(path), path);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => administrator.send(form, { name: `Name ${index}` })),
    );
    const conflicts = answers.filter(({ status }) => status === 409);
    expect([answers.filter(({ status }) => status === 200).length, conflicts.length]).toEqual([1, 49]);
  });
});

describe('scopes and roles in forms', () => {
  it('are boxes for those that exist, and a field for others; both are saved', async () => {
    const server = serve();
    await setSetting(server, 'scopes_supported', 'tasks.read See your tasks');
    await administer(server, 'PUT', `/resources/${encodeURIComponent('https://notes.example')}`, {
      name: 'Notes',
      scopes: [{ name: 'notes.read', description: 'Read your notes' }],
    });
    await administer(server, 'POST', '/users', { email: 'e@example.com', name: 'E', roles: ['editor'] });
    const client = await makeClient(server, { scope: 'openid notes.read' }, { roles: ['editor', 'reviewer'] });
    const administrator = await administratorAt(server);
    const path = `/console/clients/${client.client_id}/edit`;
    const form = await readForm(await administrator.open(path), path);
    const ofName = (name: string) => form.fields.filter(([one]) => one === name).map(([, value]) => value);
    // The field for others comes last.
    expect(ofName('scope')).toEqual(['openid', 'notes.read', '']);
    expect(ofName('roles')).toEqual(['editor', 'reviewer', '']);
    for (const box of ['tasks.read', 'notes.read', 'administrator', 'auditor'])
      expect(form.html).toMatch(new RegExp(`type="checkbox" name="(scope|roles)" value="${box}"`));
    const sent = form.fields.filter(([name, value]) => name !== 'scope' || value === 'notes.read');
    const fields: typeof form.fields = [...sent, ['scope', 'further.scope\nanother']];
    await administrator.send({ ...form, fields });
    const { metadata, roles } = await administer<{ metadata: { scope: string }; roles: string[] }>(
      server,
      'GET',
      `/clients/${client.client_id}`,
    );
    expect(metadata.scope.split(' ').sort()).toEqual(['another', 'further.scope', 'notes.read']);
    expect([...roles].sort()).toEqual(['editor', 'reviewer']);
  });
});

describe('the search by name above a form', () => {
  it('fills in the ID of a user, and keeps what the address says', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const { id } = await administer<{ id: string }>(server, 'POST', '/users', {
      email: 'ada@example.com',
      name: 'Ada Lovelace',
    });
    const path = '/console/api-keys/new';
    const html = await (await administrator.open(`${path}?name=Nightly&find_user=lovel`)).text();
    expect(text(html)).toContain('Ada Lovelace');
    const [, href = ''] = /href="([^"]*)" aria-label="Choose: Ada Lovelace"/.exec(html) ?? [];
    const form = await readForm(await administrator.open(href.replaceAll('&amp;', '&')), path);
    expect(form.fields).toEqual(
      expect.arrayContaining([
        ['user', id],
        ['name', 'Nightly'],
      ]),
    );
    expect(await (await administrator.open(`${path}?find_user=nobody`)).text()).toContain('None was found.');
  });

  it('adds a client to a list of them', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const [first, second] = [
      await makeClient(server, { client_name: 'First' }),
      await makeClient(server, { client_name: 'Second' }),
    ];
    const issuer = 'https://id.acme.com';
    await administer(server, 'PUT', `/issuers/${encodeURIComponent(issuer)}`, {
      jwks_uri: 'https://id.acme.com/jwks',
      clients: [first.client_id],
    });
    const path = `/console/issuers/${encodeURIComponent(issuer)}/edit`;
    const html = await (await administrator.open(`${path}?find_clients=second`)).text();
    const [, href = ''] = /href="([^"]*)" aria-label="Choose: Second"/.exec(html) ?? [];
    const form = await readForm(await administrator.open(href.replaceAll('&amp;', '&')), path);
    expect(form.fields).toContainEqual(['clients', `${first.client_id}\n${second.client_id}`]);
    await administrator.send(form);
    const saved = await administer<{ clients: string[] }>(server, 'GET', `/issuers/${encodeURIComponent(issuer)}`);
    expect(saved.clients).toEqual([first.client_id, second.client_id]);
  });
});
