/** Password hashes by passlib of Debian (python3-passlib), which a Frappe site stores: they sign in here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { importedIterations, importedPasswordMatches } from '../../src/crypto/imported-password.ts';
import { admin } from '../support/admin.ts';
import { User } from '../support/user.ts';
import { isInstalled } from './debian-packages.ts';

const PASSWORDS = [
  'correct horse battery',
  'Pässwörd 🔑 mit Umlaut',
  'cafe\u0301',
  ' leading and trailing ',
  'quo\'te"$&',
  'x'.repeat(300),
];

function hashesOf(passwords: readonly string[]): string[][] {
  const script = join('test', 'interop', 'passlib_hashes.py');
  const written = execFileSync('/usr/bin/python3', [script], { input: JSON.stringify(passwords), encoding: 'utf8' });
  return JSON.parse(written) as string[][];
}

describe.skipIf(!isInstalled('python3-passlib'))('passlib', () => {
  it('makes hashes that match their password here, and no other', async () => {
    const made = hashesOf(PASSWORDS);
    expect(made.flat()).toHaveLength(PASSWORDS.length * 5);
    for (const [index, hashes] of made.entries()) {
      for (const hash of hashes) {
        expect([hash, importedIterations(hash) !== undefined]).toEqual([hash, true]);
        expect([hash, await importedPasswordMatches(PASSWORDS[index] ?? '', hash, 100_000)]).toEqual([hash, true]);
        expect([hash, await importedPasswordMatches(PASSWORDS[index - 1] ?? '', hash, 100_000)]).toEqual([hash, false]);
      }
    }
  });

  it('of users who were imported: each signs in with the old password', async () => {
    const users = hashesOf(PASSWORDS).map(([password], index) => ({
      name: `passlib${index}@example.com`,
      enabled: 1,
      password,
    }));
    const site = {
      format: 'postern-frappe-export',
      version: 1,
      site: 'passlib.example',
      url: 'https://passlib.example',
    };
    const path = join(mkdtempSync(join(tmpdir(), 'passlib-')), 'export.json');
    writeFileSync(path, JSON.stringify({ ...site, users }), { mode: 0o600 });
    expect(await admin('import', 'frappe', path)).toMatchObject({ imported: { user: PASSWORDS.length } });
    for (const [index, { name }] of users.entries()) {
      const user = new User(fetch, inject('worker').url);
      await user.signIn(name, PASSWORDS[index] ?? '');
      expect([name, user.cookies.has('session')]).toEqual([name, true]);
    }
    await admin('settings', 'reset', 'imported_password_iterations');
  });
});
