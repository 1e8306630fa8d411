/** `npm run deploy` and `npm run secrets`: what runs is never lost, replaced or taken from another server unasked. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { newRootSecret, newSigningKey } from '../../scripts/secrets.ts';
import {
  account,
  accountFile,
  databasesOf,
  deploy,
  deployed,
  deployedServer,
  folder,
  newAccount,
  newCopy,
  path,
  read,
  replaceInToml,
  run,
  runApart,
  running,
  setAccount,
  setRunning,
  use,
  useStandIns,
} from '../support/deploying.ts';
import type { Worker } from '../support/wrangler-stand-in.ts';

useStandIns();

const timeout = 300_000;
const KEPT = '.production/a1/postern.vars';
const kept = (name = KEPT) => parseEnv(read(name));
const uploads = () => account().calls.filter((call) => call.startsWith('deploy '));
const EMAIL = ['--email', 'ada@example.com'];

describe('npm run deploy compares what runs before it replaces it', () => {
  it('a copy with the repository’s wrangler.toml removes and sets back nothing unasked, in a gradual deployment neither', {
    timeout,
  }, async () => {
    await deployed('--issuer', 'https://id.example.com', '--shards', 'weur');
    setRunning((version, worker) => {
      // Changes of an administrator since then: keys were replaced, a variable and a cron were added, another version is under way.
      version.vars = { ...version.vars, SIGN_WITH: '3,2', SEAL_WITH: '2', EXTRA: 'x' };
      version.secrets = { ...version.secrets, SIGNING_KEY_3: version.secrets.SIGNING_KEY_1 ?? '', ROOT_SECRET_2: 'r' };
      version.compatibilityDate = '2026-10-29';
      version.compatibilityFlags.push('brand_new');
      const next = { ...structuredClone(version), vars: { ...version.vars, NEXT: 'y' } };
      worker.versions.v2 = next;
      worker.deployments.push({
        created_on: '2026-11-26T00:00:00.000Z',
        versions: [
          { version_id: 'v1', percentage: 90 },
          { version_id: 'v2', percentage: 10 },
        ],
      });
      worker.crons.push('0 3 * * *');
      worker.routes.push('old.example.com/*');
    });
    newCopy();
    const [before, toml] = [account().workers, read('wrangler.toml')];
    const LOSSES = [
      'a gradual deployment is under way (v1 90 %, v2 10 %): this one takes all requests from it',
      'SIGN_WITH goes from "3,2" to "1,2"',
      'SEAL_WITH goes from "2" to "1"',
      'the variable EXTRA = "x" is removed',
      'the variable NEXT = "y" is removed',
      'the binding SHARD_WEUR (d1) is removed',
      'the compatibility flag brand_new is removed',
      'compatibility_date goes from 2026-10-29 to 2026-10-20',
      'the route old.example.com/* is removed',
      'the cron 0 3 * * * is removed',
    ];
    const { code, stderr } = await deploy();
    expect([code, LOSSES.filter((each) => !stderr.includes(`  - ${each}\n`))]).toEqual([1, []]);
    expect(stderr).toContain('Nothing was changed. If that is meant, deploy with --overwrite.');
    const dry = await deployed('--dry-run');
    expect(LOSSES.filter((each) => !dry.stdout.includes(`  - ${each}\n`))).toEqual([]);
    expect(dry.stdout).toContain('the server will be at https://id.example.com');
    expect([account().workers, read('wrangler.toml')]).toEqual([before, toml]);

    await deployed('--overwrite');
    expect(running().vars).toEqual({ ISSUER: 'https://id.example.com', SIGN_WITH: '1,2', SEAL_WITH: '1' });
    expect(databasesOf(running())).toEqual(['DB']);
    expect(account().calls.filter((call) => call.includes('unknown'))).toEqual([]);
  });

  it('other bindings, variables that are no text, logs, limits, placement, Logpush and tail consumers are compared, too', {
    timeout,
  }, async () => {
    await deployedServer();
    const same = await deployed('--dry-run');
    expect(same.stdout).toContain('Nothing that runs would be removed or go back.');
    setRunning(({ bindings }, worker) => {
      bindings.push(
        { type: 'queue', name: 'JOBS', queue_name: 'jobs' },
        { type: 'service', name: 'MAIL', service: 'mailer', environment: 'production', entrypoint: 'Sender' },
        { type: 'json', name: 'PLANS', json: { a: 1 } },
        { type: 'json', name: 'KEPT', json: { b: [2] } },
        { type: 'secret_key', name: 'KEY' },
      );
      worker.script = {
        observability: {
          enabled: true,
          redact_query_string: true,
          head_sampling_rate: 0.5,
          logs: { enabled: true, invocation_logs: false },
        },
        limits: { cpu_ms: 500 },
        placement_mode: 'smart',
        logpush: true,
        tail_consumers: [{ service: 'alarms' }],
      };
    });
    replaceInToml(
      ['[observability]\n', '[[services]]\nbinding = "MAIL"\nservice = "mailer"\n\n[observability]\n'],
      ['SEAL_WITH = "1"\n', 'SEAL_WITH = "1"\nKEPT = { b = [2] }\n'],
    );
    const LOSSES = [
      'the binding JOBS (queue) is removed',
      'entrypoint of MAIL = "Sender" is removed',
      'the variable PLANS = {"a":1} is removed',
      'observability.head_sampling_rate goes from 0.5 to 1',
      'observability.logs.invocation_logs goes from false to true',
      'limits.cpu_ms = 500 is removed',
      'placement.mode = "smart" is removed',
      'logpush goes from true to false',
      'the tail consumer alarms is removed',
    ];
    const { code, stderr } = await deploy();
    const said = [...stderr.matchAll(/^ {2}- (.*)$/gm)].map(([, sentence]) => sentence);
    expect([code, said.toSorted()]).toEqual([1, LOSSES.toSorted()]);
    expect((await deployed('--dry-run')).stdout).toContain(LOSSES[0]);
    expect(uploads()).toHaveLength(1);
    // Additions are reported only.
    replaceInToml(['[observability]\n', '[limits]\ncpu_ms = 900\n\n[observability]\n']);
    setRunning((_, worker) => {
      worker.script = { observability: { enabled: false } };
    });
    const { stdout } = await deployed('--dry-run', '--overwrite');
    expect(stdout).toContain('  - observability.enabled goes from false to true\n');
    expect(stdout).toContain('  - limits.cpu_ms = 900 is added\n');
  });

  it('a shard that exists and has no binding is named; one that is bound is not', { timeout }, async () => {
    await deployed('--issuer', 'https://id.example.com', '--shards', 'weur');
    setAccount({ shards: ['apac', 'weur'] });
    const { stdout } = await deployed();
    expect(stdout).toContain('the shard apac exists but is not bound');
    expect(stdout).not.toContain('the shard weur');
    expect((await deployed('--shards', 'apac')).stdout).not.toContain('is not bound');
  });

  it('promoting a key, a newer compatibility date and a new rate limit are said, and need no option', {
    timeout,
  }, async () => {
    await deployedServer();
    setRunning(({ secrets }) => {
      secrets.SIGNING_KEY_3 = secrets.SIGNING_KEY_1 ?? '';
    });
    replaceInToml(
      ['SIGN_WITH = "1,2"', 'SIGN_WITH = "3,2"'],
      ['= "2026-10-20"', '= "2026-10-21"'],
      [/limit = \d+,/, 'limit = 31,'],
    );
    const { stdout } = await deployed('--dry-run');
    expect(stdout).toContain('SIGN_WITH goes from "1,2" to "3,2"');
    expect(stdout).not.toContain('sets back');
    await deployed();
    expect(running().vars.SIGN_WITH).toBe('3,2');
  });

  it('another database, another program of the same name, and routes that cannot be read need --overwrite', {
    timeout,
  }, async () => {
    await deployedServer();
    replaceInToml(['binding = "DB"\n', 'binding = "DB"\ndatabase_name = "other"\n']);
    setAccount({ fails: { command: 'api', reason: '' } });
    const other = await deploy();
    expect(other.stderr).toMatch(/ {2}- DB goes from the database \w+ to other \(a new one\)\n/);
    expect(other.stderr).toMatch(
      / {2}- routes, crons, logs and limits could not be compared: .* answered 403: Authentication error/,
    );
    setAccount({});
    setRunning((version) => {
      version.vars = {};
      version.secrets = {};
    });
    expect((await deploy()).stderr).toContain('the Worker postern is another program, not Postern');
    expect(uploads()).toHaveLength(1);
  });
});

describe('npm run deploy, several servers from one folder', () => {
  it('secrets are kept per account and Worker, and a file of another server is refused', { timeout }, async () => {
    await deployedServer();
    const first = running().secrets;
    // Another name in the same account: nothing of the first is used.
    replaceInToml(
      ['name = "postern"', 'name = "other"'],
      ['https://id.example.com', 'http://localhost:8787'],
      [/^# The domain.*\nroutes.*\n/m, ''],
    );
    await deployed('--email', 'eve@example.com');
    const second = running('other').secrets;
    expect(second.ADMIN_EMAIL).toBe('eve@example.com');
    expect(Object.entries(second).filter(([name, value]) => first[name] === value)).toEqual([]);
    expect(kept('.production/a1/other.vars')).toEqual(second);
    expect(Object.keys(account().databases)).toEqual(['postern-db', 'other-db']);
    expect(account().namespaces.map(({ title }) => title)).toEqual([
      'postern-codes',
      'postern-cache',
      'other-codes',
      'other-cache',
    ]);
    // The same name in another account.
    replaceInToml(['name = "other"', 'name = "postern"'], ['https://other.ada.workers.dev', 'http://localhost:8787']);
    const firstAccount = accountFile;
    newAccount('b2');
    await deployed(...EMAIL);
    expect(running().secrets.ROOT_SECRET_1).not.toBe(first.ROOT_SECRET_1);
    expect(kept()).toEqual(first);
    renameSync(path(KEPT), path('.production/b2/postern.vars'));
    const mixed = await deploy();
    expect(mixed.stderr).toBe(
      '.production/b2/postern.vars holds the secrets of the Worker postern in the account a1, and this is the Worker postern in the account b2: move that file away.\n',
    );
    use({ accountFile: firstAccount });
    expect(running().secrets).toEqual(first);
  });

  it('a new Worker that finds a database with tables stops; --adopt-databases goes on with it, and makes up no root secret', {
    timeout,
  }, async () => {
    setAccount({ databases: { 'postern-db': { migrations: ['0000_initial.sql'] } } });
    const { code, stderr } = await deploy();
    expect([code, stderr]).toEqual([
      1,
      'The database postern-db has tables, and the Worker postern never ran: it may be that of another server. Choose another database_name, or, to go on with its users and tokens, deploy with --adopt-databases.\n',
    ]);
    const adopted = await deploy('--adopt-databases');
    expect(adopted.stderr).toMatch(
      /^ROOT_SECRET_1 of a server that has run is neither among the Worker's secrets nor in /,
    );
    expect(uploads()).toEqual([]);
  });

  it('an environment of wrangler.toml, as the documentation has it, is a server of its own', { timeout }, async () => {
    await deployedServer();
    const production = structuredClone(running());
    const [, block = ''] =
      /```toml staging\n([\s\S]*?)```/.exec(readFileSync('docs/how-to/install-and-deploy.md', 'utf8')) ?? [];
    writeFileSync(path('wrangler.toml'), `${read('wrangler.toml').trimEnd()}\n\n${block}`);
    const { calls } = await deployed('--env', 'staging', '--issuer', 'https://staging.example.com', '--shards', 'oc');
    expect(calls.filter((call) => !call.endsWith(' --env staging'))).toEqual([]);
    const staging = running('postern-staging');
    expect(staging.vars).toEqual({ ISSUER: 'https://staging.example.com', SIGN_WITH: '1,2', SEAL_WITH: '1' });
    expect(account().workers['postern-staging']?.domains).toEqual(['staging.example.com']);
    expect(databasesOf(staging)).toEqual(['DB', 'SHARD_OC']);
    expect(Object.keys(account().databases)).toEqual(['postern-db', 'postern-staging-db', 'postern-staging-shard-oc']);
    expect(staging.secrets.ROOT_SECRET_1).not.toBe(production.secrets.ROOT_SECRET_1);
    expect(running()).toEqual(production);
    // Everything that production binds is bound, and no counter of rate limits is shared.
    const config = (env?: string) =>
      unstable_readConfig({ config: path('wrangler.toml'), env }, { hideWarnings: true });
    type Ceilings = { name: string; namespace_id: string }[];
    const [top, own] = [config(), config('staging')].map(({ ratelimits }) => (ratelimits ?? []) as Ceilings);
    expect(own?.map(({ name }) => name)).toEqual(top?.map(({ name }) => name));
    const ids = [...(top ?? []), ...(own ?? [])].map(({ namespace_id }) => namespace_id);
    expect(new Set(ids).size).toBe(ids.length);
    // At workers.dev an environment does not take the domain of the top level either.
    replaceInToml(
      [/^# The domain.*\nroutes = .*staging.*\n/m, ''],
      ['https://staging.example.com', 'http://localhost:8787'],
    );
    setAccount({ workers: { postern: account().workers.postern as Worker }, databases: {} });
    rmSync(path('.production/a1/postern-staging.vars'));
    await deployed('--env', 'staging');
    expect(account().workers['postern-staging']).toMatchObject({ domains: [], workersDev: true });
    expect(account().workers.postern?.domains).toEqual(['id.example.com']);
    expect((await deploy('--env', 'nowhere')).stderr).toContain('wrangler.toml has no [env.nowhere]');
    await deployed('--dry-run');
  });

  it('of two first deployments at once one runs with the secrets that it kept, and the other fails', {
    timeout,
  }, async () => {
    const copies = [folder, newCopy()];
    const shared = accountFile;
    // Both see that there is no Worker yet, however busy the machine is.
    setAccount({ meeting: { command: 'd1 list', times: 2 } });
    const results = await Promise.all(
      copies.map((copy) => {
        use({ folder: copy, accountFile: shared });
        return runApart('deploy', ['--issuer', 'https://id.example.com']);
      }),
    );
    expect(results.map(({ code }) => code).toSorted()).toEqual([0, 1]);
    use({ folder: copies[results.findIndex(({ code }) => code === 0)] ?? '' });
    expect(kept()).toEqual(running().secrets);
  });

  it('the other is told that its copy is not what runs, also where both were about to upload', {
    timeout,
  }, async () => {
    await deployedServer();
    const [winner, first] = [structuredClone(account().workers.postern as Worker), running().secrets];
    newCopy();
    newAccount();
    setAccount({ meanwhile: { command: 'deploy ', worker: winner } });
    const late = await deploy('--issuer', 'https://id.example.com');
    expect([late.code, late.stderr]).toEqual([
      1,
      `Another deployment made the Worker postern meanwhile: the secrets in ${KEPT} are not those that run. Copy that file from there, or remove it, then deploy again.\n`,
    ]);
    expect(running().secrets).toEqual(first);
    const again = await deployed('--issuer', 'https://id.example.com');
    expect(again.stdout).toContain(`ROOT_SECRET_1 in ${KEPT} is not the one that runs`);
  });
});

describe('npm run deploy and npm run secrets, with lost and wrong secrets', () => {
  it('a lost root secret is put back from its copy, never made anew in its slot; the next slot needs an option', {
    timeout,
  }, async () => {
    await deployedServer();
    const { ROOT_SECRET_1 = '' } = running().secrets;
    const lose = () => setRunning(({ secrets }) => delete secrets.ROOT_SECRET_1);
    lose();
    await deployed();
    expect(running().secrets.ROOT_SECRET_1).toBe(ROOT_SECRET_1);
    lose();
    const copy = read(KEPT);
    writeFileSync(path(KEPT), copy.replace(ROOT_SECRET_1, newRootSecret()));
    expect((await deploy()).stderr).toContain(
      'ROOT_SECRET_1 in .production/a1/postern.vars is not the one that this server ran with',
    );
    rmSync(path(KEPT));
    const lost = await deploy();
    expect(lost.stderr).toMatch(/^ROOT_SECRET_1 of a server that has run is neither .* deploy with --new-root-secret/);
    expect(Object.keys(running().secrets)).not.toContain('ROOT_SECRET_1');
    await deployed('--new-root-secret');
    expect(running().vars.SEAL_WITH).toBe('2');
    expect(running().secrets.ROOT_SECRET_2).toBe(kept().ROOT_SECRET_2);
    expect(Object.keys(running().secrets)).not.toContain('ROOT_SECRET_1');
  });

  it('secrets put refuses what the server could not use, and what would replace a key in use; it keeps a copy', {
    timeout,
  }, async () => {
    await deployedServer();
    const { ROOT_SECRET_1 = '' } = running().secrets;
    const put = (name: string, value: string, ...options: string[]) => run('secrets', ['put', name, ...options], value);
    const refused: [string, string, RegExp][] = [
      ['ADMIN_PASSWORD', 'short', /ADMIN_PASSWORD must have at least 8 characters/],
      ['ROOT_SECRET_2', 'short', /ROOT_SECRET_2 must be 32 random bytes in base64url/],
      ['SIGNING_KEY_3', '{"kty":"EC","kid":"x","alg":"ES256","d":"AA"}', /SIGNING_KEY_3 /],
      ['SOCIAL_LOGIN_GITHUB', '{}', /SOCIAL_LOGIN_GITHUB must be JSON/],
      ['ADMIN_PASWORD', 'long enough', /ADMIN_PASWORD is not the name of a secret/],
      ['ROOT_SECRET_1', newRootSecret(), /the server has ROOT_SECRET_1, and what was made with it becomes invalid/],
    ];
    for (const [name, value, reason] of refused) {
      const { code, stderr } = await put(name, value);
      expect([code, stderr]).toEqual([1, expect.stringMatching(reason)]);
      expect(stderr).not.toContain(value);
    }
    expect(account().calls.filter((call) => call.startsWith('secret put'))).toEqual([]);
    setRunning(({ secrets }) => delete secrets.ROOT_SECRET_1);
    expect((await put('ROOT_SECRET_1', newRootSecret())).stderr).toContain(
      'not the ROOT_SECRET_1 that the server ran with',
    );
    expect((await put('ROOT_SECRET_1', ROOT_SECRET_1)).code).toBe(0);
    const fresh = newRootSecret();
    const { code, stdout } = await runApart('secrets', ['put', 'ROOT_SECRET_2'], `${fresh}\n`);
    expect([code, stdout]).toEqual([0, expect.not.stringContaining(fresh)]);
    expect(running().secrets).toMatchObject({ ROOT_SECRET_1, ROOT_SECRET_2: fresh });
    expect(kept().ROOT_SECRET_2).toBe(fresh);
  });

  it('another signing key, or root secret, than the one that the server ran with is refused where that one was lost', {
    timeout,
  }, async () => {
    await deployedServer();
    const put = (name: string, value: string, ...options: string[]) => run('secrets', ['put', name, ...options], value);
    const { SIGNING_KEY_1 = '' } = running().secrets;
    const copy = read(KEPT);
    // A secret that is put makes a version without the message that named the root secrets.
    expect((await put('ROOT_SECRET_2', newRootSecret())).code).toBe(0);
    const names = ['SIGNING_KEY_1', 'ROOT_SECRET_1'];
    setRunning(({ secrets }) => {
      for (const name of names) delete secrets[name];
    });
    for (const [name, other] of [
      ['SIGNING_KEY_1', newSigningKey('ES256')],
      ['ROOT_SECRET_1', newRootSecret()],
    ] as const) {
      const { code, stderr } = await put(name, other);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`not the ${name} that the server ran with`)]);
    }
    // The same kid makes no other key of it.
    const disguised = { ...JSON.parse(newSigningKey('ES256')), kid: JSON.parse(SIGNING_KEY_1).kid };
    writeFileSync(path(KEPT), copy.replace(SIGNING_KEY_1, JSON.stringify(disguised)));
    const wrong = await deploy();
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining(`SIGNING_KEY_1 in ${KEPT} is not the one that this server ran with`),
    ]);
    expect(Object.keys(running().secrets)).toEqual(expect.not.arrayContaining(names));
    writeFileSync(path(KEPT), copy);
    await deployed();
    expect(running().secrets.SIGNING_KEY_1).toBe(SIGNING_KEY_1);
    setRunning(({ secrets }) => delete secrets.SIGNING_KEY_1);
    const replacement = newSigningKey('ES256');
    expect((await put('SIGNING_KEY_1', replacement, '--replace')).code).toBe(0);
    expect(running().secrets.SIGNING_KEY_1).toBe(replacement);
  });

  it('a kept signing key that is not the one that runs is named', { timeout }, async () => {
    await deployedServer();
    const { SIGNING_KEY_2 = '' } = running().secrets;
    writeFileSync(path(KEPT), read(KEPT).replace(SIGNING_KEY_2, newSigningKey('RS256')));
    expect((await deployed()).stdout).toContain(
      `SIGNING_KEY_2 in ${KEPT} is not the one that runs: that copy cannot restore this server.`,
    );
  });
});
