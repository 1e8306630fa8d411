/** `npm run admin -- import frappe`: from the export of a site to users who sign in with their old passwords. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { admin, runAdmin } from '../support/admin.ts';
import { HASH, LEGACY_PASSWORD, PASSWORD } from '../support/frappe-site.ts';
import { User } from '../support/user.ts';

type Report = {
  imported: Record<string, number>;
  existing: Record<string, number>;
  left_out: { kind: string; name: string; text: string }[];
  notes: { kind: string; name: string; text: string }[];
};

const OF_PROVIDERS = { 'social login': 1, 'linked account': 1, 'connected app': 1, connection: 1 };
const EXPORT = join('examples', 'frappe-export.json');

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'frappe-import-')), 'export.json');
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  return path;
}

/** The made export, with names of its own: the guide imports it, too. */
const madeExport = () =>
  fileWith(
    readFileSync(EXPORT, 'utf8')
      .replaceAll('@site.example', '@flow.example')
      .replaceAll('erp.example.com', 'erp.flow.example')
      .replaceAll('c0ffee1234', 'f10wc11e27')
      .replaceAll('a1b2c3d4e5f6a7b', 'f1b2c3d4e5f6a7b')
      .replaceAll('company_sso', 'flow_sso')
      .replaceAll('Time tracker', 'Flow tracker'),
  );

/** An export of other users, at a site of their own. @param hashOf the stored password of the user with this number. */
const manyUsers = (many: number, site: string, hashOf: (n: number) => string = () => HASH) =>
  fileWith(
    JSON.stringify({
      ...JSON.parse(readFileSync(EXPORT, 'utf8')),
      site,
      oauth_clients: [],
      social_login_keys: [],
      connected_apps: [],
      token_caches: [],
      users: Array.from({ length: many }, (_, n) => ({
        name: `user${n}@${site}`,
        enabled: 1,
        full_name: `User Number ${n}`,
        password: hashOf(n),
        roles: ['Sales User', 'Employee'],
      })),
    }),
  );

/** `IMPORTED_USERS=10000 npx vitest run --project flow test/flow/import-frappe.test.ts` takes an hour. */
const IMPORTED_USERS = Number(process.env.IMPORTED_USERS ?? 6);

const passwordOf = (n: number) => `the old password ${n}`;

/** As passlib writes it, whose base64 has no padding and `.` for `+`. */
function hashOf(n: number): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '').replaceAll('+', '.');
  const salt = randomBytes(16);
  const key = pbkdf2Sync(passwordOf(n), salt, 29_000, 32, 'sha256');
  return `$pbkdf2-sha256$29000$${base64(salt)}$${base64(key)}`;
}

async function signsIn(email: string, password: string, address = '203.0.113.1'): Promise<boolean> {
  const { url } = inject('worker');
  const user = Object.assign(new User(fetch, url), { address });
  await user.signIn(email, password);
  return user.cookies.has('session');
}

const emails = async () => (await runAdmin('users', 'list')).stdout;

afterAll(async () => {
  await admin('social-logins', 'delete', 'flow-sso');
  await admin('connected-apps', 'delete', 'flow-tracker');
  for (const name of ['imported_password_iterations', 'scopes_supported', 'skip_authorization']) {
    await admin('settings', 'reset', name);
  }
});

describe('npm run admin -- import frappe', () => {
  it('refuses a file that others can read, and one that is no export, before it asks the server', async () => {
    const open = madeExport();
    chmodSync(open, 0o644);
    const refused = await runAdmin('import', 'frappe', open, '--url', 'http://127.0.0.1:1');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`chmod 600 ${open}`)]);
    const wrong = await runAdmin('import', 'frappe', fileWith('{"users": 1}'), '--url', 'http://127.0.0.1:1');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Nothing was imported.')]);
  });

  it('says in a dry run what comes, what does not and why, shows no secret, and imports nothing', async () => {
    const before = await emails();
    const { code, stdout, stderr } = await runAdmin('import', 'frappe', madeExport(), '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Dry run: nothing was imported/);
    expect(stdout).toMatch(/users +4 +0 +2$/m);
    expect(stdout).toMatch(/clients +1 +0 +1$/m);
    expect(stdout).toMatch(/API keys +1 +0 +1$/m);
    for (const reason of [
      'argon2 needs too much memory',
      'implicit grant',
      'HS256',
      'http://portal.internal/cb',
      'language pt-BR',
    ]) {
      expect(stdout).toContain(reason);
    }
    for (const secret of [
      'feedbeef01',
      '0f1e2d3c4b5a697',
      '$pbkdf2',
      'sso-secret',
      'time-secret',
      'time-access-token',
    ]) {
      expect(stdout + stderr).not.toContain(secret);
    }
    expect(await emails()).toBe(before);
  });

  it('imports, so that every user signs in with the old password; a second run changes nothing', async () => {
    const path = madeExport();
    const first = await admin<Report>('import', 'frappe', path);
    expect(first.imported).toMatchObject({ user: 4, client: 1, 'API key': 1, ...OF_PROVIDERS });
    expect(await signsIn('ada@flow.example', PASSWORD)).toBe(true);
    expect(await signsIn('old@flow.example', LEGACY_PASSWORD)).toBe(true);
    expect(await signsIn('ada@flow.example', `${PASSWORD}!`)).toBe(false);
    expect(await signsIn('argon@flow.example', PASSWORD)).toBe(false);
    expect(await signsIn('left@flow.example', PASSWORD)).toBe(false);
    const second = await admin<Report>('import', 'frappe', path);
    expect(Object.values(second.imported)).toEqual(Array(8).fill(0));
    expect(second.existing).toMatchObject({ user: 4, client: 1, 'API key': 1, ...OF_PROVIDERS });
    expect(await signsIn('ada@flow.example', PASSWORD)).toBe(true);
  });

  it('gives nothing to a social login or connected app of the same name at another provider', async () => {
    const text = readFileSync(madeExport(), 'utf8')
      .replaceAll('sso-client', 'other')
      .replaceAll('time-client', 'other');
    const { left_out, imported } = await admin<Report>('import', 'frappe', fileWith(text));
    const kinds = Object.keys(OF_PROVIDERS);
    expect(left_out.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds));
    for (const kind of kinds) expect([kind, imported[kind]]).toEqual([kind, 0]);
  });

  it('goes on where an earlier import ended, and shows how far it is', async () => {
    const site = 'resumed.example';
    const part = await admin<Report>('import', 'frappe', manyUsers(150, site));
    expect(part.imported.user).toBe(150);
    const { code, stderr, stdout } = await runAdmin('import', 'frappe', manyUsers(400, site), '--json');
    expect([code, (JSON.parse(stdout) as Report).imported.user]).toEqual([0, 250]);
    expect(stderr).toMatch(/users: \d+ of 400[\s\S]*users: 400 of 400/);
    expect(await signsIn(`user399@${site}`, PASSWORD)).toBe(true);
  });

  it(
    'of a large site each user signs in with the old password, and again once it is replaced',
    async () => {
      const site = 'large.example';
      const { imported } = await admin<Report>('import', 'frappe', manyUsers(IMPORTED_USERS, site, hashOf));
      expect(imported.user).toBe(IMPORTED_USERS);
      const refused: number[] = [];
      const signInTwice = async (n: number) => {
        const address = `2001:db8:${(n >> 8).toString(16)}:${(n & 255).toString(16)}::1`;
        const again = () => signsIn(`user${n}@${site}`, passwordOf(n), address);
        if (!((await again()) && (await again()))) refused.push(n);
      };
      const waiting = Array.from({ length: IMPORTED_USERS }, (_, n) => n).values();
      const inTurn = async () => {
        for (const n of waiting) await signInTwice(n);
      };
      await Promise.all(Array.from({ length: 4 }, inTurn));
      expect(refused).toEqual([]);
    },
    60_000 + IMPORTED_USERS * 1_000,
  );
});
