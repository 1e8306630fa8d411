/** Sends a planned import in batches, or asks what it would do. Sent again, it changes nothing. */

import { SERVER_SCOPES } from '../../../src/protocol/scope.ts';
import { DEFAULT_SETTINGS } from '../../../src/protocol/settings.ts';
import { Failure } from '../../failure.ts';
import type { Api } from '../command.ts';
import type { ImportPlan } from './plan.ts';

type Outcome = { source_name: string; outcome: 'imported' | 'exists' | 'refused'; reason?: string };
export type Sent = { kind: string; outcomes: Outcome[] };

/** Requests have bodies of at most 64 KiB. */
const MAX_BYTES = 56 * 1024;

/** Records of a request: one of the few statements for all users, several statements for each of the others. */
const MOST = { users: 200, clients: 5, 'api-keys': 10, identities: 8, connections: 8 } as const;

/** Reports how far the import is, on a line of its own. */
export type Progress = (text: string) => void;

/** @throws Failure where the server refuses a request, or does not answer: run again, the import goes on. */
export async function sendImport(api: Api, plan: ImportPlan, dry: boolean, progress: Progress): Promise<Sent[]> {
  const send = async (path: keyof typeof MOST, member: string, records: readonly object[]): Promise<Outcome[]> => {
    const all: Outcome[] = [];
    for (const batch of batchesOf(records, MOST[path])) {
      const body = { source: plan.source, dry_run: dry, [member]: batch };
      const { outcomes } = await api<{ outcomes: Outcome[] }>('POST', `/imports/${path}`, body).catch(explain);
      all.push(...outcomes);
      progress(`${path}: ${all.length} of ${records.length}`);
    }
    return all;
  };
  return [
    { kind: 'setting', outcomes: await sendSettings(api, plan, dry) },
    { kind: 'user', outcomes: await send('users', 'users', plan.users) },
    { kind: 'client', outcomes: await send('clients', 'clients', plan.clients) },
    { kind: 'API key', outcomes: await send('api-keys', 'api_keys', plan.apiKeys) },
    { kind: 'social login', outcomes: await sendRecords(api, '/social-logins', plan.socialLogins, dry) },
    { kind: 'linked account', outcomes: await send('identities', 'identities', plan.identities) },
    { kind: 'connected app', outcomes: await sendRecords(api, '/connected-apps', plan.connectedApps, dry) },
    { kind: 'connection', outcomes: await send('connections', 'connections', plan.connections) },
  ];
}

/** Creates records of the admin API that have ids; one that exists is not changed, one that is refused has the reason. */
async function sendRecords(
  api: Api,
  path: string,
  records: readonly { id: string }[],
  dry: boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const record of records) {
    const outcome = await api('GET', `${path}/${record.id}`).then(
      () => ({ outcome: 'exists' as const }),
      async (error: unknown) => {
        if (statusIn(error) !== 404) return explain(error);
        return dry ? { outcome: 'imported' as const } : create(api, path, record);
      },
    );
    outcomes.push({ source_name: record.id, ...outcome });
  }
  return outcomes;
}

const create = (api: Api, path: string, record: object): Promise<Omit<Outcome, 'source_name'>> =>
  api('POST', path, record).then(
    () => ({ outcome: 'imported' as const }),
    (error: unknown) => {
      if (statusIn(error) !== 400) return explain(error);
      return { outcome: 'refused' as const, reason: (error as Failure).message };
    },
  );

/** The status in the sentence of a refused request. */
const statusIn = (error: unknown): number =>
  error instanceof Failure ? Number(/^The server refused \((\d+)\)/.exec(error.message)?.[1]) : Number.NaN;

function explain(error: unknown): never {
  if (!(error instanceof Failure)) throw error;
  throw new Failure(`${error.message}\nWhat was imported stays: run the same command again, and it goes on.`);
}

function* batchesOf<Entry>(records: readonly Entry[], most: number): Generator<Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (batch.length > 0 && (batch.length >= most || bytes + size > MAX_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

type Setting = { name: string; value: unknown };

/** A setting that has another value than its default stays; scopes and iterations are added to. */
async function sendSettings(api: Api, plan: ImportPlan, dry: boolean): Promise<Outcome[]> {
  const { settings } = await api<{ settings: Setting[] }>('GET', '/settings');
  const now = new Map(settings.map(({ name, value }) => [name, value]));
  const wanted = new Map(plan.settings);
  const iterations = Number(now.get('imported_password_iterations'));
  const outcomes: Outcome[] = [];
  const put = async (name: string, value: unknown) => {
    if (!dry) await api('PUT', `/settings/${name}`, { value }).catch(explain);
    outcomes.push({ source_name: name, outcome: 'imported' });
  };
  if (plan.iterations > iterations) await put('imported_password_iterations', plan.iterations);
  const scopes = withScopes(String(now.get('scopes_supported')), plan.scopes);
  if (scopes !== now.get('scopes_supported')) await put('scopes_supported', scopes);
  for (const [name, value] of wanted) {
    if (now.get(name) === value) continue;
    const isDefault = now.get(name) === DEFAULT_SETTINGS[name as keyof typeof DEFAULT_SETTINGS];
    if (isDefault) await put(name, value);
    else outcomes.push({ source_name: name, outcome: 'exists', reason: 'it has another value here, which stays' });
  }
  return outcomes;
}

/** The setting with a line for each scope that it lacks. */
function withScopes(lines: string, scopes: readonly string[]): string {
  const known = [
    ...lines.split('\n').map((line) => line.trim().split(/\s/, 1)[0]),
    ...SERVER_SCOPES.map(({ name }) => name),
  ];
  const missing = scopes.filter((scope) => scope !== '' && !known.includes(scope));
  return [...lines.split('\n').filter((line) => line.trim() !== ''), ...missing].join('\n');
}
