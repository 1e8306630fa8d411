/** The steps of a deployment, in the order that lets no request meet what is not ready: databases, their tables, the
 * secrets, and last the Worker. Each does what is missing, and nothing where nothing is. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { listNamespaces } from './account.ts';
import { type Configuration, resourceName } from './configuration.ts';
import {
  applyMigrations,
  createDatabase,
  hasTables,
  listDatabases,
  listFingerprints,
  listShardDatabases,
} from './databases.ts';
import { unchanged, withNamespace, write } from './draft.ts';
import { differingSecrets, fingerprintOf, type Kept, messageOf, writeKept } from './kept-secrets.ts';
import { missingSecrets, neededSecrets, valuesFor } from './secrets.ts';
import { deployTriggers } from './triggers.ts';
import {
  currentVersions,
  deployVersion,
  firstDeployedVersion,
  listSecrets,
  uploadWorker,
  type Version,
} from './versions.ts';

/** The state that the steps share. */
export type Deployment = {
  configuration: Configuration;
  /** Of the first administrator, where it was given. */
  email: string | undefined;
  /** The versions before this deployment: none for a new server. */
  versions: Version[];
  kept: Kept;
  /** Permits a new server to use databases that have tables. */
  adoptDatabases: boolean;
  newRootSecret: boolean;
  /** True where the databases are those of a server that has answered requests. */
  hasRun: boolean;
  /** Of secrets that the server ran with, as DB has them. */
  fingerprints: ReadonlyMap<string, string>;
  /** Secrets to upload with the Worker. */
  secrets: Record<string, string>;
};

export type Step = {
  name: string;
  /** The commands at Cloudflare, as typed at a terminal. */
  commands: (configuration: Configuration) => string[];
  /** @returns what was done, or that nothing was to do. */
  run: (deployment: Deployment) => Promise<string>;
};

export const DEPLOYMENT_STEPS: readonly Step[] = [
  { name: 'Databases', commands: databaseCommands, run: makeDatabases },
  {
    name: 'Migrations',
    commands: ({ databases }) => [
      ...databases.map(({ binding }) => `wrangler d1 migrations apply ${binding} --remote`),
      'wrangler d1 execute DB --remote --json     (which shards exist)',
    ],
    run: migrate,
  },
  {
    name: 'Secrets',
    commands: (configuration) => [
      'wrangler secret list --format json',
      'wrangler d1 execute DB --remote --json     (fingerprints of the secrets that the server ran with)',
      `(values for those that are missing of ${neededSecrets(configuration).join(', ')}; ADMIN_EMAIL and ADMIN_PASSWORD the first time)`,
    ],
    run: prepareSecrets,
  },
  { name: 'Worker', commands: workerCommands, run: deployWorker },
];

function databaseCommands({ databases }: Configuration): string[] {
  const made = databases.filter(({ id }) => !id);
  return [
    'wrangler d1 list --json',
    'wrangler d1 execute DB --remote --json     (which tables a database has that a new server finds)',
    ...made.map((database) => createCommand(database)),
  ];
}

const createCommand = ({ name, location }: { name: string; location: string | undefined }) =>
  `wrangler d1 create ${name}${location ? ` --location ${location}` : ''}`;

async function makeDatabases(deployment: Deployment): Promise<string> {
  const { databases } = deployment.configuration;
  const there = await listDatabases();
  const isThere = ({ id, name }: { id: string | undefined; name: string }) => id !== undefined || there.has(name);
  await checkFound(deployment, databases.filter(isThere));
  const missing = databases.filter((database) => !isThere(database));
  for (const { name, location } of missing) {
    await createDatabase(name, location);
    deployment.kept = { ...deployment.kept, databases: [...deployment.kept.databases, name] };
    writeKept(deployment.kept);
  }
  if (missing.length === 0) return 'all there';
  return `made ${missing.map(({ name, location }) => (location ? `${name} (${location})` : name)).join(', ')}`;
}

/** Checks databases that a server meets which never ran. @throws Failure where one has tables of another server. */
async function checkFound(deployment: Deployment, found: Configuration['databases']): Promise<void> {
  if (deployment.hasRun) return;
  for (const { name, binding } of found) {
    if (deployment.kept.databases.includes(name) || !(await hasTables(binding))) continue;
    if (!deployment.adoptDatabases) {
      throw new Failure(
        `The database ${name} has tables, and the Worker ${deployment.configuration.name} never ran: it may be that of another server. Choose another database_name, or, to go on with its users and tokens, deploy with --adopt-databases.`,
      );
    }
    deployment.hasRun = true;
  }
}

async function migrate({ configuration }: Deployment): Promise<string> {
  const done: string[] = [];
  for (const { binding } of configuration.databases) {
    const applied = await applyMigrations(binding);
    if (applied.length > 0) done.push(`${binding} got ${applied.join(', ')}`);
  }
  const unbound = await unboundShards(configuration);
  return [done.length > 0 ? done.join('; ') : 'none to apply', ...unbound].join('; ');
}

/** Shards that exist and have no binding in what is deployed: each a sentence. */
async function unboundShards({ databases }: Configuration): Promise<string[]> {
  const bound = databases.map(({ binding }) => binding);
  const missing = (await listShardDatabases()).filter((name) => !bound.includes(`SHARD_${name.toUpperCase()}`));
  return missing.map(
    (name) =>
      `the shard ${name} exists but is not bound: what was issued there is answered with 503. Deploy with --shards ${name}, or see "npm run admin -- shards list"`,
  );
}

async function prepareSecrets(deployment: Deployment): Promise<string> {
  const { configuration, versions, email } = deployment;
  if (deployment.hasRun) deployment.fingerprints = await listFingerprints();
  const missing = missingSecrets(configuration, await listSecrets(), versions);
  const ignored = email && !missing.includes('ADMIN_EMAIL') && deployment.kept.values.ADMIN_EMAIL !== email;
  const note = ignored ? '; --email was ignored: the server has its first administrator' : '';
  if (missing.length === 0) return `all there${note}`;
  deployment.secrets = valuesFor(missing, deployment);
  // Kept before anything else happens: a value that was uploaded can be read nowhere.
  deployment.kept = { ...deployment.kept, values: { ...deployment.kept.values, ...deployment.secrets } };
  writeKept(deployment.kept);
  return `${missing.join(', ')} go up with the Worker, and are kept in ${deployment.kept.path}: keep a copy${note}`;
}

function workerCommands(): string[] {
  return [
    'wrangler kv namespace list',
    'wrangler deploy --tag DIGEST --message TEXT     (with --secrets-file where secrets are missing; "wrangler triggers deploy" where what stands here runs already)',
  ];
}

async function deployWorker(deployment: Deployment): Promise<string> {
  await connectNamespaces(deployment);
  const tag = digestOfSources(deployment.configuration);
  const [only, ...others] = deployment.versions;
  if (only?.tag === tag && others.length === 0 && Object.keys(deployment.secrets).length === 0) {
    await deployTriggers();
    return 'this version runs already';
  }
  if (deployment.versions.length === 0 && (await currentVersions()).length > 0) throw lostRace(deployment);
  const { versionId } = await uploadWorker(['--tag', tag, ...messageOptions(deployment)], deployment.secrets);
  if (deployment.versions.length === 0) await yieldToFirst(deployment, versionId);
  return `deployed as version ${tag}`;
}

function messageOptions(deployment: Deployment): string[] {
  const { kept, versions } = deployment;
  const differing = differingSecrets(deployment, kept.values);
  const values = Object.entries(kept.values).filter(([name]) => !differing.includes(name));
  const fingerprint = fingerprintOf(Object.fromEntries(values));
  const message = fingerprint ? messageOf(fingerprint) : versions[0]?.message;
  return message ? ['--message', message] : [];
}

/** Of two first deployments at once the one that was first stays, with the secrets that it keeps. */
async function yieldToFirst(deployment: Deployment, uploaded: string | undefined): Promise<void> {
  const first = await firstDeployedVersion();
  if (uploaded === undefined || first === undefined || first === uploaded) return;
  await deployVersion(first);
  throw lostRace(deployment);
}

const lostRace = ({ configuration, kept }: Deployment) =>
  new Failure(
    `Another deployment made the Worker ${configuration.name} meanwhile: the secrets in ${kept.path} are not those that run. Copy that file from there, or remove it, then deploy again.`,
  );

/** Finds namespaces that exist: wrangler keeps one that the Worker has, and would make another a second time. */
async function connectNamespaces(deployment: Deployment): Promise<void> {
  const { configuration, versions } = deployment;
  const bound = new Set(versions.flatMap(({ bindings }) => bindings.map(({ name }) => name)));
  const open = configuration.namespaces.filter(({ binding, id }) => !id && !bound.has(binding));
  if (open.length === 0) return;
  const there = await listNamespaces();
  let draft = unchanged(configuration);
  for (const { binding } of open) {
    const found = there.find(({ title }) => title === resourceName(configuration.name, binding));
    if (found) draft = withNamespace(draft, binding, found.id);
  }
  if (draft.says.length === 0) return;
  write(draft);
  deployment.configuration = draft.configuration;
}

/** A name for the sources and the environment: the same make the same version. At most 25 characters are allowed. */
function digestOfSources({ environment = '' }: Configuration): string {
  const hash = createHash('sha256').update(`${environment}\0`);
  for (const path of ['wrangler.toml', 'package-lock.json', ...filesOf('src'), ...filesOf('public')]) {
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 20);
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
