/**
 * `npm run deploy` as its tests run it: copies of the project, and accounts, beside stand-ins for wrangler and
 * Cloudflare's API.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { main as deployMain } from '../../scripts/deploy.ts';
import { main as secretsMain } from '../../scripts/secrets-command.ts';
import { type ApiStandIn, startApi } from './cloudflare-api-stand-in.ts';
import { type CommandResult, scriptApart, scriptHere } from './script-here.ts';
import type { Account, Version, Worker } from './wrangler-stand-in.ts';

const folders: string[] = [];
export let folder = '';
let api: ApiStandIn;
export const path = (name: string) => join(folder, name);
export const read = (name: string) => readFileSync(path(name), 'utf8');
export const replaceInToml = (...changes: [string | RegExp, string][]) =>
  writeFileSync(
    path('wrangler.toml'),
    changes.reduce((text, [from, to]) => {
      const changed = text.replace(from, to);
      expect(changed, String(from)).not.toBe(text);
      return changed;
    }, read('wrangler.toml')),
  );

/** Starts what stands in for Cloudflare, for the tests of a file. */
export function useStandIns(): void {
  beforeAll(async () => {
    firstDeployment = undefined;
    api = await startApi();
  });

  afterAll(async () => {
    await api.stop();
    for (const each of folders) rmSync(each, { recursive: true, force: true });
  });

  beforeEach(() => {
    newCopy();
    newAccount();
  });
}

/** A copy of the project whose wrangler is the stand-in. */
export function newCopy(): string {
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

/** The file that is the account in use; another copy of the project may use the same. */
export let accountFile = '';

/** Goes back to a copy of the project, or to an account, from before. */
export function use(places: { folder?: string; accountFile?: string }): void {
  folder = places.folder ?? folder;
  accountFile = places.accountFile ?? accountFile;
}

export const account = () => JSON.parse(readFileSync(accountFile, 'utf8')) as Account;
export const setAccount = (changes: Partial<Account>) => {
  const { fails, ...before } = account();
  writeFileSync(accountFile, JSON.stringify({ ...before, ...changes }));
};

export function newAccount(id = 'a1'): void {
  accountFile = path(`cloudflare-${id}.json`);
  const empty: Account = {
    signedIn: true,
    email: 'ada@example.com',
    accounts: [{ id, name: "Ada's Account" }],
    databases: {},
    namespaces: [],
    workers: {},
    subdomain: 'ada',
    calls: [],
  };
  writeFileSync(accountFile, JSON.stringify(empty));
}

/** The version that gets the requests. */
export function running(name = 'postern'): Version {
  const worker = account().workers[name];
  const id = worker?.deployments.at(-1)?.versions[0]?.version_id ?? '';
  return worker?.versions[id] as Version;
}

/** Changes what runs, as another deployment would have. */
export function setRunning(change: (version: Version, worker: Worker) => void): void {
  const { workers } = account();
  const worker = workers.postern as Worker;
  const id = worker.deployments.at(-1)?.versions[0]?.version_id ?? '';
  change(worker.versions[id] as Version, worker);
  setAccount({ workers });
}

export const databasesOf = (version: Version) =>
  version.bindings.filter(({ type }) => type === 'd1').map(({ name }) => name);

export const deploy = (...options: string[]): Promise<CommandResult> => run('deploy', options);

const MAINS = { deploy: deployMain, secrets: secretsMain };
type Script = keyof typeof MAINS;

/** Runs a script in the copy of the project; its modules, with wrangler's, are loaded once for all runs of a file. */
export const run = (script: Script, options: string[], input = ''): Promise<CommandResult> =>
  scriptHere(MAINS[script], options, { folder, env: environment(), input });

/** The same in a process of its own. */
export const runApart = (script: Script, options: string[], input = ''): Promise<CommandResult> =>
  scriptApart(script, options, { folder, env: environment(), input });

const environment = () => ({
  STATE_DIR: folder,
  STAND_IN_ACCOUNT: accountFile,
  CLOUDFLARE_ACCOUNT_ID: '',
  CLOUDFLARE_API_BASE_URL: api.url,
});

type Deployed = { stdout: string; calls: string[] };

/** The output and commands of a run that must succeed. */
export const deployed = (...options: string[]): Promise<Deployed> => succeeded(deploy(...options));

/** The same in a process of its own. */
export const deployedApart = (...options: string[]): Promise<Deployed> => succeeded(runApart('deploy', options));

async function succeeded(running: Promise<CommandResult>): Promise<Deployed> {
  const before = account().calls.length;
  const { code, stdout, stderr } = await running;
  expect([code, stderr]).toEqual([0, '']);
  return { stdout, calls: account().calls.slice(before) };
}

/** The folder of a server that was deployed once, with its account. */
let firstDeployment: string | undefined;

/**
 * A server at https://id.example.com, deployed once into the copy and the account of the test. Only the first test of a
 * file that asks for one deploys; the others begin with what that deployment left.
 */
export async function deployedServer(): Promise<void> {
  if (firstDeployment) return cpSync(firstDeployment, folder, { recursive: true, force: true });
  await deployed('--issuer', 'https://id.example.com');
  const before = mkdtempSync(join(tmpdir(), 'postern-deployed-'));
  folders.push(before);
  // Not what is linked to the project itself.
  const written = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isSymbolicLink());
  for (const { name } of written.filter(({ name }) => name !== 'node_modules')) {
    cpSync(path(name), join(before, name), { recursive: true });
  }
  firstDeployment = before;
}
