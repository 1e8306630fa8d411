/**
 * Cloudflare, asked and told through wrangler: each verb is one of its commands, and reads that command's answer. What
 * no command of wrangler tells (routes, crons, the subdomain at workers.dev) is read from the addresses of Cloudflare's
 * API that wrangler itself reads, with wrangler's token.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Failure } from '../failure.ts';
import { type Ended, finished, wrangler } from '../wrangler.ts';

/** The environment of wrangler.toml that the commands are for, as options; none for the top level. */
export const environmentOptions = (environment: string | undefined): string[] =>
  environment ? ['--env', environment] : [];

let environment: string | undefined;

/** Chooses the environment for all commands that follow. */
export function selectEnvironment(name: string | undefined): void {
  environment = name;
  // Otherwise wrangler would take another one from there.
  delete process.env.CLOUDFLARE_ENV;
}

type More = { input?: string; env?: NodeJS.ProcessEnv };

async function ask(args: string[], { input, env }: More = {}): Promise<Ended> {
  const ended = await finished(wrangler([...args, ...environmentOptions(environment)], { input, env }));
  return { ...ended, stdout: stripVTControlCharacters(ended.stdout), stderr: stripVTControlCharacters(ended.stderr) };
}

/** The reason in wrangler's output, without decoration. */
function reasonOf({ stdout, stderr }: Ended): string {
  const [, reason] = /\[?ERROR\]?\s+([\s\S]+?)(?:\n\s*\n\s*\n|\n*🪵|$)/.exec(stderr) ?? [];
  return (reason ?? (stderr.trim() || stdout.trim())).trim();
}

const failed = (args: string[], answer: Ended) =>
  new Failure(`"wrangler ${args.join(' ')}" failed: ${reasonOf(answer)}`);

async function demand(args: string[], more: More = {}): Promise<string> {
  const answer = await ask(args, more);
  if (answer.code !== 0) throw failed(args, answer);
  return answer.stdout;
}

/** The JSON in what a command printed, which may begin with a line about something else. */
function parse<T>(args: string[], stdout: string): T {
  try {
    return JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as T;
  } catch {
    throw new Failure(`"wrangler ${args.join(' ')}" gave an answer that is not understood: ${stdout.trim()}`);
  }
}

async function demandJson<T>(...args: string[]): Promise<T> {
  return parse<T>(args, await demand(args));
}

export type Account = { id: string; name: string };

/** The user who is signed in, or undefined. */
export async function whoami(): Promise<{ email?: string; accounts: Account[] } | undefined> {
  const args = ['whoami', '--json'];
  const answer = await ask(args);
  if (answer.code === 0) return parse<{ email?: string; accounts: Account[] }>(args, answer.stdout);
  if (/"loggedIn": *false/.test(answer.output)) return undefined;
  throw failed(args, answer);
}

/** The ids of the account's databases, by name. */
export async function listDatabases(): Promise<Map<string, string>> {
  const databases = await demandJson<{ name: string; uuid: string }[]>('d1', 'list', '--json');
  return new Map(databases.map(({ name, uuid }) => [name, uuid]));
}

export const createDatabase = (name: string, location: string | undefined) =>
  demand(['d1', 'create', name, ...(location ? ['--location', location] : [])]);

const TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'";
/** Tables that D1, SQLite and the migrations of wrangler keep for themselves. */
const IS_INTERNAL = /^(_cf_|sqlite_)/;

/** True where the database of this binding has tables. */
export async function hasTables(binding: string): Promise<boolean> {
  const args = ['d1', 'execute', binding, '--remote', '--json', '--command', TABLES];
  const answers = await demandJson<{ results: { name: string }[] }[]>(...args);
  return answers.some(({ results }) => results.some(({ name }) => !IS_INTERNAL.test(name)));
}

const SHARDS = 'SELECT name FROM shards WHERE removed_at IS NULL ORDER BY name';

/** The names of the shards that exist, as DB has them: bound or not. */
export async function listShardDatabases(): Promise<string[]> {
  const answers = await demandJson<{ results: { name: string }[] }[]>(
    'd1',
    'execute',
    'DB',
    '--remote',
    '--json',
    '--command',
    SHARDS,
  );
  return answers.flatMap(({ results }) => results.map(({ name }) => name));
}

const FINGERPRINTS = 'SELECT name, fingerprint FROM secret_fingerprints';

/** Fingerprints of the secrets that the server ran with, as DB has them. */
export async function listFingerprints(): Promise<Map<string, string>> {
  const args = ['d1', 'execute', 'DB', '--remote', '--json', '--command', FINGERPRINTS];
  const answer = await ask(args);
  // A server of before has no such table.
  if (answer.code !== 0 && /no such table: secret_fingerprints/.test(answer.output)) return new Map();
  if (answer.code !== 0) throw failed(args, answer);
  const answers = parse<{ results: { name: string; fingerprint: string }[] }[]>(args, answer.stdout);
  return new Map(
    answers.flatMap(({ results }) => results.map(({ name, fingerprint }) => [name, fingerprint] as const)),
  );
}

/** @returns the migrations that were missing there. */
export async function applyMigrations(binding: string): Promise<string[]> {
  const output = await demand(['d1', 'migrations', 'apply', binding, '--remote']);
  return [...new Set([...output.matchAll(/\b(\d{4}_\w+)\.sql\b/g)].map(([, name = '']) => name))];
}

/** The names of the Worker's secrets: none where there is no Worker yet. */
export async function listSecrets(): Promise<string[]> {
  const args = ['secret', 'list', '--format', 'json'];
  const answer = await ask(args);
  if (answer.code === 0) return parse<{ name: string }[]>(args, answer.stdout).map(({ name }) => name);
  if (/Worker ".*" not found/.test(answer.stderr)) return [];
  throw failed(args, answer);
}

/** Puts one secret, through a pipe: the value stands in no command line. */
export const putSecret = (name: string, value: string) => demand(['secret', 'put', name], { input: value });

export async function listNamespaces(): Promise<{ id: string; title: string }[]> {
  return demandJson('kv', 'namespace', 'list');
}

/** A binding of a version: its type and the fields of that type, as Cloudflare's API names them. */
export type Binding = { type: string; name: string; [field: string]: unknown };

/** A version of the Worker that gets requests. */
export type Version = {
  id: string;
  /** The share of the requests that it gets. */
  percentage: number;
  tag: string | undefined;
  message: string | undefined;
  vars: Record<string, string>;
  /** Variables that are no text, as JSON. */
  json: Record<string, string>;
  /** All bindings but variables and secrets. */
  bindings: Binding[];
  secrets: string[];
  compatibilityDate: string | undefined;
  compatibilityFlags: string[];
};

type VersionAnswer = {
  annotations?: Record<string, string>;
  resources: {
    bindings: Binding[];
    script_runtime?: { compatibility_date?: string; compatibility_flags?: string[] };
  };
};

/** The versions that share the requests: none where there is no Worker, two in a gradual deployment. */
export async function currentVersions(): Promise<Version[]> {
  const args = ['deployments', 'status', '--json'];
  const answer = await ask(args);
  if (answer.code !== 0) {
    if (/has no deployments|does not exist|not found|code: 10007/.test(answer.stderr)) return [];
    throw failed(args, answer);
  }
  const { versions } = parse<{ versions: { version_id: string; percentage: number }[] }>(args, answer.stdout);
  const found: Version[] = [];
  for (const { version_id, percentage } of versions) found.push(await viewVersion(version_id, percentage));
  return found;
}

async function viewVersion(id: string, percentage: number): Promise<Version> {
  const { annotations, resources } = await demandJson<VersionAnswer>('versions', 'view', id, '--json');
  const { bindings, script_runtime: runtime } = resources;
  const ofType = (type: string) => bindings.filter((binding) => binding.type === type);
  return {
    id,
    percentage,
    tag: annotations?.['workers/tag'],
    message: annotations?.['workers/message'],
    vars: Object.fromEntries(ofType('plain_text').map(({ name, text }) => [name, String(text ?? '')])),
    json: Object.fromEntries(ofType('json').map(({ name, json }) => [name, JSON.stringify(json)])),
    bindings: bindings.filter(({ type }) => !['plain_text', 'json', 'secret_text', 'secret_key'].includes(type)),
    secrets: [...ofType('secret_text'), ...ofType('secret_key')].map(({ name }) => name),
    compatibilityDate: runtime?.compatibility_date,
    compatibilityFlags: runtime?.compatibility_flags ?? [],
  };
}

/** The version of the oldest deployment that is still listed. */
export async function firstDeployedVersion(): Promise<string | undefined> {
  type Deployment = { created_on: string; versions: { version_id: string }[] };
  const deployments = await demandJson<Deployment[]>('deployments', 'list', '--json');
  const inOrder = deployments.toSorted((a, b) => a.created_on.localeCompare(b.created_on));
  return inOrder[0]?.versions[0]?.version_id;
}

/** Gives all requests to a version that was uploaded before. */
export const deployVersion = (id: string) => demand(['versions', 'deploy', `${id}@100%`, '--yes']);

type Uploaded = { versionId: string | undefined };

/** Uploads what is in this folder, together with secrets, as one version. */
export async function deployWorker(options: string[], secrets: Record<string, string>): Promise<Uploaded> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-deploy-'));
  const output = join(folder, 'output.jsonl');
  const secretsFile = join(folder, 'secrets.json');
  try {
    const args = ['deploy', ...options];
    if (Object.keys(secrets).length > 0) {
      writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
      args.push('--secrets-file', secretsFile);
    }
    await demand(args, { env: { WRANGLER_OUTPUT_FILE_PATH: output } });
    const entries = readFileSync(output, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return { versionId: entries.find(({ type }) => type === 'deploy')?.version_id };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Deploys the domain, the address at workers.dev and the cron: for a Worker that itself is up to date. */
export const deployTriggers = () => demand(['triggers', 'deploy']);

/** The triggers of a Worker: routes, domains and cron. */
export type Triggers = { domains: string[]; routes: string[]; crons: string[]; workersDev: boolean };

/** The settings of a Worker beside its versions, as Cloudflare's API names them. */
export type Script = {
  observability?: Record<string, unknown>;
  limits?: Record<string, unknown>;
  placement_mode?: string;
  logpush?: boolean;
  tail_consumers?: { service: string }[];
};

/** @throws Failure where the token may not read them. */
export async function readTriggers(account: string, worker: string): Promise<Triggers & { script: Script }> {
  const script = `/accounts/${account}/workers/scripts/${worker}`;
  const service = `/accounts/${account}/workers/services/${worker}/environments/production`;
  const domains = `/accounts/${account}/workers/domains/records?page=0&per_page=100&service=${worker}&environment=production`;
  const headers = await authorization();
  const [found, routes, { schedules }, { enabled }, { script: settings }] = await Promise.all([
    readApi<{ hostname: string }[]>(domains, headers),
    readApi<{ pattern: string }[]>(`${service}/routes?show_zonename=true`, headers),
    readApi<{ schedules: { cron: string }[] }>(`${script}/schedules`, headers),
    readApi<{ enabled: boolean }>(`${script}/subdomain`, headers),
    readApi<{ script?: Script }>(service, headers),
  ]);
  return {
    domains: found.map(({ hostname }) => hostname),
    routes: routes.map(({ pattern }) => pattern),
    crons: schedules.map(({ cron }) => cron),
    workersDev: enabled,
    script: settings ?? {},
  };
}

/** The host name that a Worker of this name has at workers.dev. @throws Failure where the account has no subdomain. */
export async function workersDevHost(account: string, worker: string): Promise<string> {
  const path = `/accounts/${account}/workers/subdomain`;
  const { subdomain } = await readApi<{ subdomain: string | null }>(path, await authorization());
  if (!subdomain) throw new Failure('the account has no subdomain at workers.dev');
  return `${worker}.${subdomain}.workers.dev`;
}

async function authorization(): Promise<Record<string, string>> {
  type Token = { type: string; token?: string; key?: string; email?: string };
  const { token, key = '', email = '' } = await demandJson<Token>('auth', 'token', '--json');
  return token ? { authorization: `Bearer ${token}` } : { 'x-auth-key': key, 'x-auth-email': email };
}

async function readApi<T>(path: string, headers: Record<string, string>): Promise<T> {
  const base = process.env.CLOUDFLARE_API_BASE_URL ?? 'https://api.cloudflare.com/client/v4';
  const place = `Cloudflare's API (${path.split('?')[0]})`;
  const response = await fetch(`${base}${path}`, { headers }).catch((error) => {
    throw new Failure(`${place} cannot be reached: ${error.cause?.message ?? error.message}`);
  });
  type Answer = { success?: boolean; result?: T; errors?: { code: number; message: string }[] };
  const { success, result, errors } = (await response.json().catch(() => ({}))) as Answer;
  if (success && result !== undefined) return result;
  const [error] = errors ?? [];
  throw new Failure(
    `${place} answered ${response.status}: ${error ? `${error.message} [code: ${error.code}]` : 'no reason given'}`,
  );
}
