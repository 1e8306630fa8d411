/** Users in the console: added with a link, looked at, changed, and ended; their sessions and API keys. */
import { describe, expect, it } from 'vitest';
import { authorizeUrl, makeClient, obtainTokens } from '../support/client.ts';
import { administratorAt, see, sendForm, signedInWith } from '../support/console-user.ts';
import { Mailbox } from '../support/mailbox.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, text } from '../support/user.ts';

type Shown = { id: string; email: string; name: string; roles: string[]; disabled: boolean };

const USERS = '/console/users';
const ADA = { email: 'ada@example.com', name: 'Ada Lovelace' };

const usersAt = async (server: Server) => (await administer<{ users: Shown[] }>(server, 'GET', '/users')).users;
const adaAt = (server: Server, more = {}) => administer<Shown>(server, 'POST', '/users', { ...ADA, ...more });

/** A server with an administrator who looks at the console. */
async function scene() {
  const server = serve();
  return { server, administrator: await administratorAt(server) };
}

describe('adding a user', () => {
  it('gives a link, this once, by which they choose a password', async () => {
    const { server, administrator } = await scene();
    const html = await sendForm(administrator, `${USERS}/new`, { ...ADA, roles: 'editor\nauditor' });
    expect(text(html)).toContain('Ada Lovelace was added Give them this link.');
    const [link = ''] = /https:\/\/as\.example\/welcome\?link=[\w.-]+/.exec(html) ?? [];
    expect(html.split(link)).toHaveLength(2);
    const ada = server.user();
    await ada.send(await readForm(await ada.open(link), '/welcome'), { password: 'the analytical engine' });
    expect((await server.user().openAccount(ADA.email, 'the analytical engine')).status).toBe(200);
    const [, made] = await usersAt(server);
    expect(made).toMatchObject({ ...ADA, roles: ['editor', 'auditor'] });
    expect(JSON.stringify(await administer(server, 'GET', '/events'))).not.toContain(link.split('=')[1]);
  });

  it('says at each field what is wrong, and that an address has an account already', async () => {
    const { server, administrator } = await scene();
    const wrong = await sendForm(administrator, `${USERS}/new`, { email: 'nobody', name: ' ', roles: 'Not A Role' });
    for (const field of ['email', 'name', 'roles']) expect(wrong).toContain(`id="${field}-error"`);
    const twice = await sendForm(
      administrator,
      `${USERS}/new`,
      ADMINISTRATOR.email ? { ...ADA, email: ADMINISTRATOR.email } : ADA,
    );
    expect(twice).toMatch(/id="email-error">[^<]*has an account already/);
    expect(await usersAt(server)).toHaveLength(1);
  });

  it('says where a link was mailed, and another one on request', async () => {
    const mailbox = new Mailbox();
    const server = serve(bindings([], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    const administrator = await administratorAt(server);
    expect(text(await sendForm(administrator, `${USERS}/new`, ADA))).toContain('A link was mailed to them.');
    const [, { id = '' } = {}] = await usersAt(server);
    expect(text(await sendForm(administrator, `${USERS}/${id}/invite`))).toContain('A link for Ada Lovelace');
    expect(mailbox.take().filter(({ to }) => String(to).includes(ADA.email))).toHaveLength(2);
  });
});

describe('a user', () => {
  it('is shown with how they sign in and what they let applications do; an auditor gets no button', async () => {
    const { server, administrator } = await scene();
    const client = await makeClient(server);
    await obtainTokens(server, client);
    const [{ id = '' } = {}] = await usersAt(server);
    const page = await see(administrator, `${USERS}/${id}`);
    for (const part of ['Roles administrator', 'Password', 'openid', 'Revoke all access']) expect(page).toContain(part);
    const auditor = await signedInWith(server, ['auditor']);
    const seen = await (await auditor.open(`${USERS}/${id}`)).text();
    expect(seen).toContain(`href="/console/clients/${client.client_id}"`);
    expect(seen).not.toContain(`${USERS}/${id}/`);
    expect((await auditor.open(`${USERS}/${id}/edit`)).status).toBe(403);
  });

  it('is found by the beginning of the name or the address, and by the id', async () => {
    const { server, administrator } = await scene();
    const { id } = await adaAt(server);
    for (const search of ['ada love', 'ADA@', id]) {
      const page = await see(administrator, `${USERS}?q=${encodeURIComponent(search)}`);
      expect([search, page.includes(ADA.name), page.includes(ADMINISTRATOR.email)]).toEqual([search, true, false]);
    }
  });

  it('is changed; an emptied field is removed; what another administrator changed meanwhile stays', async () => {
    const { server, administrator } = await scene();
    const { id } = await adaAt(server, { given_name: 'Ada', roles: ['editor'] });
    const path = `${USERS}/${id}/edit`;
    const stale = await readForm(await administrator.open(path), path);
    await sendForm(administrator, path, { given_name: '', family_name: 'Lovelace', roles: '', email_verified: 'on' });
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({
      given_name: null,
      family_name: 'Lovelace',
      roles: [],
      email_verified: true,
      name: ADA.name,
    });
    const answer = await administrator.send(stale, { name: 'Overwritten' });
    expect([answer.status, text(await answer.text())]).toEqual([
      409,
      expect.stringContaining('Another administrator changed this'),
    ]);
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({ name: ADA.name });
  });

  it('nobody takes the role administrator from themselves, or disables themselves', async () => {
    const { server, administrator } = await scene();
    await adaAt(server, { roles: ['administrator'] });
    const { id = '' } = (await usersAt(server)).find(({ email }) => email === ADMINISTRATOR.email) ?? {};
    expect(await sendForm(administrator, `${USERS}/${id}/edit`, { roles: 'editor' })).toMatch(
      /id="roles-error">[^<]*nobody takes the role administrator from themselves/,
    );
    expect(text(await sendForm(administrator, `${USERS}/${id}/disable`))).toContain('obody disables themselves');
    expect((await usersAt(server)).every(({ disabled }) => !disabled)).toBe(true);
  });

  it('is disabled and enabled, each after a question that says what ends', async () => {
    const { server, administrator } = await scene();
    const ada = await signedInWith(server, ['editor']);
    const { id = '' } = (await usersAt(server)).find(({ roles }) => roles.includes('editor')) ?? {};
    const path = `${USERS}/${id}/disable`;
    expect(await see(administrator, path)).toContain('signed out everywhere, and every grant, refresh token');
    expect(text(await sendForm(administrator, path))).toContain('The user is disabled');
    expect((await ada.request('/account')).status).toBe(303);
    const enabling = `${USERS}/${id}/enable`;
    expect(await see(administrator, enabling)).toContain('Enable Example User?');
    expect(text(await sendForm(administrator, enabling))).toContain('may sign in again');
    expect((await usersAt(server)).every(({ disabled }) => !disabled)).toBe(true);
  });

  it('disabled by two administrators at once, or by a form that comes twice, is disabled', async () => {
    const { server, administrator } = await scene();
    const { id } = await adaAt(server);
    const path = `${USERS}/${id}/disable`;
    const question = await readForm(await administrator.open(path), path);
    for (let times = 0; times < 2; times++) await administrator.send(question);
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({ disabled: true });
  });

  it('is signed out everywhere, or everything of theirs ends', async () => {
    const { server, administrator } = await scene();
    for (const act of ['sign-out', 'end']) {
      const ada = await signedInWith(server, [act]);
      const { id = '' } = (await usersAt(server)).find(({ roles }) => roles.includes(act)) ?? {};
      expect(text(await sendForm(administrator, `${USERS}/${id}/${act}`))).toContain('It has ended');
      expect([act, (await ada.request('/account')).status]).toEqual([act, 303]);
    }
  });

  it('what they let one client do is withdrawn', async () => {
    const { server, administrator } = await scene();
    const client = await makeClient(server);
    await obtainTokens(server, client);
    const [{ id = '' } = {}] = await usersAt(server);
    const path = `${USERS}/${id}/consents/${client.client_id}`;
    expect(text(await sendForm(administrator, path))).toContain('None has access now');
    const asked = await administrator.open(authorizeUrl(client));
    expect(await asked.text()).toContain('action="/consent"');
  });
});

describe('sessions in the console', () => {
  it('are listed by user, and one is ended after a question', async () => {
    const { server, administrator } = await scene();
    const ada = await signedInWith(server, ['editor']);
    const { id = '' } = (await usersAt(server)).find(({ roles }) => roles.includes('editor')) ?? {};
    const html = await (await administrator.open(`/console/sessions?q=${id}`)).text();
    const [end = ''] = /\/console\/sessions\/s_\w+\/end/.exec(html) ?? [];
    expect(html.split(end)).toHaveLength(2);
    expect(await see(administrator, end)).toContain('applications that were signed in to with it are notified');
    await sendForm(administrator, end);
    expect((await ada.request('/account')).status).toBe(303);
    expect(await see(administrator, `/console/sessions?q=${id}`)).toContain('ended');
    expect((await administrator.open('/account')).status).toBe(200);
  });
});

describe('API keys in the console', () => {
  it('one is created for a user, shown this once, and revoked after a question', async () => {
    const { server, administrator } = await scene();
    const { id } = await adaAt(server);
    const html = await sendForm(administrator, `/console/api-keys/new?user=${id}`, {
      name: 'Backup',
      scope: 'profile',
    });
    const [authorization = '', key = '', secret = ''] = /token (k_\w{22}):(pk_\w{43})/.exec(html) ?? [];
    expect(html.split(secret)).toHaveLength(2);
    const me = () => server.fetch('/api/me', { headers: { authorization } });
    expect((await me()).status).toBe(200);
    expect(await see(administrator, `/console/api-keys?q=${id}`)).toContain('Backup');
    expect(text(await sendForm(administrator, `/console/api-keys/${key}/end`))).toContain('It is revoked');
    expect((await me()).status).toBe(401);
  });

  it('says at each field what is wrong', async () => {
    const { server, administrator } = await scene();
    const { id } = await adaAt(server);
    const form = { user: 'u_none', name: 'Backup', scope: 'profile', days: '30' };
    expect(await sendForm(administrator, '/console/api-keys/new', form)).toMatch(/id="user-error">[^<]*no such user/);
    const days = await sendForm(administrator, '/console/api-keys/new', { ...form, user: id, days: '366' });
    expect(days).toMatch(/id="days-error">[^<]*from 1 to 365/);
    const scope = await sendForm(administrator, '/console/api-keys/new', { ...form, user: id, scope: 'openid' });
    expect(text(scope)).toContain('Nothing was saved');
  });
});
