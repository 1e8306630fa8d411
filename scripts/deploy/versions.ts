/** The versions of the Worker and their secrets: those that run, and new ones. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askWrangler, parseAnswer, readFromWrangler, runWrangler, wranglerFailure } from './wrangler-command.ts';

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
  const answer = await askWrangler(args);
  if (answer.code !== 0) {
    if (/has no deployments|does not exist|not found|code: 10007/.test(answer.stderr)) return [];
    throw wranglerFailure(args, answer);
  }
  const { versions } = parseAnswer<{ versions: { version_id: string; percentage: number }[] }>(args, answer.stdout);
  const found: Version[] = [];
  for (const { version_id, percentage } of versions) found.push(await viewVersion(version_id, percentage));
  return found;
}

async function viewVersion(id: string, percentage: number): Promise<Version> {
  const { annotations, resources } = await readFromWrangler<VersionAnswer>('versions', 'view', id, '--json');
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
  const deployments = await readFromWrangler<Deployment[]>('deployments', 'list', '--json');
  const inOrder = deployments.toSorted((a, b) => a.created_on.localeCompare(b.created_on));
  return inOrder[0]?.versions[0]?.version_id;
}

/** Gives all requests to a version that was uploaded before. */
export const deployVersion = (id: string) => runWrangler(['versions', 'deploy', `${id}@100%`, '--yes']);

type Uploaded = { versionId: string | undefined };

/** Uploads what is in this folder, together with secrets, as one version. */
export async function uploadWorker(options: string[], secrets: Record<string, string>): Promise<Uploaded> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-deploy-'));
  const output = join(folder, 'output.jsonl');
  const secretsFile = join(folder, 'secrets.json');
  try {
    const args = ['deploy', ...options];
    if (Object.keys(secrets).length > 0) {
      writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
      args.push('--secrets-file', secretsFile);
    }
    await runWrangler(args, { env: { WRANGLER_OUTPUT_FILE_PATH: output } });
    const entries = readFileSync(output, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return { versionId: entries.find(({ type }) => type === 'deploy')?.version_id };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The names of the Worker's secrets: none where there is no Worker yet. */
export async function listSecrets(): Promise<string[]> {
  const args = ['secret', 'list', '--format', 'json'];
  const answer = await askWrangler(args);
  if (answer.code === 0) return parseAnswer<{ name: string }[]>(args, answer.stdout).map(({ name }) => name);
  if (/Worker ".*" not found/.test(answer.stderr)) return [];
  throw wranglerFailure(args, answer);
}

/** Puts one secret, through a pipe: the value stands in no command line. */
export const putSecret = (name: string, value: string) => runWrangler(['secret', 'put', name], { input: value });
