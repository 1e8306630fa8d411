/** The D1 databases of the account, their tables and migrations. */
import { askWrangler, parseAnswer, readFromWrangler, runWrangler, wranglerFailure } from './wrangler-command.ts';

/** The ids of the account's databases, by name. */
export async function listDatabases(): Promise<Map<string, string>> {
  const databases = await readFromWrangler<{ name: string; uuid: string }[]>('d1', 'list', '--json');
  return new Map(databases.map(({ name, uuid }) => [name, uuid]));
}

export const createDatabase = (name: string, location: string | undefined) =>
  runWrangler(['d1', 'create', name, ...(location ? ['--location', location] : [])]);

const TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'";
/** Tables that D1, SQLite and the migrations of wrangler keep for themselves. */
const IS_INTERNAL = /^(_cf_|sqlite_)/;

/** True where the database of this binding has tables. */
export async function hasTables(binding: string): Promise<boolean> {
  const args = ['d1', 'execute', binding, '--remote', '--json', '--command', TABLES];
  const answers = await readFromWrangler<{ results: { name: string }[] }[]>(...args);
  return answers.some(({ results }) => results.some(({ name }) => !IS_INTERNAL.test(name)));
}

const SHARDS = 'SELECT name FROM shards WHERE removed_at IS NULL ORDER BY name';

/** The names of the shards that exist, as DB has them: bound or not. */
export async function listShardDatabases(): Promise<string[]> {
  const answers = await readFromWrangler<{ results: { name: string }[] }[]>(
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
  const answer = await askWrangler(args);
  // A server of before has no such table.
  if (answer.code !== 0 && /no such table: secret_fingerprints/.test(answer.output)) return new Map();
  if (answer.code !== 0) throw wranglerFailure(args, answer);
  const answers = parseAnswer<{ results: { name: string; fingerprint: string }[] }[]>(args, answer.stdout);
  return new Map(
    answers.flatMap(({ results }) => results.map(({ name, fingerprint }) => [name, fingerprint] as const)),
  );
}

/** @returns the migrations that were missing there. */
export async function applyMigrations(binding: string): Promise<string[]> {
  const output = await runWrangler(['d1', 'migrations', 'apply', binding, '--remote']);
  return [...new Set([...output.matchAll(/\b(\d{4}_\w+)\.sql\b/g)].map(([, name = '']) => name))];
}
