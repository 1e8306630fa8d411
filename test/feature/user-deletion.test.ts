/** Deleting a user: the request, the grace period, and cancelling. */
import { describe, expect, it, vi } from 'vitest';
import { formatDay } from '../../src/http/format-day.ts';
import { makeClient, postToken, refresh } from '../support/client.ts';
import { administratorAt, see, sendForm } from '../support/console-user.ts';
import { Mailbox } from '../support/mailbox.ts';
import { administer, bindings, runCron, serve, setSetting } from '../support/server.ts';
import { readForm, text } from '../support/user.ts';
import {
  type Account,
  accountOf,
  DAY,
  requestDeletion,
  tokensFor,
  ZERLINA,
  zerlinaAt,
} from '../support/user-account.ts';

const DELETE = '/account/data/delete';

const later = (milliseconds: number) => vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] });

describe('a user who deletes their account', () => {
  it('is asked first, told until when it is kept, and signed out everywhere; nothing of theirs is valid', async () => {
    const mailbox = new Mailbox();
    const server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC'], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    const { zerlina, id } = await zerlinaAt(server);
    const other = server.user();
    await other.signIn(ZERLINA.email, ZERLINA.password);
    const client = await makeClient(server, { scope: 'openid profile offline_access' });
    const { access_token, refresh_token } = await tokensFor(server, zerlina, client);
    const key = await administer<{ authorization: string }>(server, 'POST', '/api-keys', {
      user: id,
      name: 'Backup',
      scope: 'profile',
      days: 1,
    });
    expect(await see(zerlina, '/account/data')).toContain('Delete your account');
    const question = await see(zerlina, DELETE);
    expect(question).toContain('deleted for good after 30 days');
    expect(question).toContain('If you sign in before then, your account is kept');
    mailbox.take();
    const day = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10);
    const page = text(await sendForm(zerlina, DELETE));
    const written = formatDay(new Date(day), 'en');
    expect(page).toContain(`deleted after ${written}`);
    const [letter] = mailbox.take();
    expect(letter).toMatchObject({ to: ZERLINA.email, text: expect.stringContaining(`will be deleted on ${written}`) });
    expect((await zerlina.request('/account')).status).toBe(303);
    expect((await other.request('/account')).status).toBe(303);
    expect((await refresh(server, client, refresh_token)).status).toBe(400);
    const headers = (authorization: string) => ({ headers: { authorization } });
    expect((await server.fetch('/userinfo', headers(`Bearer ${access_token}`))).status).toBe(401);
    expect((await server.fetch('/api/me', headers(key.authorization))).status).toBe(401);
    expect(await accountOf(server, id)).toMatchObject({
      disabled: false,
      deletion_due_at: expect.stringContaining(day),
    });
  });

  it('signing in again within the grace period keeps the account, and says so by mail', async () => {
    const mailbox = new Mailbox();
    const server = serve(bindings(['SHARD_WEUR'], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    const { zerlina, id } = await zerlinaAt(server);
    await sendForm(zerlina, DELETE);
    await runCron(server.env, Date.now() + 29 * DAY);
    later(29 * DAY);
    mailbox.take();
    await zerlina.signIn(ZERLINA.email, ZERLINA.password);
    expect((await zerlina.request('/account')).status).toBe(200);
    expect(mailbox.take()[0]?.text).toContain('will not be deleted');
    expect(await accountOf(server, id)).toMatchObject({ disabled: false, deletion_due_at: null });
    await runCron(server.env, Date.now() + 40 * DAY);
    await runCron(server.env, Date.now() + 42 * DAY);
    expect(await accountOf(server, id)).toMatchObject({ disabled: false });
  });

  it('a wrong password keeps nothing', async () => {
    const server = serve();
    const { zerlina, id } = await zerlinaAt(server);
    await sendForm(zerlina, DELETE);
    await zerlina.signIn(ZERLINA.email, 'a wrong password');
    expect((await accountOf(server, id)).deletion_due_at).not.toBeNull();
  });

  it('an administrator cancels it, too', async () => {
    const server = serve();
    const { zerlina, id } = await zerlinaAt(server);
    await sendForm(zerlina, DELETE);
    await administer(server, 'DELETE', `/users/${id}/deletion`);
    expect(await accountOf(server, id)).toMatchObject({ disabled: false, deletion_due_at: null });
    later(10);
    await zerlina.signIn(ZERLINA.email, ZERLINA.password);
    expect((await zerlina.request('/account')).status).toBe(200);
  });

  it('nothing acts for them meanwhile: no trusted client, no new API key', async () => {
    const server = serve();
    const { zerlina, id } = await zerlinaAt(server);
    const machine = await makeClient(
      server,
      {
        grant_types: ['client_credentials'],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_basic',
        scope: 'profile',
      },
      { acts_as: id },
    );
    const ask = () => postToken(server, machine, { grant_type: 'client_credentials' });
    expect((await ask()).status).toBe(200);
    await sendForm(zerlina, DELETE);
    later(10);
    expect((await ask()).status).toBe(400);
    const key = { user: id, name: 'Backup', scope: 'profile', days: 1 };
    expect((await server.admin('POST', '/api-keys', key)).status).toBe(400);
  });

  it('the last administrator cannot, and is told why', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const form = await readForm(await administrator.open(DELETE), DELETE);
    const answer = await administrator.send(form);
    expect([answer.status, text(await answer.text())]).toEqual([
      409,
      expect.stringContaining('the last administrator'),
    ]);
    expect((await administrator.request('/account')).status).toBe(200);
  });
});

describe('an administrator who deletes a user', () => {
  it('disables them at once, so that no sign-in cancels it; cancelling enables them again', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const { zerlina, id } = await zerlinaAt(server);
    expect(await requestDeletion(server, id)).toMatchObject({ disabled: true });
    expect((await zerlina.request('/account')).status).toBe(303);
    await zerlina.signIn(ZERLINA.email, ZERLINA.password);
    expect((await zerlina.request('/account')).status).toBe(303);
    expect((await server.admin('PATCH', `/users/${id}`, { disabled: false })).status).toBe(409);
    expect(await administer(server, 'DELETE', `/users/${id}/deletion`)).toMatchObject({
      disabled: false,
      deletion_due_at: null,
    });
    later(10);
    await zerlina.signIn(ZERLINA.email, ZERLINA.password);
    expect((await zerlina.request('/account')).status).toBe(200);
  });

  it('a user who was disabled before stays disabled when it is cancelled', async () => {
    const server = serve();
    const { id } = await zerlinaAt(server);
    await administer(server, 'PATCH', `/users/${id}`, { disabled: true });
    later(10);
    await requestDeletion(server, id);
    await administer(server, 'DELETE', `/users/${id}/deletion`);
    expect(await accountOf(server, id)).toMatchObject({ disabled: true, deletion_due_at: null });
  });

  it('requesting it twice does it once; cancelling what was not requested changes nothing', async () => {
    const server = serve();
    const { id } = await zerlinaAt(server);
    expect(await administer(server, 'DELETE', `/users/${id}/deletion`)).toMatchObject({ disabled: false });
    const first = await requestDeletion(server, id);
    later(1000);
    expect(await requestDeletion(server, id)).toMatchObject({ deletion_due_at: first.deletion_due_at });
  });

  it('of two administrators who are deleted fifty times at once, one stays', async () => {
    const server = serve();
    await administratorAt(server);
    const { id } = await zerlinaAt(server, ['administrator']);
    const { users } = await administer<{ users: Account[] }>(server, 'GET', '/users');
    const other = users.find((one) => one.id !== id)?.id ?? '';
    const requests = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? id : other));
    await Promise.all(requests.map((one) => server.admin('POST', `/users/${one}/deletion`)));
    const left = (await administer<{ users: Account[] }>(server, 'GET', '/users')).users;
    expect(left.filter(({ deletion_due_at }) => deletion_due_at === null)).toHaveLength(1);
  });

  it('in the console: asks, shows until when, and cancels', async () => {
    const server = serve();
    const { id } = await zerlinaAt(server);
    const administrator = await administratorAt(server);
    const page = `/console/users/${id}`;
    expect(await see(administrator, `${page}/delete`)).toContain('deleted for good after 30 days');
    expect(text(await sendForm(administrator, `${page}/delete`))).toContain('The deletion of this user was requested');
    expect(await see(administrator, '/console/users')).toContain('to be deleted');
    expect(text(await sendForm(administrator, `${page}/keep`))).toContain('The deletion is cancelled');
    const own = (await administer<{ users: Account[] }>(server, 'GET', '/users')).users.find((one) => one.id !== id);
    expect(text(await sendForm(administrator, `/console/users/${own?.id}/delete`))).toContain('its page Your data');
  });
});
