/** `npm start` and `npm run reset`: what a newcomer meets, and what they read when something is in the way. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { findEarlierRun } from '../../scripts/earlier-run.ts';
import { applyLocalMigrations } from '../../scripts/migrations.ts';
import { formatVars, newSecrets } from '../../scripts/secrets.ts';
import { devRegistry, finished, wrangler } from '../../scripts/wrangler.ts';
import { adminApart, adminAt } from '../support/admin.ts';
import { listeningPorts } from '../support/listening.ts';
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
  it('starts from nothing, ISSUER following PORT; starting again keeps data and keys; npm run reset begins anew', {
    timeout: 240_000,
  }, async () => {
    const stateFolder = newFolder();
    const port = await freePort();
    const options = { stateFolder, port };
    const createArguments = ['clients', 'create', '--name', 'Kept', '--redirect-uri', 'https://app.example/cb'];

    // As a user starts it, watching the sources.
    const first = await start({ ...options, env: { CI: '' } });
    const { ADMIN_PASSWORD = '' } = parseEnv(readFileSync(join(stateFolder, '.dev.vars'), 'utf8'));
    expect(ADMIN_PASSWORD.length).toBeGreaterThan(12);
    expect(first.output()).toContain(`Postern runs at   ${first.url}`);
    expect(first.output()).toContain('admin@example.com');
    // The newcomer reads what takes so long.
    expect(first.output().split('\n').slice(0, 3)).toEqual([
      'Made .dev.vars with new secrets.',
      'Applying the migrations of the local database …',
      'Building and starting the Worker …',
    ]);
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
    expect((await adminAt(options, 'clients', 'list')).stdout).toContain('There are no clients.');
    await third.stop();
  });

  it('service bindings of another checkout do not reach it: its registry stands beside its data', async () => {
    const { STATE_DIR, WRANGLER_REGISTRY_PATH } = process.env;
    delete process.env.STATE_DIR;
    delete process.env.WRANGLER_REGISTRY_PATH;
    const registry = devRegistry();
    process.env.WRANGLER_REGISTRY_PATH = '/elsewhere';
    expect([registry, devRegistry()]).toEqual([join(process.cwd(), '.wrangler', 'registry'), '/elsewhere']);
    Object.assign(process.env, { STATE_DIR, WRANGLER_REGISTRY_PATH });
    if (STATE_DIR === undefined) delete process.env.STATE_DIR;
    if (WRANGLER_REGISTRY_PATH === undefined) delete process.env.WRANGLER_REGISTRY_PATH;
  });

  it('answers again after kill -9 of workerd; after kill -9 of npm start the next one ends what was left', {
    timeout: 240_000,
  }, async () => {
    const options = { stateFolder: newFolder(), port: await freePort() };
    const server = await start(options);
    expect(server.output()).toContain(`WRANGLER_REGISTRY_PATH=${join(options.stateFolder, '.wrangler', 'registry')}`);
    const again = await runScript('start', options);
    expect([again.code, again.output]).toEqual([
      1,
      expect.stringMatching(/^Port \d+ is in use by a server of this folder that is running \(process /),
    ]);

    const workerd = findEarlierRun(options.port, options.stateFolder)?.ids.at(-1) ?? 0;
    process.kill(workerd, 'SIGKILL');
    await vi.waitUntil(() => server.output().includes('It answers again.'), { timeout: 60_000, interval: 100 });
    expect(server.output()).toContain('workerd exited unexpectedly');
    expect(await keysOf(server.url)).toHaveLength(2);

    process.kill(server.pid, 'SIGKILL');
    const next = await start(options);
    expect(next.output()).toMatch(/^An earlier server of this folder still uses port \d+; its command was killed\./);
    expect(await keysOf(next.url)).toHaveLength(2);
    expect(await next.stop()).toBe(0);
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
    expect(output).toMatch(
      /^Using the secrets in \.dev\.vars\.\n\.dev\.vars is not complete: SIGN_WITH .*expected .*\n$/,
    );
    expect(output).not.toContain('a-secret-that');
  });

  it('its migrations are those of wrangler: each knows what the other has applied', { timeout: 120_000 }, async () => {
    const [theirs, ours] = [newFolder(), newFolder()];
    const apply = (to: string) =>
      finished(wrangler(['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', to]));
    expect((await apply(theirs)).stdout).toMatch(/0000_\w+\.sql/);
    // The tables are there: to create one again would fail.
    await applyLocalMigrations({ config: 'wrangler.toml', binding: 'DB', persist: theirs });
    await applyLocalMigrations({ config: 'wrangler.toml', binding: 'DB', persist: ours });
    expect((await apply(ours)).stdout).toContain('No migrations to apply!');
  });

  it('says that the migrations failed, and why, and ends with a failure', async () => {
    const stateFolder = newFolder();
    // A file where the folder of the databases should be.
    mkdirSync(join(stateFolder, '.wrangler'));
    writeFileSync(join(stateFolder, '.wrangler', 'state'), '');
    const { code, output } = await runScript('start', { stateFolder, port: await freePort() });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^Made \.dev\.vars with new secrets\.\nApplying the migrations of the local database …\nThe migrations of the database failed:\n./,
    );
  });

  it('refuses a PORT that is none', async () => {
    const { code, output } = await runScript('start', { stateFolder: newFolder(), port: 0 });
    expect([code, output]).toEqual([1, 'PORT must be a number from 1 to 65535.\n']);
  });
});

/** The ports that respond like an inspector of V8, with a list of targets to debug. */
async function inspectorsAmong(ports: number[]): Promise<number[]> {
  const answers = await Promise.all(
    ports.map(async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
      return ((await response?.text()) ?? '').includes('webSocketDebuggerUrl');
    }),
  );
  return ports.filter((_, index) => answers[index]);
}

describe('npm start keeps the secrets of the local server to the user who started it', () => {
  it('nothing in .wrangler can be read by another user, and no process listens as an inspector, unless INSPECTOR_PORT asks for one', {
    timeout: 240_000,
  }, async () => {
    const options = { stateFolder: newFolder(), port: await freePort() };
    const store = join(options.stateFolder, '.wrangler');
    mkdirSync(store);
    chmodSync(store, 0o755);
    const before = process.umask(0o022);
    const server = await start(options).finally(() => process.umask(before));
    const readable = ['', ...readdirSync(store, { recursive: true, encoding: 'utf8' })].filter(
      (name) => statSync(join(store, name)).mode & 0o077,
    );
    expect(readable).toEqual([]);
    const ports = listeningPorts(server.pid);
    expect(ports).toContain(options.port);
    expect(await inspectorsAmong(ports)).toEqual([]);
    await server.stop();

    const inspectorPort = await freePort();
    const inspected = await start({ ...options, env: { INSPECTOR_PORT: String(inspectorPort) } });
    expect(await inspectorsAmong(listeningPorts(inspected.pid))).toContain(inspectorPort);
    expect(inspected.output()).toContain(`Inspector         127.0.0.1:${inspectorPort}`);
    await inspected.stop();
  });

  it('the command talks to 127.0.0.1 alone: what listens on another address that localhost means gets no token', async () => {
    const options = { stateFolder: newFolder(), port: await freePort() };
    const vars = formatVars({ ...newSecrets('admin@example.com'), SIGN_WITH: '1,2', SEAL_WITH: '1' });
    writeFileSync(join(options.stateFolder, '.dev.vars'), vars);
    const requests: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      requests.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(options.port, '::1', resolve));
    const onlyIpv6 = `import dns from 'node:dns'; const { lookup } = dns;
      dns.lookup = (host, options, done) => host === 'localhost'
        ? (done ?? options)(null, options.all ? [{ address: '::1', family: 6 }] : '::1', 6) : lookup(host, options, done);`;
    vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${encodeURIComponent(onlyIpv6)}`);
    const ended = await adminApart(options, 'clients', 'list');
    await new Promise((resolve) => other.close(resolve));
    expect([requests, ended.code, ended.stderr]).toEqual([
      [],
      1,
      expect.stringContaining(`Nothing answers at http://127.0.0.1:${options.port}`),
    ]);
  });
});

describe('npm run, on a machine with a Node of its own', () => {
  const runKeys = (agent: string) => {
    const own = join(newFolder(), 'node');
    writeFileSync(own, '#!/bin/sh\necho "own Node: $*"\n', { mode: 0o755 });
    const env = { ...process.env, npm_node_execpath: own, npm_config_user_agent: agent };
    return execFileSync(process.execPath, ['scripts/run.mjs', 'keys', 'fresh', '--root'], { env, encoding: 'utf8' });
  };

  it('runs under it where it is new enough', () => {
    expect(runKeys('npm/11.19.1 node/v22.18.0 linux x64 workspaces/false')).toMatch(
      /^own Node: \S*scripts\/run\.mjs keys fresh --root\n$/,
    );
  });

  it.each(['npm/11.19.1 node/v22.17.1 linux x64', 'npm/11.19.1 node/v20.20.2 linux x64', ''])(
    'runs under the one of node_modules where it is too old or unknown: %j',
    (agent) => {
      expect(runKeys(agent)).toMatch(/^[\w-]{43}\n$/);
    },
  );
});
