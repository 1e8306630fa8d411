/** `npm run admin`: every record has its verbs, and what is wrong with the words is said before anything is sent. */
import { spawn } from 'node:child_process';
import { describe, expect, inject, it } from 'vitest';
import { admin, runAdmin } from '../support/admin.ts';
import { readForm, User } from '../support/user.ts';

type Client = { client_id: string; client_secret?: string; trusted: boolean; disabled: boolean };

const newClient = (...more: string[]) =>
  admin<Client>('clients', 'create', '--name', 'Made here', '--redirect-uri', 'https://app.example/cb', ...more);

describe('npm run admin -- settings', () => {
  it('lists, gets and sets', async () => {
    expect((await runAdmin('settings', 'list')).stdout).toMatch(/^sign_up +deny +Whether new users/m);
    expect((await runAdmin('settings', 'set', 'sign_up', 'allow')).stdout).toContain('sign_up is now allow');
    expect(await admin('settings', 'get', 'sign_up')).toMatchObject({ name: 'sign_up', value: 'allow' });
    await admin('settings', 'reset', 'sign_up');
    expect(await admin('settings', 'get', 'sign_up')).toMatchObject({ value: 'deny' });
  });

  it('reads numbers, switches and several lines', async () => {
    expect(await admin('settings', 'set', 'code_seconds', '60')).toMatchObject({ value: 60 });
    expect(await admin('settings', 'set', 'skip_authorization', 'false')).toMatchObject({ value: false });
    const lines = await admin('settings', 'set', 'scopes_supported', 'files.read See your files\\nfiles Change them');
    expect(lines).toMatchObject({ value: 'files.read See your files\nfiles Change them' });
    await admin('settings', 'set', 'scopes_supported', '');
  });

  it.each([
    [['settings', 'set', 'code_seconds', 'soon'], /^code_seconds: .*expected number/],
    [['settings', 'set', 'code_seconds', '100000'], /^code_seconds: .*600/],
    [['settings', 'set', 'no_such', '1'], /there is no such setting/],
    [['settings', 'set', 'sign_up'], /^Usage: npm run admin -- settings set <name> <value>/],
    [['clients', 'create', '--name', 'No redirect'], /redirect/],
    [['clients', 'create', '--redirect-uri', 'https://a.example', '--origin', 'https://a.example/path'], /origin/],
    [['clients', 'create', '--metadata', '{not json'], /metadata/],
    [['clients', 'create', '--colour', 'blue'], /colour/],
    [['clients', 'create', '--uses', '3'], /Unknown option '--uses'/],
    [['tokens', 'list', '--days', '3'], /Unknown option '--days'/],
    [['initial-tokens', 'create', 'x', '--redirect-uri', 'https://a.example'], /Unknown option '--redirect-uri'/],
    [['users', 'add', 'not-an-address'], /e-mail/],
    [['users', 'change', 'admin@example.com', '--role', 'Not A Role'], /roles/],
    [['users', 'disable', 'nobody@example.com'], /There is no user/],
    [['users', 'change', 'admin@example.com', '--picture', 'javascript:x'], /picture/],
    [['users', 'change', 'admin@example.com', '--email-verified', 'maybe'], /yes or no/],
    [['clients', 'show', 'c_none'], /there is no such client/],
  ])('%j is refused with a sentence and a failure', async (words, sentence) => {
    const { code, stderr, stdout } = await runAdmin(...words);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('--field prints single fields of the answer, one per line, and names those there are', async () => {
    const fields = ['--field', 'name', '--field', 'value', '--field', 'default'];
    const { code, stdout } = await runAdmin('settings', 'get', 'code_seconds', ...fields);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'code_seconds\n60\n60\n' });
    const unknown = await runAdmin('settings', 'get', 'code_seconds', '--field', 'colour');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(/no field colour\. It has: name, /);
  });

  it('shows every verb when asked for help or for a verb that is none', async () => {
    const [help, wrong] = await Promise.all([runAdmin('--help'), runAdmin('clients', 'explode')]);
    expect(help.code).toBe(0);
    expect(wrong.code).toBe(1);
    for (const verb of ['settings set', 'clients rotate-secret', 'issuers link', 'grants revoke-all', 'events list'])
      expect(help.stdout).toContain(verb);
  });
});

describe('npm run admin -- clients', () => {
  it('creates, shows, lists, changes, trusts, rotates, disables, enables and deletes', async () => {
    const made = await newClient('--auth-method', 'client_secret_basic', '--scope', 'openid profile');
    expect(made.client_secret).toMatch(/^ps_/);
    expect((await runAdmin('clients', 'list')).stdout).toContain(made.client_id);
    expect((await runAdmin('clients', 'show', made.client_id)).stdout).not.toContain(made.client_secret);
    expect(await admin('clients', 'change', made.client_id, '--name', 'Renamed')).toMatchObject({
      metadata: { client_name: 'Renamed' },
    });
    expect(await admin('clients', 'trust', made.client_id)).toMatchObject({ trusted: true });
    expect(await admin('clients', 'distrust', made.client_id)).toMatchObject({ trusted: false });
    const rotated = await admin<Client>('clients', 'rotate-secret', made.client_id);
    expect(rotated.client_secret).toMatch(/^ps_/);
    expect(rotated.client_secret).not.toBe(made.client_secret);
    expect(await admin('clients', 'disable', made.client_id)).toMatchObject({ disabled: true });
    expect(await admin('clients', 'enable', made.client_id)).toMatchObject({ disabled: false });
    expect((await runAdmin('clients', 'delete', made.client_id)).code).toBe(0);
    expect((await runAdmin('clients', 'show', made.client_id)).stderr).toContain('there is no such client');
  });

  it('says at which step a client stopped to connect, with a user who is named by e-mail address', async () => {
    const { client_id } = await newClient();
    const whole = await runAdmin('clients', 'timeline', client_id);
    expect(whole.stdout).toMatch(/^No authorization request led to a decision\..*\n\n/);
    expect(whole.stdout).toMatch(/^\S+Z +registered +done +An administrator created it\.$/m);
    const ofUser = await admin('clients', 'timeline', client_id, '--user', inject('worker').email);
    expect(ofUser).toMatchObject({ client_id, user: expect.stringMatching(/^u_/), grant: null });
    const unknown = await runAdmin('clients', 'timeline', client_id, '--user', 'nobody@example.com');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no user')]);
  });
});

describe('npm run admin -- users', () => {
  it('adds a user with a link that works once, lists, gives roles, disables', async () => {
    const email = `ada-${Date.now()}@example.com`;
    const { link } = await admin<{ link: string }>('users', 'add', email, '--name', 'Ada', '--role', 'editor');
    const { url } = inject('worker');
    const ada = new User(fetch, url);
    const form = await readForm(await ada.open(link), '/welcome');
    const welcomed = await ada.send(form, { password: 'a long enough password' });
    expect(await welcomed.text()).toContain('Your account');
    const again = await new User(fetch, url).open(link);
    const second = await new User(fetch, url).send(await readForm(again, '/welcome'), { password: 'another one 1' });
    expect(second.status).toBe(400);

    expect((await runAdmin('users', 'list')).stdout).toMatch(new RegExp(`${email} +Ada +editor`));
    const roles = (...given: string[]) => admin('users', 'change', email, ...given.flatMap((role) => ['--role', role]));
    expect(await roles('editor', 'viewer')).toMatchObject({ roles: ['editor', 'viewer'] });
    expect(await roles('')).toMatchObject({ roles: [] });
    expect((await runAdmin('users', 'disable', email)).stdout).toContain('disabled');
    const out = await ada.open('/account');
    expect(await out.text()).toContain('Sign in');
    expect((await runAdmin('users', 'enable', email)).stdout).toContain('enabled');
    expect((await runAdmin('users', 'invite', email)).stdout).toContain('/welcome?link=');
    expect((await runAdmin('users', 'delete', email)).stdout).toContain('is deleted after');
    expect((await runAdmin('users', 'cancel-deletion', email)).stdout).toContain(`${email} is not deleted.`);
    expect(JSON.parse((await runAdmin('users', 'export', email)).stdout)).toMatchObject({ user: { email } });
  });
});

describe('npm run admin -- users change, sessions, logouts', () => {
  it('says what applications may read of a user, and ends their sessions', async () => {
    const email = `eve-${Date.now()}@example.com`;
    const { link } = await admin<{ link: string }>('users', 'add', email);
    const eve = new User(fetch, inject('worker').url);
    await eve.send(await readForm(await eve.open(link), '/welcome'), { password: 'a long enough password' });
    const said = ['--given-name', 'Ada', '--picture', 'https://pictures.example.com/a.png', '--email-verified', 'yes'];
    expect(await admin('users', 'change', email, ...said)).toMatchObject({ given_name: 'Ada', email_verified: true });
    expect(await admin('users', 'change', email, '--given-name', '')).toMatchObject({ given_name: null });
    expect(await admin('users', 'change', email, '--email', `new-${email}`)).toMatchObject({ email_verified: false });
    await admin('users', 'change', `new-${email}`, '--email', email);
    const { sessions } = await admin<{ sessions: { id: string }[] }>('sessions', 'list', '--user', email);
    expect(sessions).toHaveLength(1);
    expect(await admin('sessions', 'show', sessions[0]?.id ?? '')).toMatchObject({ status: 'active' });
    expect((await runAdmin('sessions', 'end', sessions[0]?.id ?? '')).stdout).toContain('Ended.');
    expect(await (await eve.open('/account')).text()).toContain('Sign in');
    expect((await runAdmin('users', 'sign-out', email)).stdout).toContain('0 ended.');
    expect((await runAdmin('logouts', 'list')).code).toBe(0);
  });
});

describe('npm run admin -- shards', () => {
  it('lists none where everything is in DB, and names its verbs and options', async () => {
    expect((await runAdmin('shards', 'list')).stdout).toContain('Everything is in DB.');
    const [drain, help, remove] = await Promise.all([
      runAdmin('shards', 'drain', 'weur'),
      runAdmin('--help'),
      runAdmin('shards', 'remove', '--help'),
    ]);
    expect([drain.code, drain.stderr]).toEqual([1, expect.stringContaining('there is no such shard')]);
    for (const verb of ['list', 'drain <name>', 'resume <name>', 'remove <name>'])
      expect(help.stdout).toContain(`shards ${verb}`);
    expect(remove.stdout).toContain('--lost');
  });
});

describe('npm run admin -- api-keys', () => {
  it('makes a key that acts as a user, lists it, and revokes it at once', async () => {
    const email = `key-${Date.now()}@example.com`;
    await admin('users', 'add', email, '--name', 'Ada');
    const { id, secret } = await admin<{ id: string; secret: string }>(
      'api-keys',
      'create',
      email,
      '--name',
      'Backup',
      '--scope',
      'profile',
      '--days',
      '7',
    );
    const use = () => fetch(`${inject('worker').url}/api/me`, { headers: { authorization: `token ${id}:${secret}` } });
    expect(await (await use()).json()).toMatchObject({ name: 'Ada', token: { api_key: id } });
    const { stdout } = await runAdmin('api-keys', 'list', '--user', email);
    expect(stdout).toMatch(new RegExp(`^${id} +Backup +u_\\w+ +profile +\\d{4}-\\S+ +\\d{4}-\\S+ +\\d{4}-`, 'm'));
    expect(stdout).not.toContain(secret);
    expect((await runAdmin('api-keys', 'revoke', id)).stdout).toContain('Revoked');
    expect((await use()).status).toBe(401);
    expect((await runAdmin('api-keys', 'create', email, '--name', 'x')).stderr).toMatch(/^scope: /);
    expect((await runAdmin('api-keys', 'create', email, '--name', 'x', '--scope', 'admin')).stderr).toMatch(/admin/);
  });
});

describe('npm run admin -- … show', () => {
  it('takes the hash of a code for what it is, also where it begins with a dash', async () => {
    for (const hash of [`-${'U'.repeat(42)}`, `--${'U'.repeat(41)}`])
      expect((await runAdmin('codes', 'show', hash)).stderr).toContain('no such code is outstanding');
  });

  it('shows one of whatever was issued, waits or is connected, and says that there is none', async () => {
    const { grants } = await admin<{ grants: { id: string }[] }>('grants', 'list');
    const { tokens } = await admin<{ tokens: { id: string }[] }>('tokens', 'list');
    for (const [noun, ids] of Object.entries({ grants, tokens })) {
      for (const { id } of ids.slice(0, 1)) expect(await admin(noun, 'show', id)).toMatchObject({ id });
    }
    for (const noun of ['grants', 'tokens', 'devices', 'codes', 'sessions', 'identities'])
      expect((await runAdmin(noun, 'show', 'x_0_none')).stderr).toMatch(/there is no|no such/);
    expect((await runAdmin('connections', 'show', 'none', 'itself')).stderr).toContain('there is no such connection');
  });
});

describe('npm run admin -- events, counts, codes, cutoffs', () => {
  it('tells what happened, and no secret', async () => {
    const made = await newClient('--auth-method', 'client_secret_basic');
    const { stdout } = await runAdmin('events', 'list');
    expect(stdout).toMatch(new RegExp(`client.created +${made.client_id} +command`));
    expect(stdout).not.toContain(made.client_secret);
    expect((await runAdmin('codes', 'list')).code).toBe(0);
    expect((await runAdmin('counts', 'list', '--days', '2')).stdout).toMatch(/^\d{4}-\d\d-\d\d +\S+ +\d+$/m);
    expect((await runAdmin('counts', 'list', '--days', '1000')).stderr).toContain('days');
    expect((await runAdmin('cutoffs', 'list')).stdout).toContain('Every shard has every cutoff');
  });
});

describe('npm run admin -- --url', () => {
  /** Runs the command, and does with the address it prints what a user would. */
  async function elsewhere(who: { email: string; password: string }, ...words: string[]) {
    const { url } = inject('worker');
    const child = spawn(process.execPath, ['scripts/run.mjs', 'admin', ...words, '--url', url], {
      // No .dev.vars to read: it must sign in.
      env: { ...process.env, STATE_DIR: '/nonexistent' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    const address = new Promise<string>((resolve) => {
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
        const printed = /https?:\S+\/authorize\S+/.exec(stderr)?.[0];
        if (printed) resolve(printed);
      });
    });
    const code = new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 1)));
    const back = await new User(fetch, url).authorise(await address, who);
    const page = await fetch(back);
    return { page: await page.text(), code: await code, stdout, stderr: () => stderr };
  }

  it('signs in through the code flow of the server, on a loopback port', async () => {
    const { page, code, stdout } = await elsewhere(inject('worker'), 'settings', 'get', 'sign_up');
    expect(page).toContain('close this page');
    expect(code).toBe(0);
    expect(stdout).toMatch(/value +deny/);
  });

  it('RFC 7009: the token is revoked when the command ends, whether it worked or not', async () => {
    await elsewhere(inject('worker'), 'settings', 'get', 'sign_up');
    const failed = await elsewhere(inject('worker'), 'clients', 'show', 'c_none');
    expect(failed.code).toBe(1);
    // RFC 7009 §2.1: with the refresh token the whole grant is revoked.
    type Issued = { grants: { status: string }[] };
    const { grants } = await admin<Issued>('grants', 'list', '--client', 'postern-command');
    expect(grants.length).toBeGreaterThanOrEqual(2);
    expect(new Set(grants.map(({ status }) => status))).toEqual(new Set(['ended']));
  });

  it('pushes its request where the server takes no others', async () => {
    await admin('settings', 'set', 'require_pushed_authorization_requests', 'true');
    try {
      const { code, stdout } = await elsewhere(inject('worker'), 'settings', 'get', 'sign_up');
      expect([code, stdout]).toEqual([0, expect.stringMatching(/value +deny/)]);
    } finally {
      await admin('settings', 'set', 'require_pushed_authorization_requests', 'false');
    }
  });

  it('is refused for a user who is no administrator', async () => {
    const email = `no-admin-${Date.now()}@example.com`;
    const { link } = await admin<{ link: string }>('users', 'add', email);
    const user = new User(fetch, inject('worker').url);
    await user.send(await readForm(await user.open(link), '/welcome'), { password: 'a long enough password' });
    const { code, stderr } = await elsewhere({ email, password: 'a long enough password' }, 'settings', 'list');
    expect(code).toBe(1);
    expect(stderr()).toContain('needs the role administrator');
  });

  it('says in a sentence that nothing answers there', async () => {
    const { code, stderr } = await runAdmin('settings', 'list', '--url', 'http://localhost:9');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Nothing answers at http:\/\/localhost:9/);
  });
});
