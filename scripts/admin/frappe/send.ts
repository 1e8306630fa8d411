/** Sends a planned import in batches, or asks what it would do. Sent again, it changes nothing. */

import { parseSettingValue } from '../../../src/admin/records/setting.ts';
import { SERVER_SCOPES } from '../../../src/protocol/scope.ts';
import { DEFAULT_SETTINGS, type SettingName } from '../../../src/protocol/settings.ts';
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
  const settings = await sendSettings(api, plan, dry);
  const users = await send('users', 'users', plan.users);
  const clients = await send('clients', 'clients', plan.clients);
  const apiKeys = await send('api-keys', 'api_keys', plan.apiKeys);
  const logins = await sendRecords(api, '/social-logins', plan.socialLogins, dry);
  const linked = withoutRefused(plan.identities, logins, ({ login }) => login);
  const identities = await send('identities', 'identities', linked.records);
  const apps = await sendRecords(api, '/connected-apps', plan.connectedApps, dry);
  const connected = withoutRefused(plan.connections, apps, ({ app }) => app);
  const connections = await send('connections', 'connections', connected.records);
  return [
    { kind: 'setting', outcomes: settings },
    { kind: 'user', outcomes: users },
    { kind: 'client', outcomes: clients },
    { kind: 'API key', outcomes: apiKeys },
    { kind: 'social login', outcomes: logins },
    { kind: 'linked account', outcomes: [...identities, ...linked.refused] },
    { kind: 'connected app', outcomes: apps },
    { kind: 'connection', outcomes: [...connections, ...connected.refused] },
  ];
}

/** Records of users, but for those of a provider that was refused: another record may have its id here. */
function withoutRefused<Entry extends { user: string }>(
  records: readonly Entry[],
  providers: readonly Outcome[],
  providerOf: (record: Entry) => string,
): { records: Entry[]; refused: Outcome[] } {
  const refused = new Set(providers.filter(({ outcome }) => outcome === 'refused').map((one) => one.source_name));
  const reasonOf = (id: string) => `${id} was refused`;
  return {
    records: records.filter((record) => !refused.has(providerOf(record))),
    refused: records
      .filter((record) => refused.has(providerOf(record)))
      .map((record) => ({ source_name: record.user, outcome: 'refused', reason: reasonOf(providerOf(record)) })),
  };
}

type ProviderRecord = { id: string; client_id?: string | undefined };

/**
 * Creates records of the admin API that have ids. One that exists is not changed; one with another client id at the provider
 * is another one, to which nothing of the site belongs.
 */
async function sendRecords(
  api: Api,
  path: string,
  records: readonly ProviderRecord[],
  dry: boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const record of records) {
    const outcome = await api<{ client_id: string | null }>('GET', `${path}/${record.id}`).then(
      (found) => (found.client_id === record.client_id ? { outcome: 'exists' as const } : OTHER_RECORD),
      async (error: unknown) => {
        if (statusIn(error) !== 404) return explain(error);
        return dry ? { outcome: 'imported' as const } : create(api, path, record);
      },
    );
    outcomes.push({ source_name: record.id, ...outcome });
  }
  return outcomes;
}

const OTHER_RECORD = { outcome: 'refused' as const, reason: 'another one has this id here, with another client id' };

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
  const put = async (name: SettingName, value: unknown) => {
    const parsed = parseSettingValue(name, value);
    if (!parsed.success) {
      outcomes.push({ source_name: name, outcome: 'refused', reason: parsed.error.issues[0]?.message ?? '' });
      return;
    }
    if (!dry) await api('PUT', `/settings/${name}`, { value }).catch(explain);
    outcomes.push({ source_name: name, outcome: 'imported' });
  };
  if (plan.iterations > iterations) await put('imported_password_iterations', plan.iterations);
  const scopes = withScopes(String(now.get('scopes_supported')), plan.scopes);
  if (scopes !== now.get('scopes_supported')) await put('scopes_supported', scopes);
  for (const [name, value] of wanted) {
    if (now.get(name) === value) continue;
    const isDefault = now.get(name) === DEFAULT_SETTINGS[name];
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
