/** `npm run deploy`, beside a stand-in for wrangler: from nothing, again, from the middle, and with what is in the way. */
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { parseConfig } from '../../src/config.ts';
import type { Account } from '../support/wrangler-stand-in.ts';

const folders: string[] = [];
let folder = '';
const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), 'utf8');

afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
});

/** A copy of the project whose wrangler is the stand-in. */
function newCopy(): string {
  folder = mkdtempSync(join(tmpdir(), 'postern-deploy-'));
  folders.push(folder);
  for (const name of ['src', 'public', 'drizzle', 'scripts', 'package.json', 'package-lock.json']) {
    symlinkSync(join(process.cwd(), name), path(name));
  }
  cpSync('wrangler.toml', path('wrangler.toml'));
  mkdirSync(path('node_modules/wrangler/wrangler-dist'), { recursive: true });
  const standIn = join(process.cwd(), 'test/support/wrangler-stand-in.ts');
  symlinkSync(standIn, path('node_modules/wrangler/wrangler-dist/cli.js'));
  return folder;
}

const account = () => JSON.parse(read('cloudflare.json')) as Account;
const setAccount = (changes: Partial<Account>) => {
  const { fails, ...before } = account();
  writeFileSync(path('cloudflare.json'), JSON.stringify({ ...before, ...changes }));
};

beforeEach(() => {
  newCopy();
  const empty: Account = {
    ...{ signedIn: true, email: 'ada@example.com', accounts: [{ id: 'a1', name: "Ada's Account" }] },
    ...{ databases: {}, namespaces: [], subdomain: 'ada', calls: [] },
  };
  writeFileSync(path('cloudflare.json'), JSON.stringify(empty));
});

type Result = { code: number; stdout: string; stderr: string };

function deploy(...words: string[]): Promise<Result> {
  const env = { ...process.env, STATE_DIR: folder, CLOUDFLARE_ACCOUNT_ID: '' };
  const parameters = ['scripts/run.mjs', 'deploy', ...words];
  return new Promise((resolve) =>
    execFile(process.execPath, parameters, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    ),
  );
}

/** What a run that must end well printed, and what it typed. */
async function deployed(...words: string[]): Promise<{ stdout: string; calls: string[] }> {
  const before = account().calls.length;
  const { code, stdout, stderr } = await deploy(...words);
  expect([code, stderr]).toEqual([0, '']);
  return { stdout, calls: account().calls.slice(before) };
}

const MIGRATIONS = readdirSync('drizzle').filter((name) => name.endsWith('.sql'));
const SECRETS = ['ROOT_SECRET_1', 'SIGNING_KEY_1', 'SIGNING_KEY_2', 'ADMIN_EMAIL', 'ADMIN_PASSWORD'];
const WRANGLER = 'node_modules/wrangler/wrangler-dist/cli.js';
const READING = [
  'whoami --json',
  'deployments status --json',
  'versions view v1 --json',
  'd1 list --json',
  'd1 migrations apply DB --remote',
  'secret list --format json',
];

describe('npm run deploy', () => {
  it('the first time: database, tables, secrets, then the Worker; its address at workers.dev becomes the issuer', {
    timeout: 180_000,
  }, async () => {
    const { stdout, calls } = await deployed();
    expect(calls).toEqual([
      ...['whoami --json', 'deployments status --json', 'd1 list --json', 'd1 create postern'],
      ...['d1 migrations apply DB --remote', 'secret list --format json', 'secret bulk', 'kv namespace list'],
      ...['deploy --var ISSUER:unknown', expect.stringMatching(/^deploy --tag [0-9a-f]{20}$/)],
    ]);
    expect(stdout).toMatch(/^Postern needs at Cloudflare:\n {2}the Workers Paid plan/);
    expect(stdout).toContain('Postern runs at   https://postern.ada.workers.dev');
    expect(stdout).toMatch(
      /Administrator +ada@example.com\n +First password +stands in .production.vars, as ADMIN_PASSWORD/,
    );

    const { worker, databases } = account();
    expect(databases).toEqual({ postern: { migrations: MIGRATIONS } });
    expect(worker?.version).toMatchObject({
      vars: { ISSUER: 'https://postern.ada.workers.dev' },
      secretsThen: SECRETS,
    });
    expect(worker?.version.migrationsThen).toEqual([MIGRATIONS.length]);
    expect(read('wrangler.toml')).toContain('ISSUER = "https://postern.ada.workers.dev"\n');
    // The Worker's own reading of it: it would run.
    const values = { ...worker?.version.vars, ...worker?.secrets };
    expect(parseConfig(values).firstAdministrator?.email).toBe('ada@example.com');
    // What nobody can read again at Cloudflare is kept here, for its owner alone, and was shown nowhere.
    expect(parseEnv(read('.production.vars'))).toEqual(worker?.secrets);
    expect(statSync(path('.production.vars')).mode & 0o777).toBe(0o600);
    for (const name of SECRETS.filter((name) => name !== 'ADMIN_EMAIL')) {
      const secret = worker?.secrets[name] ?? '';
      expect(
        [stdout, ...calls].filter((text) => text.includes(secret)),
        name,
      ).toEqual([]);
    }

    // And again: nothing is made, put or deployed, and nothing here is written.
    const [before, toml, kept] = [account(), read('wrangler.toml'), read('.production.vars')];
    const again = await deployed();
    expect(again.calls).toEqual([...READING, 'triggers deploy']);
    expect({ ...account(), calls: before.calls }).toEqual(before);
    expect([read('wrangler.toml'), read('.production.vars')]).toEqual([toml, kept]);
    expect(again.stdout).toContain('this version runs already');

    // What changed here is deployed, and only that.
    writeFileSync(path('wrangler.toml'), toml.replace('limit = 30,', 'limit = 31,'));
    const changed = await deployed();
    expect(changed.calls).toEqual([...READING, expect.stringMatching(/^deploy --tag/)]);
    expect(account().worker?.version.tag).not.toBe(before.worker?.version.tag);
  });

  it('with a domain and shards: both stand in wrangler.toml, as wrangler reads it, and every database has its tables', {
    timeout: 180_000,
  }, async () => {
    setAccount({ email: undefined });
    const options = ['--issuer', 'https://id.example.com', '--shards', 'weur,apac'];
    const nobody = await deploy(...options);
    expect(nobody.stderr).toBe('Say who administers the server: npm run deploy -- --email you@example.com\n');
    // What was done until then is not done again.
    const { calls, stdout } = await deployed(...options, '--email', 'eve@example.com');
    expect(calls.filter((call) => call.startsWith('d1 create'))).toEqual([]);
    expect(calls.filter((call) => call.startsWith('deploy '))).toHaveLength(1);
    expect(stdout).toContain('Postern runs at   https://id.example.com\n  Administrator     eve@example.com');
    expect(account().databases).toEqual({
      postern: { migrations: MIGRATIONS },
      'postern-weur': { location: 'weur', migrations: MIGRATIONS },
      'postern-apac': { location: 'apac', migrations: MIGRATIONS },
    });
    expect(account().worker).toMatchObject({
      triggers: ['id.example.com (custom domain)', 'schedule: */5 * * * *'],
      version: { databases: ['DB', 'SHARD_WEUR', 'SHARD_APAC'], secretsThen: SECRETS },
    });
    const { vars, routes, d1_databases } = unstable_readConfig({ config: path('wrangler.toml') });
    expect(vars).toMatchObject({ ISSUER: 'https://id.example.com', SIGN_WITH: '1,2' });
    expect(routes).toEqual([{ pattern: 'id.example.com', custom_domain: true }]);
    expect(d1_databases).toMatchObject([
      { binding: 'DB', database_name: 'postern' },
      { binding: 'SHARD_WEUR', database_name: 'postern-weur', migrations_dir: 'drizzle' },
      { binding: 'SHARD_APAC', database_name: 'postern-apac', migrations_dir: 'drizzle' },
    ]);
    // Whatever stood there before stands there still.
    const added = /^(ISSUER|routes|# The domain|\[\[d1|binding = "SHARD|database_name|migrations_dir|$)/;
    const lines = readFileSync('wrangler.toml', 'utf8')
      .split('\n')
      .filter((line) => !added.test(line));
    expect(
      read('wrangler.toml')
        .split('\n')
        .filter((line) => !added.test(line)),
    ).toEqual(lines);

    const domain = await deploy('--issuer', 'https://login.example.com');
    expect(domain.stderr).toBe(
      'The routes in wrangler.toml do not lead to login.example.com: change them, then deploy again.\n',
    );
  });

  it('from another copy of the project: the issuer and the keys of the server that runs are kept', {
    timeout: 180_000,
  }, async () => {
    await deployed('--issuer', 'https://id.example.com');
    cpSync('wrangler.toml', path('wrangler.toml'));
    rmSync(path('.production.vars'));
    // Keys were replaced, and this copy does not know: nothing is made up in the place of the one that was retired.
    const { worker } = account() as { worker: NonNullable<Account['worker']> };
    worker.secrets.SIGNING_KEY_3 = worker.secrets.SIGNING_KEY_1 ?? '';
    delete worker.secrets.SIGNING_KEY_1;
    // The first administrator's may go once there is one: they are not missed.
    delete worker.secrets.ADMIN_EMAIL;
    delete worker.secrets.ADMIN_PASSWORD;
    worker.version.vars.SIGN_WITH = '3,2';
    setAccount({ worker });
    const stale = await deploy();
    expect(read('wrangler.toml')).toContain('ISSUER = "https://id.example.com"');
    expect(stale.stderr).toMatch(
      /^wrangler.toml says SIGN_WITH = "1,2", the Worker runs with "3,2", and SIGNING_KEY_1 is not among its secrets: .*\n$/,
    );
    writeFileSync(path('wrangler.toml'), read('wrangler.toml').replace('"1,2"', '"3,2"'));
    const { calls, stdout } = await deployed();
    expect(calls).not.toContain('secret bulk');
    expect(stdout).toContain('Postern runs at   https://id.example.com');
    expect(stdout).not.toContain('First password');
    const before = account();
    cpSync('wrangler.toml', path('wrangler.toml'));
    writeFileSync(path('wrangler.toml'), read('wrangler.toml').replace('http://localhost:8787', 'https://b.example'));
    expect((await deploy()).stderr).toBe(
      'wrangler.toml says ISSUER = "https://b.example", the Worker runs as https://id.example.com: say which, with --issuer.\n',
    );
    expect(account().worker).toEqual(before.worker);
  });

  it('goes on where it was stopped, whatever stopped it', { timeout: 180_000 }, async () => {
    const stopped = async (command: string, reason: string, shown = command) => {
      setAccount({ fails: { command, reason } });
      const { code, stderr } = await deploy();
      expect([code, stderr]).toEqual([1, `"wrangler ${shown}" failed: ${reason}\n`]);
    };
    await stopped('d1 migrations apply DB', 'D1 is down. [code: 7500]', 'd1 migrations apply DB --remote');
    await stopped('secret bulk', 'A request to the Cloudflare API failed.\n\n  Try later. [code: 10000]');
    const made = parseEnv(read('.production.vars'));
    // Namespaces were made, then the upload failed: they are found, not made twice.
    await stopped('upload', 'The script is too large. [code: 10027]', 'deploy --var ISSUER:unknown');
    const namespaces = account().namespaces;
    expect(namespaces.map(({ title }) => title)).toEqual(['postern-codes', 'postern-cache']);
    setAccount({});
    const { calls } = await deployed();
    expect(calls).not.toContain('secret bulk');
    expect(account()).toMatchObject({ namespaces, databases: { postern: { migrations: MIGRATIONS } } });
    expect(account().worker?.secrets).toEqual(made);
    expect(account().worker?.version).toMatchObject({ vars: { ISSUER: 'https://postern.ada.workers.dev' } });
    expect(account().calls.filter((call) => call.startsWith('d1 create'))).toHaveLength(1);
    expect(unstable_readConfig({ config: path('wrangler.toml') }).kv_namespaces).toMatchObject([
      { binding: 'CODES', id: namespaces[0]?.id },
      { binding: 'CACHE', id: namespaces[1]?.id },
    ]);
  });

  const signedOut = 'You are not signed in to Cloudflare: run "npx wrangler login", or set CLOUDFLARE_API_TOKEN.\n';
  const several = [
    { id: 'a1', name: 'Ada' },
    { id: 'b2', name: 'Bob' },
  ];
  it.each<[string, Partial<Account>, string[], string]>([
    ['nobody signed in', { signedIn: false }, [], signedOut],
    [
      'no choice of an account',
      { accounts: several },
      [],
      'Say which account to deploy to, by CLOUDFLARE_ACCOUNT_ID: a1 (Ada), b2 (Bob).\n',
    ],
    [
      'an issuer that is none',
      {},
      ['--issuer', 'https://id.example.com/x'],
      'The issuer must be an origin without a path, such as https://id.example.com, not https://id.example.com/x.\n',
    ],
    [
      'a region that there is not',
      {},
      ['--shards', 'weur,mars'],
      '--shards takes regions of wnam, enam, weur, eeur, apac, oc, not "mars".\n',
    ],
  ])('%s is one sentence, and changes nothing', async (_, changes, words, sentence) => {
    setAccount(changes);
    const [before, toml] = [account(), read('wrangler.toml')];
    const { code, stderr } = await deploy(...words);
    expect([code, stderr]).toEqual([1, sentence]);
    expect({ ...account(), calls: [] }).toEqual({ ...before, calls: [] });
    expect(read('wrangler.toml')).toBe(toml);
  });

  it('--dry-run says each step from the configuration alone: nobody is asked, nothing is written', {
    timeout: 120_000,
  }, async () => {
    const toml = read('wrangler.toml');
    const { code, stdout } = await deploy('--dry-run', '--issuer', 'https://id.example.com', '--shards', 'oc');
    expect(code).toBe(0);
    const inOrder = [
      ...['Workers Paid', 'wrangler whoami --json', 'SHARD_OC is bound', 'ISSUER is https://id.example.com'],
      ...['wrangler d1 create postern\n', 'wrangler d1 create postern-oc --location oc'],
      ...['wrangler d1 migrations apply DB', 'wrangler d1 migrations apply SHARD_OC --remote'],
      ...['wrangler secret bulk', 'wrangler deploy --tag', 'nothing was asked or changed'],
    ];
    expect(inOrder.map((each) => [each, stdout.includes(each)])).toEqual(inOrder.map((each) => [each, true]));
    const places = inOrder.map((each) => stdout.indexOf(each));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(account().calls).toEqual([]);
    expect(read('wrangler.toml')).toBe(toml);
    expect(readdirSync(folder)).not.toContain('.production.vars');

    // Each of these commands exists in this wrangler, with these options.
    const lines = [...stdout.matchAll(/^ {2}wrangler ((?:[a-z0-9]+ )+|[a-z0-9]+$)(.*)$/gm)];
    const options = new Map<string, Set<string>>();
    for (const [, words = '', rest = ''] of lines) {
      const command = words.replace(/ (postern|DB)\b.*/, '').trim();
      const used = rest.match(/(?<=^| )--[a-z-]+/g) ?? [];
      options.set(command, new Set([...(options.get(command) ?? []), ...used]));
    }
    expect([...options.keys()]).toContain('d1 migrations apply');
    for (const [command, used] of options) {
      const help = execFileSync(process.execPath, [WRANGLER, ...command.split(' '), '--help'], { encoding: 'utf8' });
      expect(help).toContain(`wrangler ${command}`);
      for (const option of used) expect(help, command).toContain(option);
    }
  });
});
