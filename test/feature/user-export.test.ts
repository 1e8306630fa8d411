/** Exporting a user's data as one file, without secrets; and an administrator who changes a user's e-mail address. */
import { describe, expect, it } from 'vitest';
import { USER_TABLES } from '../../src/storage/users/user-data.ts';
import { ADMINISTRATOR, makeClient } from '../support/client.ts';
import { administratorAt, see, sendForm, signedInWith } from '../support/console-user.ts';
import { connectApp, connectUser, farEnd } from '../support/far-end.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { wrapStores } from '../support/recorder.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, text } from '../support/user.ts';
import { type Account, tokensFor, ZERLINA, zerlinaAt } from '../support/user-account.ts';

const EXPORT = '/account/data/export';
type Export = Record<string, Record<string, unknown>[]> & {
  user: Record<string, unknown>;
  shards_that_did_not_answer: string[];
};

describe('exporting a user', () => {
  it('gives one JSON file with a list for every table, of every database, and no secret or hash', async () => {
    const server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    const far = await farEnd();
    await connectApp(server, far);
    const { zerlina, id } = await zerlinaAt(server);
    await connectUser(zerlina, far);
    const client = await makeClient(server, { scope: 'openid profile offline_access' });
    const tokens = await tokensFor(server, zerlina, client);
    const request = { user: id, name: 'Backup', scope: 'profile', days: 1 };
    const key = await administer<{ authorization: string }>(server, 'POST', '/api-keys', request);
    const response = await zerlina.open(EXPORT);
    expect(response.headers.get('content-disposition')).toContain('attachment; filename="user-data.json"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const file = await response.text();
    const data = JSON.parse(file) as Export;
    expect(data.user).toMatchObject({ id, email: ZERLINA.email, name: ZERLINA.name, has_password: true });
    for (const { name } of USER_TABLES) expect([name, Array.isArray(data[name])]).toEqual([name, true]);
    expect(data.sessions).toHaveLength(1);
    expect(data.grants).toMatchObject([
      { client_id: client.client_id, scopes: ['openid', 'profile', 'offline_access'] },
    ]);
    expect(data.connections).toMatchObject([{ app: 'faraway', account: 'alice@faraway.net' }]);
    expect(data.api_keys).toMatchObject([{ name: 'Backup' }]);
    expect(data.audit_events?.map(({ type }) => type)).toEqual(expect.arrayContaining(['sign-in', 'consent', 'grant']));
    expect(data.shards_that_did_not_answer).toEqual([]);
    const rows = await Promise.all(
      ['users', 'api_keys', 'connections', 'passkeys'].map((table) =>
        server.env.DB.prepare(`SELECT * FROM ${table}`).all(),
      ),
    );
    const sessions = await server.env.SHARD_WEUR?.prepare('SELECT * FROM sessions').all();
    const stored = [...rows.flatMap(({ results }) => results), ...(sessions?.results ?? [])];
    const secrets = stored
      .flatMap((row) => Object.entries(row))
      .filter(([column, value]) => /hash|sealed|secret/.test(column) && typeof value === 'string')
      .map(([, value]) => String(value));
    expect(secrets.length).toBeGreaterThan(3);
    const [, , secret = ''] = /token (\w+):(\w+)/.exec(key.authorization) ?? [];
    for (const one of [...secrets, tokens.refresh_token, tokens.access_token, secret, 'at-1', 'rt-1']) {
      expect(file).not.toContain(one);
    }
  });

  it('gives nobody else’s data', async () => {
    const server = serve();
    const other = await signedInWith(server, ['editor']);
    const { zerlina } = await zerlinaAt(server);
    const file = await (await zerlina.open(EXPORT)).text();
    expect(file).not.toContain('editor@example.com');
    expect((JSON.parse(await (await other.open(EXPORT)).text()) as Export).user.email).toBe('editor@example.com');
  });

  it('is there for administrators and auditors, and the audit log says who read it', async () => {
    const server = serve();
    const { id } = await zerlinaAt(server);
    const auditor = await signedInWith(server, ['auditor']);
    const shown = (await (await auditor.open(`/console/users/${id}/export`)).json()) as Export;
    expect(shown.user).toMatchObject({ id });
    expect((await administer<Export>(server, 'GET', `/users/${id}/export`)).user).toMatchObject({ id });
    const { events } = await administer<{ events: { actor: string }[] }>(server, 'GET', '/events?type=user.exported');
    expect(events).toHaveLength(2);
    expect(await see(await administratorAt(server), `/console/users/${id}`)).toContain('Export data');
  });

  it('says which databases did not answer', async () => {
    let down = false;
    const env = wrapStores(bindings(['SHARD_WEUR', 'SHARD_APAC']), (store, operation) =>
      down && store === 'SHARD_APAC' ? Promise.reject(new Error('D1_ERROR: overloaded')) : operation(),
    );
    const server = serve(env);
    const { id } = await zerlinaAt(server);
    down = true;
    const data = await administer<Export>(server, 'GET', `/users/${id}/export`);
    expect(data.shards_that_did_not_answer).toEqual(['apac']);
  });
});

describe('an administrator who changes a user’s e-mail address', () => {
  const OTHER = 'quux@example.com';

  async function scene(): Promise<{ server: Server; mailbox: Mailbox; id: string }> {
    const mailbox = new Mailbox();
    const server = serve(bindings([], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    const { id } = await zerlinaAt(server);
    await administer(server, 'PATCH', `/users/${id}`, { email_verified: true });
    mailbox.take();
    return { server, mailbox, id };
  }

  it('tells the user at both addresses; the new one is unverified, and signs in', async () => {
    const { server, mailbox, id } = await scene();
    const changed = await administer(server, 'PATCH', `/users/${id}`, { email: 'Quux@Example.com' });
    expect(changed).toMatchObject({ email: OTHER, email_verified: false });
    expect(mailbox.take().map(({ to, text: letter }) => [to, letter])).toEqual(
      expect.arrayContaining([
        [ZERLINA.email, expect.stringContaining(`it is ${OTHER} now`)],
        [OTHER, expect.stringContaining('made this the address of your account')],
      ]),
    );
    const user = server.user();
    await user.signIn(ZERLINA.email, ZERLINA.password);
    expect((await user.request('/account')).status).toBe(303);
    await user.signIn(OTHER, ZERLINA.password);
    expect((await user.request('/account')).status).toBe(200);
  });

  it('is verified where the administrator says so', async () => {
    const { server, id } = await scene();
    const changed = await administer(server, 'PATCH', `/users/${id}`, { email: OTHER, email_verified: true });
    expect(changed).toMatchObject({ email: OTHER, email_verified: true });
  });

  it('ends recovery links, invitations and links to confirm an address', async () => {
    const { server, mailbox, id } = await scene();
    const user = server.user();
    await user.send(await readForm(await user.open('/forgot'), '/forgot'), { email: ZERLINA.email });
    const recovery = linkIn(mailbox.take()[0]);
    const { link } = await administer<{ link: string }>(server, 'POST', `/users/${id}/invitation`);
    mailbox.take();
    await user.signIn(ZERLINA.email, ZERLINA.password);
    await user.send(await readForm(await user.open('/account/email'), '/account/email'), {
      email: 'third@example.com',
    });
    const confirmation = linkIn(mailbox.take()[0]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await administer(server, 'PATCH', `/users/${id}`, { email: OTHER });
    // Back again: the address is the same, and the links stay ended.
    await administer(server, 'PATCH', `/users/${id}`, { email: ZERLINA.email });
    const visitor = server.user();
    for (const path of [recovery, link.slice(new URL(link).origin.length)]) {
      const page = await visitor.open(path);
      if (page.status !== 200) continue;
      const form = await readForm(page, '/welcome');
      expect((await visitor.send(form, { password: 'another password' })).status).toBe(400);
    }
    const form = await readForm(await user.open(confirmation), '/confirm-address');
    expect((await user.send(form)).status).toBe(400);
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({ email: ZERLINA.email });
  });

  it('is refused where another account has the address, and nothing else of the request is done', async () => {
    const { server, id } = await scene();
    await administratorAt(server);
    const answer = await server.admin('PATCH', `/users/${id}`, { email: ADMINISTRATOR.email, name: 'Changed' });
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('has an account already')]);
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({
      email: ZERLINA.email,
      name: ZERLINA.name,
    });
  });

  it('of fifty users given the same address at once, one has it', async () => {
    const server = serve();
    const ids: string[] = [];
    for (let index = 0; index < 10; index++) {
      const added = await administer<Account>(server, 'POST', '/users', { email: `u${index}@example.com`, name: 'U' });
      ids.push(added.id);
    }
    const requests = Array.from({ length: 50 }, (_, index) => ids[index % ids.length]);
    const answers = await Promise.all(requests.map((one) => server.admin('PATCH', `/users/${one}`, { email: OTHER })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(answers.every(({ status }) => [200, 409].includes(status))).toBe(true);
  });

  it('in the console: the address moves, and the box that was ticked for the old one says nothing of the new one', async () => {
    const { server, id } = await scene();
    const administrator = await administratorAt(server);
    const page = `/console/users/${id}`;
    expect(text(await sendForm(administrator, `${page}/edit`, { email: OTHER }))).toContain(OTHER);
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({ email: OTHER, email_verified: false });
    const taken = await sendForm(administrator, `${page}/edit`, { email: ADMINISTRATOR.email });
    expect(taken).toMatch(/id="email-error">[^<]*has an account already/);
  });
});
