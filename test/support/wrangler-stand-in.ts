/**
 * Stands where wrangler's command stands, for the tests of `npm run deploy`: it answers as wrangler 4 does, and what it
 * is told happens to an account that is a file (STAND_IN_ACCOUNT, or cloudflare.json in the working directory).
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

export type Account = {
  signedIn: boolean;
  email?: string;
  accounts: { id: string; name: string }[];
  databases: Record<string, { location?: string; migrations: string[] }>;
  namespaces: { id: string; title: string }[];
  /** The shards that the table of DB names. */
  shards?: string[];
  workers: Record<string, Worker>;
  /** The domain that the account has at workers.dev. */
  subdomain: string | null;
  /** A command that fails from now on, by how it begins, with wrangler's sentence. */
  fails?: { command: string; reason: string };
  /** Another deployment of the Worker that happens just before this command, by how it begins. */
  meanwhile?: { command: string; worker: Worker };
  /** A command that does not end, its answer given, before it came so many times: of deployments that run at once. */
  meeting?: { command: string; times: number };
  /** Every command that came, as it was typed. */
  calls: string[];
};

export type Worker = {
  versions: Record<string, Version>;
  deployments: { created_on: string; versions: { version_id: string; percentage: number }[] }[];
  domains: string[];
  routes: string[];
  crons: string[];
  workersDev: boolean;
  /** The fingerprints of its secrets that a running server records in DB. */
  fingerprints: Record<string, string>;
  /** The settings of the Worker beside its versions. */
  script: Record<string, unknown>;
};

export type Bound = { type: string; name: string; [field: string]: unknown };

/** The uploads, and the state of each at its first request. */
export type Version = {
  tag?: string;
  message?: string;
  vars: Record<string, string>;
  secrets: Record<string, string>;
  bindings: Bound[];
  compatibilityDate: string;
  compatibilityFlags: string[];
  migrationsThen: number[];
};

const file = process.env.STAND_IN_ACCOUNT ?? 'cloudflare.json';
const lock = `${file}.lock`;

const wait = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
const releaseLock = () => rmdirSync(lock);

/** The longest that a command waits for others, in milliseconds. */
const LONGEST_WAIT = 30_000;

/** Commands of deployments that run at once come one after another. */
function takeLock(): void {
  for (;;) {
    try {
      mkdirSync(lock);
      process.on('exit', releaseLock);
      return;
    } catch (error) {
      // The folder of the test is gone where it has ended: then nobody will release the lock.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      wait(5);
    }
  }
}

takeLock();
const account = JSON.parse(readFileSync(file, 'utf8')) as Account;
const parameters = process.argv.slice(2);
// Most commands need none of the Worker's modules, and there are thousands of them.
const { secretFingerprint } =
  parameters[0] === 'deploy' || parameters[1] === 'put' ? await import('../../src/config/keys.ts') : {};
const typed = parameters.join(' ').replace(/--secrets-file \S+/, '--secrets-file FILE');
const option = (name: string) => (parameters.includes(name) ? parameters[parameters.indexOf(name) + 1] : undefined);
const print = (value: unknown) => console.log(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
const save = () => writeFileSync(file, JSON.stringify(account, null, 2));

function fail(reason: string): never {
  console.error(
    `\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m${reason}\u001b[0m\n\n\n🪵  Logs were written to "/tmp/wrangler.log"`,
  );
  save();
  process.exit(1);
}

const toml = readFileSync('wrangler.toml', 'utf8');
const environment = option('--env');
const name = `${/^name = "(.*)"$/m.exec(toml)?.[1]}${environment ? `-${environment}` : ''}`;
const idOf = (text: string) => createHash('md5').update(text).digest('hex');

/** The lines of the tables of this name, in the environment. */
function tables(table: string): string[] {
  const header = environment ? `env.${environment}.${table}` : table;
  const pattern = new RegExp(`^\\[+${header.replaceAll('.', '\\.')}\\]+\\n((?:(?!\\[).*\\n?)*)`, 'gm');
  return [...toml.matchAll(pattern)].map(([, lines = '']) => lines);
}

const textOf = (lines: string, key: string) => new RegExp(`^${key} = "(.*)"$`, 'm').exec(lines)?.[1];
const resource = (binding: string) => `${name}-${binding.toLowerCase().replaceAll('_', '-')}`;
const databases = () =>
  tables('d1_databases').map((lines) => {
    const binding = textOf(lines, 'binding') ?? '';
    return { binding, name: textOf(lines, 'database_name') ?? resource(binding) };
  });
const namespaces = () =>
  tables('kv_namespaces').map((lines) => ({ binding: textOf(lines, 'binding') ?? '', id: textOf(lines, 'id') }));
const ceilings = () =>
  tables('ratelimits').map((lines) => {
    const [, limit, period] = /limit = (\d+), period = (\d+)/.exec(lines) ?? [];
    const simple = { limit: Number(limit), period: Number(period) };
    return {
      type: 'ratelimit',
      name: textOf(lines, 'name') ?? '',
      namespace_id: textOf(lines, 'namespace_id'),
      simple,
    };
  });

const worker = () => account.workers[name];
const shares = () => worker()?.deployments.at(-1)?.versions ?? [];
const latest = () => worker()?.versions[shares()[0]?.version_id ?? ''];
const now = () => new Date(Date.UTC(2026, 10, 25) + account.calls.length * 1000).toISOString();
const noWorker = `Worker "${name}" not found.\n\nIf this is a new Worker, run \`wrangler deploy\` first to create it.\nOtherwise, check that the Worker name is correct and you're logged into the right account.`;
const notThere = `A request to the Cloudflare API (/accounts/a1/workers/scripts/${name}/deployments) failed.\n\n  This Worker does not exist on your account. [code: 10007]`;

const COMMANDS: Record<string, () => void> = {
  'whoami --json': () => {
    const { email, accounts } = account;
    print({
      loggedIn: true,
      authType: 'OAuth Token',
      ...(email && { email }),
      accounts,
      tokenPermissions: ['account:read'],
    });
  },
  // The stand-in of the API reads the account by it.
  'auth token --json': () => print({ type: 'oauth', token: encodeURIComponent(file) }),
  'd1 list --json': () =>
    print(
      Object.keys(account.databases).map((each) => ({
        uuid: idOf(each),
        name: each,
        version: 'production',
        num_tables: 0,
      })),
    ),
  'd1 create': () => {
    const created = parameters[2] ?? '';
    if (account.databases[created]) fail('A database with that name already exists');
    const location = option('--location');
    account.databases[created] = { ...(location && { location }), migrations: [] };
    print(`✅ Successfully created DB '${created}'${location ? ` using primary location hint ${location}` : ''}`);
    print(
      'Created your new D1 database.\n\nTo access your new D1 Database in your Worker, add the following snippet to your configuration file:',
    );
    print(`[[d1_databases]]\nbinding = "${created}"\ndatabase_name = "${created}"\ndatabase_id = "${idOf(created)}"`);
  },
  'd1 execute': () => {
    const found = account.databases[databases().find(({ binding }) => binding === parameters[2])?.name ?? ''];
    if (/FROM shards/.test(option('--command') ?? '')) {
      return print([{ results: (account.shards ?? []).map((each) => ({ name: each })), success: true, meta: {} }]);
    }
    if (/FROM secret_fingerprints/.test(option('--command') ?? '')) {
      const results = Object.entries(worker()?.fingerprints ?? {}).map(([each, fingerprint]) => ({
        name: each,
        fingerprint,
      }));
      return print([{ results, success: true, meta: {} }]);
    }
    const names = ['_cf_KV', ...(found?.migrations.length ? ['d1_migrations', 'users'] : [])];
    print([{ results: names.map((each) => ({ name: each })), success: true, meta: { duration: 0.2 } }]);
  },
  'd1 migrations apply': applyMigrations,
  'secret list --format json': () => {
    if (!worker()) fail(noWorker);
    print(Object.keys(latest()?.secrets ?? {}).map((each) => ({ name: each, type: 'secret_text' })));
  },
  'secret put': () => {
    const before = latest();
    if (!before) fail(noWorker);
    const { tag, message, ...kept } = before;
    const value = readFileSync(0, 'utf8').trimEnd();
    addVersion({ ...kept, secrets: { ...kept.secrets, [parameters[2] ?? '']: value } });
    print(`🌀 Creating the secret for the Worker "${name}"\n✨ Success! Uploaded secret ${parameters[2]}`);
  },
  'kv namespace list': () => print(account.namespaces.map((each) => ({ ...each, supports_url_encoding: true }))),
  'deployments status --json': () => {
    if (!worker()) fail(notThere);
    print({ id: 'd1', source: 'wrangler', strategy: 'percentage', versions: shares() });
  },
  'deployments list --json': () => print(worker()?.deployments ?? []),
  'versions deploy': () => {
    const [id = ''] = (parameters[2] ?? '').split('@');
    account.workers[name]?.deployments.push({
      created_on: now(),
      versions: [{ version_id: id, percentage: 100 }],
    });
  },
  'versions view': () => {
    const version = worker()?.versions[parameters[2] ?? ''];
    if (!version) fail('Version not found. [code: 10007]');
    const { tag, message, vars, secrets, compatibilityDate, compatibilityFlags } = version;
    const bindings = [
      ...Object.entries(vars).map(([each, text]) => ({ type: 'plain_text', name: each, text })),
      ...version.bindings,
      ...Object.keys(secrets).map((each) => ({ type: 'secret_text', name: each })),
    ];
    const annotations = {
      'workers/triggered_by': 'deployment',
      ...(tag && { 'workers/tag': tag }),
      ...(message && { 'workers/message': message }),
    };
    const script_runtime = { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags };
    print({
      id: parameters[2],
      metadata: { created_on: now() },
      annotations,
      resources: { bindings, script: { handlers: ['fetch', 'scheduled'] }, script_runtime },
    });
  },
  'triggers deploy': () => {
    deployTriggers();
    print(`Deployed ${name} triggers (1.05 sec)`);
  },
  deploy: upload,
};

function applyMigrations(): void {
  const binding = parameters[3] ?? '';
  const found = databases().find((each) => each.binding === binding)?.name ?? '';
  const database = account.databases[found];
  if (!parameters.includes('--remote')) fail('this stand-in has no local databases');
  if (!database) {
    fail(
      `Couldn't find a D1 DB named '${found}' (bound as '${binding}') in the API. Run 'wrangler d1 create ${found}' to create it.`,
    );
  }
  const missing = readdirSync('drizzle').filter((each) => each.endsWith('.sql') && !database.migrations.includes(each));
  if (missing.length === 0) {
    print('✅ No migrations to apply!');
    return;
  }
  const table = (rows: string[]) =>
    `┌───────────────────┐\n│ name              │\n${rows.map((row) => `│ ${row} │\n`).join('')}└───────────────────┘`;
  print(`Migrations to be applied:\n${table(missing)}\n🌀 Executing on remote database ${found} (${idOf(found)}):`);
  database.migrations.push(...missing);
  print(table(missing.map((each) => `${each} │ ✅`)));
}

/** As wrangler provisions: what has no id is the Worker's already, or is found by its name, or is made. */
function upload(): void {
  const bound = databases();
  for (const each of bound) account.databases[each.name] ??= { migrations: [] };
  const before = latest();
  const kv = namespaces().map(({ binding, id }) => {
    const inherited = before?.bindings.find((each) => each.name === binding);
    if (!id && inherited) return inherited;
    const title = resource(binding);
    if (id && !account.namespaces.some((each) => each.id === id)) {
      fail(`KV namespace '${id}' is not valid. [code: 10042]`);
    }
    if (!id && account.namespaces.some((each) => each.title === title)) {
      fail(
        `A request to the Cloudflare API (/accounts/a1/storage/kv/namespaces) failed.\n\n  create namespace: 'a namespace with this account ID and title already exists' [code: 10014]`,
      );
    }
    if (!id) account.namespaces.push({ id: idOf(title), title });
    return { type: 'kv_namespace', name: binding, namespace_id: id ?? idOf(title) };
  });
  if (account.fails?.command === 'upload') fail(account.fails.reason);
  const [tag, message, secretsFile] = [option('--tag'), option('--message'), option('--secrets-file')];
  const secrets = secretsFile ? JSON.parse(readFileSync(secretsFile, 'utf8')) : {};
  const [variable = '', ...value] = (option('--var') ?? '').split(':');
  const vars = Object.fromEntries(
    tables('vars').flatMap((lines) =>
      [...lines.matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, key, text]) => [key, text]),
    ),
  );
  const id = addVersion({
    ...(tag && { tag }),
    ...(message && { message }),
    vars: { ...vars, ...(variable && { [variable]: value.join(':') }) },
    secrets: { ...before?.secrets, ...secrets },
    bindings: [...kv, ...bound.map((each) => ({ type: 'd1', name: each.binding, id: idOf(each.name) })), ...ceilings()],
    compatibilityDate: textOf(toml, 'compatibility_date') ?? '',
    compatibilityFlags: JSON.parse(/^compatibility_flags = (\[.*\])$/m.exec(toml)?.[1] ?? '[]'),
    migrationsThen: bound.map((each) => account.databases[each.name]?.migrations.length ?? 0),
  });
  const lines = [...(tables('observability')[0] ?? '').matchAll(/^(\w+) = (\w+)$/gm)];
  const observability = Object.fromEntries(lines.map(([, key, value = '']) => [key, JSON.parse(value)]));
  // As Cloudflare completes it.
  const logs = { enabled: true, head_sampling_rate: 1, invocation_logs: true, persist: true, destinations: [] };
  const made = account.workers[name] as Worker;
  made.script = {
    observability: { head_sampling_rate: 1, ...observability, logs },
    logpush: false,
    tail_consumers: [],
  };
  const targets = deployTriggers();
  print(`Uploaded ${name} (3.20 sec)\nDeployed ${name} triggers (1.05 sec)`);
  const entries = [
    { version: 1, type: 'wrangler-session', wrangler_version: '4.155.0', command_line_args: parameters },
    { type: 'deploy', version: 1, worker_name: name, worker_tag: 't', version_id: id, targets },
  ];
  const output = process.env.WRANGLER_OUTPUT_FILE_PATH;
  if (output) appendFileSync(output, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

function addVersion(version: Version): string {
  account.workers[name] ??= {
    versions: {},
    deployments: [],
    domains: [],
    routes: [],
    crons: [],
    workersDev: false,
    fingerprints: {},
    script: {},
  };
  const made = account.workers[name] as Worker;
  const id = `v${Object.keys(made.versions).length + 1}`;
  made.versions[id] = version;
  for (const [each, value] of Object.entries(version.secrets)) {
    const fingerprint = secretFingerprint?.(each, value);
    if (fingerprint) made.fingerprints[each] = fingerprint;
  }
  made.deployments.push({ created_on: now(), versions: [{ version_id: id, percentage: 100 }] });
  return id;
}

/** Routes of an environment stand between its header and the next table; without any, those of the top level hold. */
function deployTriggers(): string[] {
  const made = account.workers[name] as Worker;
  const header = new RegExp(`^\\[env\\.${environment}\\]\\n((?:(?!\\[).*\\n?)*)`, 'm');
  const section = environment ? header.exec(toml)?.[1] : undefined;
  const lines = section && /^routes = /m.test(section) ? section : (/^(?:(?!\[).*\n)*/.exec(toml)?.[0] ?? '');
  const domain = /^routes = .*pattern = "([^"]+)"/m.exec(lines)?.[1];
  if (domain) made.domains = [domain];
  // A domain leads to one Worker.
  for (const [other, { domains }] of Object.entries(account.workers)) {
    if (domain && other !== name && domains.includes(domain)) fail(`The domain ${domain} is in use by ${other}`);
  }
  made.workersDev = !domain;
  made.crons = JSON.parse(/^crons = (\[.*\])$/m.exec(toml)?.[1] ?? '[]');
  return [
    domain ? `${domain} (custom domain)` : `${name}.${account.subdomain}.workers.dev`,
    ...made.crons.map((cron) => `schedule: ${cron}`),
  ];
}

account.calls.push(typed);
const command = Object.keys(COMMANDS).find((each) => typed === each || typed.startsWith(`${each} `));
if (!command) fail(`Unknown arguments: ${typed}`);
if (!account.signedIn && command === 'whoami --json') {
  print('\n{"loggedIn":false}');
  save();
  process.exit(1);
}
if (!account.signedIn)
  fail(
    "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.",
  );
if (account.fails && typed.startsWith(account.fails.command)) fail(account.fails.reason);
if (account.meanwhile && typed.startsWith(account.meanwhile.command)) {
  account.workers[name] = account.meanwhile.worker;
  delete account.meanwhile;
}
COMMANDS[command]?.();
save();
if (account.meeting && typed.startsWith(account.meeting.command)) meet(account.meeting);

function meet({ command, times }: { command: string; times: number }): void {
  process.off('exit', releaseLock);
  releaseLock();
  const came = () => {
    takeLock();
    const { calls } = JSON.parse(readFileSync(file, 'utf8')) as Account;
    process.off('exit', releaseLock);
    releaseLock();
    return calls.filter((call) => call.startsWith(command)).length;
  };
  const deadline = Date.now() + LONGEST_WAIT;
  while (came() < times) {
    if (Date.now() > deadline) throw new Error(`"${command}" came less than ${times} times`);
    wait(20);
  }
}
