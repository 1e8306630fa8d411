/** `npm start` and `npm run reset`: what a newcomer meets, and what they read when something is in the way. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { adminAt } from '../support/admin.ts';
import { freePort, runScript, start, stopAll } from '../support/started.ts';

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-start-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  await stopAll();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const keysOf = async (url: string) => {
  const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
};

describe('npm start', () => {
  it('starts from nothing, ISSUER following PORT; starting again keeps data and keys; npm run reset begins anew', async () => {
    const stateFolder = newFolder();
    const port = await freePort();
    const options = { stateFolder, port };
    const createArguments = ['clients', 'create', '--name', 'Kept', '--redirect-uri', 'https://app.example/cb'];

    const first = await start(options);
    const { ADMIN_PASSWORD = '' } = parseEnv(readFileSync(join(stateFolder, '.dev.vars'), 'utf8'));
    expect(ADMIN_PASSWORD.length).toBeGreaterThan(12);
    expect(first.output()).toContain(`Postern runs at   ${first.url}`);
    expect(first.output()).toContain('admin@example.com');
    expect(first.output()).toContain(ADMIN_PASSWORD);
    expect(first.output()).toMatch(/Try next: .*\n.*curl /);
    const keys = await keysOf(first.url);
    expect(keys).toHaveLength(2);
    const metadata = await fetch(`${first.url}/.well-known/oauth-authorization-server`);
    expect(((await metadata.json()) as { issuer: string }).issuer).toBe(`http://localhost:${port}`);
    expect((await adminAt(options, ...createArguments)).code).toBe(0);
    expect(await first.stop()).toBe(0);

    const second = await start(options);
    expect(second.output()).toContain('stands in .dev.vars');
    expect(second.output()).not.toContain(ADMIN_PASSWORD);
    expect(await keysOf(second.url)).toEqual(keys);
    expect((await adminAt(options, 'clients', 'list')).stdout).toContain('Kept');
    await second.stop();

    expect((await runScript('reset', options)).code).toBe(0);
    const third = await start(options);
    expect(await keysOf(third.url)).not.toEqual(keys);
    expect((await adminAt(options, 'clients', 'list')).stdout).toContain('No clients yet');
    await third.stop();
  });

  it('says in one sentence that the port is in use, and ends with a failure', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const { code, output } = await runScript('start', { stateFolder: newFolder(), port });
    await new Promise((resolve) => other.close(resolve));
    expect(code).toBe(1);
    expect(output).toBe(`Port ${port} is in use: end what uses it, or choose another, as in "PORT=8788 npm start".\n`);
  });

  it('says in one sentence what is missing in a half-written .dev.vars, and never a value', async () => {
    const stateFolder = newFolder();
    writeFileSync(join(stateFolder, '.dev.vars'), 'ROOT_SECRET_1="a-secret-that-is-too-short"\nSEAL_WITH="1"\n');
    const { code, output } = await runScript('start', { stateFolder, port: await freePort() });
    expect(code).toBe(1);
    expect(output).toMatch(/^\.dev\.vars is not complete: SIGN_WITH .*\n$/);
    expect(output).not.toContain('a-secret-that');
  });

  it('says that the migrations failed, and why, and ends with a failure', async () => {
    const stateFolder = newFolder();
    // A file where the folder of the databases should be.
    mkdirSync(join(stateFolder, '.wrangler'));
    writeFileSync(join(stateFolder, '.wrangler', 'state'), '');
    const { code, output } = await runScript('start', { stateFolder, port: await freePort() });
    expect(code).toBe(1);
    expect(output).toMatch(/^The migrations of the database failed:\n./);
  });

  it('refuses a PORT that is none', async () => {
    const { code, output } = await runScript('start', { stateFolder: newFolder(), port: 0 });
    expect([code, output]).toEqual([1, 'PORT must be a number from 1 to 65535.\n']);
  });
});
