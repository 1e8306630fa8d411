/** The steps of a deployment, in the order that lets no request meet what is not ready: databases, their tables, the
 * secrets, and last the Worker. Each does what is missing, and nothing where nothing is. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import * as cloudflare from './cloudflare.ts';
import { type Configuration, unchanged, withIssuer, withNamespace, write } from './configuration.ts';
import { KEPT, makeSecrets, missingSecrets, neededSecrets } from './secrets.ts';

/** What the steps know and find out. */
export type Deployment = {
  configuration: Configuration;
  /** Of whoever will administer the server, where it was said. */
  email: string | undefined;
  running: cloudflare.Version | undefined;
};

export type Step = {
  name: string;
  /** What is asked of Cloudflare, as one would type it. */
  commands: (configuration: Configuration) => string[];
  /** @returns what was done, or that nothing was to do. */
  run: (deployment: Deployment) => Promise<string>;
};

export const STEPS: readonly Step[] = [
  { name: 'Databases', commands: databaseCommands, run: makeDatabases },
  {
    name: 'Migrations',
    commands: ({ databases }) => databases.map(({ binding }) => `wrangler d1 migrations apply ${binding} --remote`),
    run: migrate,
  },
  {
    name: 'Secrets',
    commands: (configuration) => [
      'wrangler secret list --format json',
      `wrangler secret bulk     (from a pipe, those that are missing of ${neededSecrets(configuration).join(', ')}; ADMIN_EMAIL and ADMIN_PASSWORD the first time)`,
    ],
    run: putSecrets,
  },
  { name: 'Worker', commands: workerCommands, run: deployWorker },
];

function databaseCommands({ databases }: Configuration): string[] {
  const made = databases.filter(({ isNamedById }) => !isNamedById);
  return ['wrangler d1 list --json', ...made.map((database) => createCommand(database))];
}

const createCommand = ({ name, location }: { name: string; location: string | undefined }) =>
  `wrangler d1 create ${name}${location ? ` --location ${location}` : ''}`;

async function makeDatabases({ configuration }: Deployment): Promise<string> {
  const wanted = configuration.databases.filter(({ isNamedById }) => !isNamedById);
  const there = wanted.length > 0 ? await cloudflare.listDatabases() : [];
  const missing = wanted.filter(({ name }) => !there.includes(name));
  for (const { name, location } of missing) await cloudflare.createDatabase(name, location);
  if (missing.length === 0) return 'all there';
  return `made ${missing.map(({ name, location }) => (location ? `${name} (${location})` : name)).join(', ')}`;
}

async function migrate({ configuration }: Deployment): Promise<string> {
  const done: string[] = [];
  for (const { binding } of configuration.databases) {
    const applied = await cloudflare.applyMigrations(binding);
    if (applied.length > 0) done.push(`${binding} got ${applied.join(', ')}`);
  }
  return done.length > 0 ? done.join('; ') : 'none to apply';
}

async function putSecrets({ configuration, running, email }: Deployment): Promise<string> {
  const missing = missingSecrets(configuration, await cloudflare.listSecrets(), running);
  if (missing.length === 0) return 'all there';
  await cloudflare.putSecrets(makeSecrets(missing, email));
  return `put ${missing.join(', ')}; they stand in ${KEPT}, too: keep a copy`;
}

function workerCommands({ issuer }: Configuration): string[] {
  const first =
    'wrangler deploy --var ISSUER:unknown     (it answers nobody yet; this tells its address at workers.dev)';
  return [
    'wrangler kv namespace list',
    ...(issuer ? [] : [first]),
    'wrangler deploy --tag DIGEST     (or "wrangler triggers deploy", where what stands here runs already)',
  ];
}

async function deployWorker(deployment: Deployment): Promise<string> {
  await connectNamespaces(deployment);
  if (!deployment.configuration.issuer) await learnIssuer(deployment);
  const tag = digestOfSources();
  if (deployment.running?.tag === tag) {
    await cloudflare.deployTriggers();
    return 'this version runs already';
  }
  await cloudflare.deployWorker('--tag', tag);
  return `deployed as version ${tag}`;
}

/** wrangler makes a namespace that nobody has, and keeps one that the Worker has. One in between it would make twice. */
async function connectNamespaces(deployment: Deployment): Promise<void> {
  const { configuration, running } = deployment;
  const open = configuration.namespaces.filter(({ binding, id }) => !id && !running?.bindings.includes(binding));
  if (open.length === 0) return;
  const there = await cloudflare.listNamespaces();
  let draft = unchanged(configuration);
  for (const { binding } of open) {
    const found = there.find(({ title }) => title === `${configuration.name}-${binding.toLowerCase()}`);
    if (found) draft = withNamespace(draft, binding, found.id);
  }
  if (draft.says.length === 0) return;
  write(draft);
  deployment.configuration = draft.configuration;
}

/** The address at workers.dev is known once something is there: a Worker that refuses everybody, until it has an issuer. */
async function learnIssuer(deployment: Deployment): Promise<void> {
  const targets = await cloudflare.deployWorker('--var', 'ISSUER:unknown');
  const host = targets.find((target) => target.endsWith('.workers.dev'))?.replace(/^https:\/\//, '');
  if (!host) {
    throw new Failure('The Worker has no address at workers.dev: say its own, as in --issuer https://id.example.com.');
  }
  const draft = withIssuer(unchanged(deployment.configuration), `https://${host}`);
  write(draft);
  deployment.configuration = draft.configuration;
}

/** A name for what stands here: the same sources make the same version. At most 25 characters are allowed. */
function digestOfSources(): string {
  const hash = createHash('sha256');
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
