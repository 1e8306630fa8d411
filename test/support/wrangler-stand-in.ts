/**
 * Stands where wrangler's command stands, for the tests of `npm run deploy`: it answers as wrangler 4 does, and what it is
 * told happens to an account that is a file (cloudflare.json in the working directory) instead of one at Cloudflare.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

export type Account = {
  signedIn: boolean;
  email?: string;
  accounts: { id: string; name: string }[];
  databases: Record<string, { location?: string; migrations: string[] }>;
  namespaces: { id: string; title: string }[];
  worker?: Worker;
  /** The domain that the account has at workers.dev. */
  subdomain: string;
  /** A command that fails from now on, by how it begins, with wrangler's sentence. */
  fails?: { command: string; reason: string };
  /** Every command that came, as it was typed. */
  calls: string[];
};

type Worker = { secrets: Record<string, string>; version: Version; triggers: string[] };

/** What was uploaded, and in what state it met its first request. */
export type Version = {
  tag?: string;
  vars: Record<string, string>;
  namespaces: string[];
  databases: string[];
  secretsThen: string[];
  migrationsThen: number[];
};

type Bound = { binding: string; database_name?: string; id?: string };

const account = JSON.parse(readFileSync('cloudflare.json', 'utf8')) as Account;
const words = process.argv.slice(2);
const typed = words.join(' ');
const option = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
const print = (value: unknown) => console.log(typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function fail(reason: string): never {
  console.error(
    `\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m${reason}\u001b[0m\n\n\n🪵  Logs were written to "/tmp/wrangler.log"`,
  );
  save();
  process.exit(1);
}

const save = () => writeFileSync('cloudflare.json', JSON.stringify(account, null, 2));

/** The tables of wrangler.toml that begin with this name. */
function tables(name: string): Bound[] {
  const found = readFileSync('wrangler.toml', 'utf8').matchAll(
    new RegExp(`^\\[\\[${name}\\]\\]\\n((?:\\w+ = .*\\n)+)`, 'gm'),
  );
  return [...found].map(([, lines = '']) =>
    Object.fromEntries([...lines.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, key, value]) => [key, value])),
  ) as Bound[];
}

const vars = () =>
  Object.fromEntries(
    [...readFileSync('wrangler.toml', 'utf8').matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, key, value]) => [key, value]),
  ) as Record<string, string>;

const idOf = (name: string) => createHash('md5').update(name).digest('hex');
const noWorker = `Worker "postern" not found.\n\nIf this is a new Worker, run \`wrangler deploy\` first to create it.\nOtherwise, check that the Worker name is correct and you're logged into the right account.`;

const nothingUploaded: Version = { vars: {}, namespaces: [], databases: [], secretsThen: [], migrationsThen: [] };

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
  'd1 list --json': () =>
    print(
      Object.keys(account.databases).map((name) => ({ uuid: idOf(name), name, version: 'production', num_tables: 0 })),
    ),
  'd1 create': () => {
    const name = words[2] ?? '';
    if (account.databases[name]) fail('A database with that name already exists');
    const location = option('--location');
    account.databases[name] = { ...(location && { location }), migrations: [] };
    print(`✅ Successfully created DB '${name}'${location ? ` using primary location hint ${location}` : ''}`);
    print(
      'Created your new D1 database.\n\nTo access your new D1 Database in your Worker, add the following snippet to your configuration file:',
    );
    print(`[[d1_databases]]\nbinding = "${name}"\ndatabase_name = "${name}"\ndatabase_id = "${idOf(name)}"`);
  },
  'd1 migrations apply': applyMigrations,
  'secret list --format json': () => {
    if (!account.worker) fail(noWorker);
    print(Object.keys(account.worker.secrets).map((name) => ({ name, type: 'secret_text' })));
  },
  'secret bulk': () => {
    const values = JSON.parse(readFileSync(0, 'utf8')) as Record<string, string>;
    print('🌀 Processing the secrets for the Worker "postern"');
    if (!account.worker) {
      print(
        '? There doesn\'t seem to be a Worker called "postern". Do you want to create a new Worker with that name and add secrets to it?\n🤖 Using fallback value in non-interactive context: yes\n🌀 Creating new Worker "postern"...',
      );
      account.worker = { secrets: {}, version: nothingUploaded, triggers: [] };
    }
    Object.assign(account.worker.secrets, values);
    for (const name of Object.keys(values)) print(`✨ Successfully created secret for key: ${name}`);
    print(`\nFinished processing secrets file:\n✨ ${Object.keys(values).length} secrets successfully created`);
  },
  'kv namespace list': () => print(account.namespaces.map((each) => ({ ...each, supports_url_encoding: true }))),
  'deployments status --json': () => {
    if (!account.worker)
      fail(
        'A request to the Cloudflare API (/accounts/a1/workers/scripts/postern/deployments) failed.\n\n  This Worker does not exist on your account. [code: 10007]',
      );
    print({ id: 'd1', source: 'wrangler', strategy: 'percentage', versions: [{ version_id: 'v1', percentage: 100 }] });
  },
  'versions view v1 --json': () => {
    const { version, secrets } = account.worker as Worker;
    const bindings = [
      ...Object.entries(version.vars).map(([name, text]) => ({ type: 'plain_text', name, text })),
      ...version.namespaces.map((name) => ({ type: 'kv_namespace', name, namespace_id: idOf(name) })),
      ...version.databases.map((name) => ({ type: 'd1', name, id: idOf(name) })),
      ...Object.keys(secrets).map((name) => ({ type: 'secret_text', name })),
    ];
    const annotations = { 'workers/triggered_by': 'deployment', ...(version.tag && { 'workers/tag': version.tag }) };
    print({ id: 'v1', metadata: { created_on: '2026-11-25T00:00:00Z' }, annotations, resources: { bindings } });
  },
  'triggers deploy': () => {
    (account.worker as Worker).triggers = triggers();
    print('Deployed postern triggers (1.05 sec)');
  },
  deploy: upload,
};

function applyMigrations(): void {
  const binding = words[3] ?? '';
  const name = tables('d1_databases').find((each) => each.binding === binding)?.database_name ?? '';
  const database = account.databases[name];
  if (!words.includes('--remote')) fail('this stand-in has no local databases');
  if (!database) {
    fail(
      `Couldn't find a D1 DB named '${name}' (bound as '${binding}') in the API. Run 'wrangler d1 create ${name}' to create it.`,
    );
  }
  const missing = readdirSync('drizzle').filter((file) => file.endsWith('.sql') && !database.migrations.includes(file));
  if (missing.length === 0) {
    print('✅ No migrations to apply!');
    return;
  }
  const table = (rows: string[]) =>
    `┌───────────────────┐\n│ name              │\n${rows.map((row) => `│ ${row} │\n`).join('')}└───────────────────┘`;
  print(`Migrations to be applied:\n${table(missing)}\n🌀 Executing on remote database ${name} (${idOf(name)}):`);
  database.migrations.push(...missing);
  print(table(missing.map((file) => `${file} │ ✅`)));
}

/** As wrangler provisions: what has no id is the Worker's already, or is found by its name, or is made. */
function upload(): void {
  const databases = tables('d1_databases').map(({ database_name = '' }) => database_name);
  for (const name of databases) account.databases[name] ??= { migrations: [] };
  for (const { binding, id } of tables('kv_namespaces')) {
    const title = `postern-${binding.toLowerCase()}`;
    if (id ? account.namespaces.some((each) => each.id === id) : account.worker?.version.namespaces.includes(binding))
      continue;
    if (id) fail(`KV namespace '${id}' is not valid. [code: 10042]`);
    if (account.namespaces.some((each) => each.title === title)) {
      fail(
        `A request to the Cloudflare API (/accounts/a1/storage/kv/namespaces) failed.\n\n  create namespace: 'a namespace with this account ID and title already exists' [code: 10014]`,
      );
    }
    account.namespaces.push({ id: idOf(title), title });
  }
  if (account.fails?.command === 'upload') fail(account.fails.reason);
  const secrets = account.worker?.secrets ?? {};
  const [name = '', ...value] = (option('--var') ?? '').split(':');
  const tag = option('--tag');
  const version = {
    ...(tag && { tag }),
    vars: { ...vars(), ...(name && { [name]: value.join(':') }) },
    namespaces: tables('kv_namespaces').map(({ binding }) => binding),
    databases: tables('d1_databases').map(({ binding }) => binding),
    secretsThen: Object.keys(secrets),
    migrationsThen: databases.map((each) => account.databases[each]?.migrations.length ?? 0),
  };
  account.worker = { secrets, version, triggers: triggers() };
  print('Uploaded postern (3.20 sec)\nDeployed postern triggers (1.05 sec)');
  const entries = [
    { version: 1, type: 'wrangler-session', wrangler_version: '4.155.0', command_line_args: words },
    {
      type: 'deploy',
      version: 1,
      worker_name: 'postern',
      worker_tag: 't',
      version_id: 'v1',
      targets: account.worker.triggers,
    },
  ];
  const file = process.env.WRANGLER_OUTPUT_FILE_PATH;
  if (file) appendFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

function triggers(): string[] {
  const domain = /^routes = .*pattern = "([^"]+)"/m.exec(readFileSync('wrangler.toml', 'utf8'))?.[1];
  return [domain ? `${domain} (custom domain)` : `postern.${account.subdomain}.workers.dev`, 'schedule: */5 * * * *'];
}

account.calls.push(typed);
const command = Object.keys(COMMANDS).find((each) => typed === each || typed.startsWith(`${each} `));
if (!command) fail(`Unknown arguments: ${typed}`);
if (!account.signedIn && command === 'whoami --json') {
  print('\n{"loggedIn":false}');
  process.exit(1);
}
if (!account.signedIn)
  fail(
    "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.",
  );
if (account.fails && typed.startsWith(account.fails.command)) fail(account.fails.reason);
COMMANDS[command]?.();
save();
