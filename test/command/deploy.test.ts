/**
 * `npm run deploy`, beside a stand-in for wrangler: from nothing, again, from the middle, and with what is in the way.
 */
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { parseConfig } from '../../src/config.ts';
import {
  account,
  databasesOf,
  deploy,
  deployed,
  deployedApart,
  folder,
  newCopy,
  path,
  read,
  replaceInToml,
  running,
  setAccount,
  setRunning,
  useStandIns,
} from '../support/deploying.ts';
import { wranglerOptions } from '../support/wrangler-options.ts';
import type { Account } from '../support/wrangler-stand-in.ts';

useStandIns();

const MIGRATIONS = readdirSync('drizzle').filter((name) => name.endsWith('.sql'));
const KEPT = '.production/a1/postern.vars';
const SECRETS = ['ROOT_SECRET_1', 'SIGNING_KEY_1', 'SIGNING_KEY_2', 'ADMIN_EMAIL', 'ADMIN_PASSWORD'];
const SHARDS_READ =
  'd1 execute DB --remote --json --command SELECT name FROM shards WHERE removed_at IS NULL ORDER BY name';
const READING = [
  'whoami --json',
  'deployments status --json',
  'versions view v1 --json',
  'auth token --json',
  'd1 list --json',
  'd1 list --json',
  'd1 migrations apply DB --remote',
  SHARDS_READ,
  'd1 execute DB --remote --json --command SELECT name, fingerprint FROM secret_fingerprints',
  'secret list --format json',
];

describe('npm run deploy', () => {
  it('the first time: database, tables, secrets, then the Worker; its address at workers.dev becomes the issuer', {
    timeout: 180_000,
  }, async () => {
    const { stdout, calls } = await deployedApart();
    expect(calls).toEqual([
      'whoami --json',
      'deployments status --json',
      'auth token --json',
      'd1 list --json',
      'd1 create postern-db',
      'd1 migrations apply DB --remote',
      SHARDS_READ,
      'secret list --format json',
      'kv namespace list',
      'deployments status --json',
      expect.stringMatching(/^deploy --tag [0-9a-f]{20} --message root secrets 1=[0-9a-f]{12} --secrets-file FILE$/),
      'deployments list --json',
    ]);
    expect(stdout).toMatch(/^Postern needs at Cloudflare:\n {2}the Workers Paid plan/);
    expect(stdout).toContain('Postern runs at   https://postern.ada.workers.dev');
    expect(stdout).toMatch(
      /Administrator +ada@example.com\n +First password +stands in \.production\/a1\/postern\.vars, as ADMIN_PASSWORD/,
    );

    const version = running();
    expect(account().databases).toEqual({ 'postern-db': { migrations: MIGRATIONS } });
    expect(version.vars.ISSUER).toBe('https://postern.ada.workers.dev');
    expect(Object.keys(version.secrets)).toEqual(SECRETS);
    expect(version.migrationsThen).toEqual([MIGRATIONS.length]);
    expect(read('wrangler.toml')).toContain('ISSUER = "https://postern.ada.workers.dev"\n');
    // The Worker's own reading of it: it would run.
    const values = { ...version.vars, ...version.secrets };
    expect(parseConfig(values).firstAdministrator?.email).toBe('ada@example.com');
    // Secrets, which cannot be read again at Cloudflare, are stored here for their owner alone, and were never printed.
    expect(parseEnv(read(KEPT))).toEqual(version.secrets);
    expect(statSync(path(KEPT)).mode & 0o777).toBe(0o600);
    expect(statSync(path('.production')).mode & 0o777).toBe(0o700);
    for (const name of SECRETS.filter((name) => name !== 'ADMIN_EMAIL')) {
      const secret = version.secrets[name] ?? '';
      expect(
        [stdout, ...calls].filter((text) => text.includes(secret)),
        name,
      ).toEqual([]);
    }

    // And again: nothing is made, put or deployed, and nothing here is written.
    const [before, toml, kept] = [account(), read('wrangler.toml'), read(KEPT)];
    const again = await deployedApart();
    expect(again.calls).toEqual([...READING, 'triggers deploy']);
    expect({ ...account(), calls: before.calls }).toEqual(before);
    expect([read('wrangler.toml'), read(KEPT)]).toEqual([toml, kept]);
    expect(again.stdout).toContain('this version runs already');

    // A change is deployed, and nothing else.
    replaceInToml([/limit = \d+,/, 'limit = 31,']);
    const changed = await deployedApart();
    expect(changed.calls).toEqual([...READING, expect.stringMatching(/^deploy --tag/)]);
    expect(changed.stdout).not.toContain('sets back');
    expect(running().tag).not.toBe(version.tag);
  });

  it('with a domain and shards: both stand in wrangler.toml, as wrangler reads it, and every database has its tables', {
    timeout: 180_000,
  }, async () => {
    setAccount({ email: undefined });
    const options = ['--issuer', 'https://id.example.com', '--shards', 'weur,apac'];
    const nobody = await deploy(...options);
    expect(nobody.stderr).toBe('Say who administers the server: npm run deploy -- --email you@example.com\n');
    // Steps that had succeeded are not repeated.
    const { calls, stdout } = await deployed(...options, '--email', 'eve@example.com');
    expect(calls.filter((call) => call.startsWith('d1 create'))).toEqual([]);
    expect(calls.filter((call) => call.startsWith('deploy '))).toHaveLength(1);
    expect(stdout).toContain('Postern runs at   https://id.example.com\n  Administrator     eve@example.com');
    expect(account().databases).toEqual({
      'postern-db': { migrations: MIGRATIONS },
      'postern-shard-weur': { location: 'weur', migrations: MIGRATIONS },
      'postern-shard-apac': { location: 'apac', migrations: MIGRATIONS },
    });
    expect(account().workers.postern).toMatchObject({ domains: ['id.example.com'], crons: ['*/5 * * * *'] });
    expect(databasesOf(running())).toEqual(['DB', 'SHARD_WEUR', 'SHARD_APAC']);
    expect(Object.keys(running().secrets)).toEqual(SECRETS);
    const { vars, routes, d1_databases } = unstable_readConfig({ config: path('wrangler.toml') });
    expect(vars).toMatchObject({ ISSUER: 'https://id.example.com', SIGN_WITH: '1,2' });
    expect(routes).toEqual([{ pattern: 'id.example.com', custom_domain: true }]);
    expect(d1_databases).toMatchObject([
      { binding: 'DB' },
      { binding: 'SHARD_WEUR', migrations_dir: 'drizzle' },
      { binding: 'SHARD_APAC', migrations_dir: 'drizzle' },
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
    newCopy();
    // Keys were replaced, and this copy does not know: nothing is made up in the place of the one that was retired.
    setRunning(({ vars, secrets }) => {
      secrets.SIGNING_KEY_3 = secrets.SIGNING_KEY_1 ?? '';
      delete secrets.SIGNING_KEY_1;
      // The first administrator's may go once there is one: they are not missed.
      delete secrets.ADMIN_EMAIL;
      delete secrets.ADMIN_PASSWORD;
      vars.SIGN_WITH = '3,2';
    });
    const before = account().workers;
    const toml = read('wrangler.toml');
    const stale = await deploy();
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('SIGN_WITH goes from "3,2" to "1,2"')]);
    const forced = await deploy('--overwrite');
    expect(forced.stderr).toMatch(
      /^wrangler.toml says SIGN_WITH = "1,2", the Worker runs with "3,2", and SIGNING_KEY_1 is not among its secrets: .*\n$/,
    );
    expect(account().workers).toEqual(before);
    writeFileSync(path('wrangler.toml'), toml.replace('"1,2"', '"3,2"'));
    const { calls, stdout } = await deployed();
    expect(calls.filter((call) => call.includes('--secrets-file'))).toEqual([]);
    expect(stdout).toContain('Postern runs at   https://id.example.com');
    expect(stdout).not.toContain('First password');
    const ran = account().workers;
    cpSync('wrangler.toml', path('wrangler.toml'));
    replaceInToml(['http://localhost:8787', 'https://b.example']);
    expect((await deploy()).stderr).toBe(
      'wrangler.toml says ISSUER = "https://b.example", the Worker runs as https://id.example.com: say which, with --issuer.\n',
    );
    expect(account().workers).toEqual(ran);
  });

  it('goes on where it was stopped, whatever stopped it', { timeout: 180_000 }, async () => {
    const stopped = async (command: string, reason: string, shown = command) => {
      setAccount({ fails: { command, reason } });
      const { code, stderr } = await deploy();
      expect([code, stderr]).toEqual([1, `"wrangler ${shown}" failed: ${reason}\n`]);
    };
    await stopped('d1 migrations apply DB', 'D1 is down. [code: 7500]', 'd1 migrations apply DB --remote');
    await stopped('kv namespace list', 'A request to the Cloudflare API failed.\n\n  Try later. [code: 10000]');
    const made = parseEnv(read(KEPT));
    // Namespaces were made, then the upload failed: they are found, not made twice.
    setAccount({ fails: { command: 'upload', reason: 'The script is too large. [code: 10027]' } });
    expect((await deploy()).stderr).toMatch(
      /^"wrangler deploy --tag .*" failed: The script is too large\. \[code: 10027\]\n$/,
    );
    const namespaces = account().namespaces;
    expect(namespaces.map(({ title }) => title)).toEqual(['postern-codes', 'postern-cache']);
    setAccount({});
    const { calls } = await deployed();
    expect(calls.filter((call) => call.startsWith('deploy '))).toHaveLength(1);
    expect(account()).toMatchObject({ namespaces, databases: { 'postern-db': { migrations: MIGRATIONS } } });
    expect(running().secrets).toEqual(made);
    expect(running().vars.ISSUER).toBe('https://postern.ada.workers.dev');
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

  it('--dry-run says each step, and, where nobody is signed in, that what runs was not compared; nothing is written', {
    timeout: 120_000,
  }, async () => {
    setAccount({ signedIn: false });
    const toml = read('wrangler.toml');
    const { code, stdout } = await deploy('--dry-run', '--issuer', 'https://id.example.com', '--shards', 'oc');
    expect(code).toBe(0);
    const inOrder = [
      'Workers Paid',
      'wrangler whoami --json',
      'SHARD_OC is bound',
      'ISSUER is https://id.example.com',
      'wrangler d1 create postern-db\n',
      'wrangler d1 create postern-shard-oc --location oc',
      'wrangler d1 migrations apply DB',
      'wrangler d1 migrations apply SHARD_OC --remote',
      'wrangler secret list',
      'wrangler deploy --tag',
      'What runs could not be compared: You are not signed in',
      'nothing was changed',
    ];
    expect(inOrder.map((each) => [each, stdout.includes(each)])).toEqual(inOrder.map((each) => [each, true]));
    const places = inOrder.map((each) => stdout.indexOf(each));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(account().calls).toEqual(['whoami --json']);
    expect(read('wrangler.toml')).toBe(toml);
    expect(readdirSync(folder)).not.toContain('.production');

    // Each of these commands exists in this wrangler, with these options.
    const lines = [...stdout.matchAll(/^ {2}wrangler ((?:[a-z0-9]+ )+|[a-z0-9]+$)(.*)$/gm)];
    const options = new Map<string, Set<string>>();
    for (const [, words = '', rest = ''] of lines) {
      const command = words.replace(/ (postern-db|postern|DB)\b.*/, '').trim();
      const used = rest.match(/(?<=^| )--[a-z-]+/g) ?? [];
      options.set(command, new Set([...(options.get(command) ?? []), ...used]));
    }
    expect([...options.keys()]).toContain('d1 migrations apply');
    for (const [command, used] of options) {
      expect(wranglerOptions(command.split(' ')), command).toEqual(expect.arrayContaining([...used]));
    }
  });
});
