/** Sends a planned import in batches, or asks what it would do. Sent again, it changes nothing. */
import type { Failure } from '../../failure.ts';
import type { Api } from '../command.ts';
import type { ImportPlan } from './plan.ts';
import { explain, type Outcome, statusIn } from './refusals.ts';
import { sendSettings } from './send-settings.ts';

export type ImportedKind = { kind: string; outcomes: Outcome[] };

/** Requests have bodies of at most 64 KiB. */
const MAX_BYTES = 56 * 1024;

/** Records of a request: one of the few statements for all users, several statements for each of the others. */
const MOST = { users: 200, clients: 5, 'api-keys': 10, identities: 8, connections: 8 } as const;

/** Reports how far the import is, on a line of its own. */
export type Progress = (text: string) => void;

/** @throws Failure where the server refuses a request, or does not answer: run again, the import goes on. */
export async function sendImport(
  api: Api,
  plan: ImportPlan,
  dry: boolean,
  progress: Progress,
): Promise<ImportedKind[]> {
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
