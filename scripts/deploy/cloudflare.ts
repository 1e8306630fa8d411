/** Cloudflare, asked and told through wrangler: each verb is one of its commands, and reads that command's answer. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Failure } from '../failure.ts';
import { type Ended, finished, wrangler } from '../wrangler.ts';

async function ask(words: string[], { input, env }: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  const ended = await finished(wrangler(words, { input, env }));
  return { ...ended, stdout: stripVTControlCharacters(ended.stdout), stderr: stripVTControlCharacters(ended.stderr) };
}

/** What wrangler gives as the reason, without its decoration. */
function reasonOf({ stdout, stderr }: Ended): string {
  const [, reason] = /\[?ERROR\]?\s+([\s\S]+?)(?:\n\s*\n\s*\n|\n*🪵|$)/.exec(stderr) ?? [];
  return (reason ?? (stderr.trim() || stdout.trim())).trim();
}

const failed = (words: string[], answer: Ended) =>
  new Failure(`"wrangler ${words.join(' ')}" failed: ${reasonOf(answer)}`);

async function demand(words: string[], more: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  const answer = await ask(words, more);
  if (answer.code !== 0) throw failed(words, answer);
  return answer.stdout;
}

/** The JSON in what a command printed, which may begin with a line about something else. */
function parse<T>(words: string[], stdout: string): T {
  try {
    return JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as T;
  } catch {
    throw new Failure(`"wrangler ${words.join(' ')}" gave an answer that is not understood: ${stdout.trim()}`);
  }
}

async function demandJson<T>(...words: string[]): Promise<T> {
  return parse<T>(words, await demand(words));
}

export type Account = { id: string; name: string };

/** Who is signed in, or undefined. */
export async function whoami(): Promise<{ email?: string; accounts: Account[] } | undefined> {
  const words = ['whoami', '--json'];
  const answer = await ask(words);
  if (answer.code === 0) return parse<{ email?: string; accounts: Account[] }>(words, answer.stdout);
  if (/"loggedIn": *false/.test(answer.output)) return undefined;
  throw failed(words, answer);
}

export async function listDatabases(): Promise<string[]> {
  return (await demandJson<{ name: string }[]>('d1', 'list', '--json')).map(({ name }) => name);
}

export const createDatabase = (name: string, location: string | undefined) =>
  demand(['d1', 'create', name, ...(location ? ['--location', location] : [])]);

/** @returns the migrations that were missing there. */
export async function applyMigrations(binding: string): Promise<string[]> {
  const output = await demand(['d1', 'migrations', 'apply', binding, '--remote']);
  return [...new Set([...output.matchAll(/\b(\d{4}_\w+)\.sql\b/g)].map(([, name = '']) => name))];
}

/** The names of the Worker's secrets: none where there is no Worker yet. */
export async function listSecrets(): Promise<string[]> {
  const words = ['secret', 'list', '--format', 'json'];
  const answer = await ask(words);
  if (answer.code === 0) return parse<{ name: string }[]>(words, answer.stdout).map(({ name }) => name);
  if (/Worker ".*" not found/.test(answer.stderr)) return [];
  throw failed(words, answer);
}

/** In one request, through a pipe: they stand in no command line. Makes the Worker, empty, where there is none. */
export const putSecrets = (values: Record<string, string>) =>
  demand(['secret', 'bulk'], { input: JSON.stringify(values) });

export async function listNamespaces(): Promise<{ id: string; title: string }[]> {
  return demandJson('kv', 'namespace', 'list');
}

/** The version that all requests get, as far as it matters here. */
export type Version = { tag: string | undefined; vars: Record<string, string>; bindings: string[] };

type VersionAnswer = {
  annotations?: Record<string, string>;
  resources: { bindings: { type: string; name: string; text?: string }[] };
};

/** Undefined where nothing is deployed, or two versions share the requests. */
export async function currentVersion(): Promise<Version | undefined> {
  const words = ['deployments', 'status', '--json'];
  const answer = await ask(words);
  if (answer.code !== 0) {
    if (/has no deployments|does not exist|not found|code: 10007/.test(answer.stderr)) return undefined;
    throw failed(words, answer);
  }
  const { versions } = parse<{ versions: { version_id: string; percentage: number }[] }>(words, answer.stdout);
  const [only] = versions;
  if (versions.length !== 1 || only === undefined) return undefined;
  const { annotations, resources } = await demandJson<VersionAnswer>('versions', 'view', only.version_id, '--json');
  const vars = resources.bindings.filter(({ type }) => type === 'plain_text');
  return {
    tag: annotations?.['workers/tag'],
    vars: Object.fromEntries(vars.map(({ name, text = '' }) => [name, text])),
    bindings: resources.bindings.map(({ name }) => name),
  };
}

/** Uploads what stands here. @returns what leads to it: host names, and the cron's times. */
export async function deployWorker(...options: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-deploy-'));
  const file = join(folder, 'output.jsonl');
  try {
    await demand(['deploy', ...options], { env: { WRANGLER_OUTPUT_FILE_PATH: file } });
    const entries = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return entries.find(({ type }) => type === 'deploy')?.targets ?? [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The domain, the address at workers.dev and the cron, as they stand here: for a Worker that itself is up to date. */
export const deployTriggers = () => demand(['triggers', 'deploy']);
