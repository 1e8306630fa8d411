/** The record of a client: its definition with its operations. */
import { type Client, clientHost, clientNameOf } from '../../authorization-server/clients/client.ts';
import { requestedPage } from '../../http/api/cursor.ts';
import type { Deps } from '../../http/context.ts';
import { authMethodOf } from '../../protocol/authentication-method.ts';
import { deleteClient } from '../../storage/clients/client-changes.ts';
import type { ClientRow } from '../../storage/clients/clients.ts';
import { clientIsUnchanged } from '../../storage/database/precondition.ts';
import { CLIENT_SORTS, listClients } from '../../storage/server/lists.ts';
import { listProblems } from '../../storage/server/problem-records.ts';
import { searchClients } from '../../storage/server/search.ts';
import { listGrants } from '../../storage/server/shard-lists.ts';
import { administeredOf } from '../client-columns.ts';
import { time } from '../query-parameters.ts';
import { CLIENT } from '../records/client-record.ts';
import { rotateSecret } from './client-secret.ts';
import { createClientRecord, requireClient, updateClient } from './clients.ts';
import { bindRecord } from './record.ts';
import { requireSort, written } from './record-page.ts';
import { revokeAllCredentials } from './user-access.ts';

/** More grants are not counted. */
const COUNTED = 100;

/** The grants that end with the client: how many, of how many users. */
async function grantsOf({ databases, moment, settings }: Deps, client: string) {
  const query = { client, sort: 'since', descending: true } as const;
  const page = await listGrants(databases, query, moment.now, await settings(), { after: undefined, most: COUNTED });
  const active = page.rows.filter(({ id }) => !page.endReasons.has(id));
  const users = new Set(active.map((grant) => grant.userId)).size;
  return { grants: active.length, users, more: page.next !== undefined };
}

/** The metadata names the authentication method, also where none was registered. */
const show = (client: ClientRow) => ({
  client_id: client.id,
  origin: client.origin,
  metadata: { ...client.metadata, token_endpoint_auth_method: authMethodOf(client.metadata) },
  ...administeredOf(client),
  created_at: time(client.createdAt),
  last_used_at: time(client.lastUsedAt),
  approval_requested_at: client.approvalRequestedAt === null ? null : time(client.approvalRequestedAt),
  disabled: client.disabledAt !== null,
});

export const CLIENTS = bindRecord(CLIENT, {
  find: requireClient,
  show,
  // As it was registered: no method where none was.
  fields: (client) => ({ ...client.metadata, ...administeredOf(client) }),
  // The name of a document's client is a self-asserted claim: the host follows it.
  nameOf: (client) =>
    client.origin === 'document' ? `${clientNameOf(client)} (${clientHost(client.id)})` : clientNameOf(client),
  async list({ databases, moment }, { sort, descending, filters, ...page }) {
    const by = { sort: requireSort(CLIENT_SORTS, sort), descending };
    const search = { name: filters.name_begins, address: filters.address_begins };
    const wanted = requestedPage(databases, page);
    const found =
      filters.search === undefined
        ? await listClients(databases, { ...by, ...search }, wanted)
        : { rows: await searchClients(databases, filters.search, wanted.most), next: undefined };
    return written({ ...found, rows: found.rows.map((row): Client => ({ ...row, readAt: moment.now })) });
  },
  sorts: CLIENT_SORTS,
  precondition: async (deps, id) => clientIsUnchanged(await requireClient(deps, id)),
  create: createClientRecord,
  change: updateClient,
  actions: {
    async 'rotate-secret'(acting, client: Client, { overlap_hours }) {
      const { secret, oldGoodUntil } = await rotateSecret(acting, client, overlap_hours);
      return {
        client_id: client.id,
        client_secret: secret,
        old_secret_good_until: oldGoodUntil === undefined ? undefined : time(oldGoodUntil),
      };
    },
    revoke: ({ deps, actor }, { id }) => revokeAllCredentials(deps, actor, { client: id, user: undefined }),
    delete: ({ deps: { databases, moment }, actor }, { id }) => deleteClient(databases, moment, actor, id),
  },
  ends: {
    'rotate-secret': async ({ settings }) => ({ hours: (await settings()).secret_overlap_hours }),
    refuse: grantsOf,
    disable: grantsOf,
    revoke: grantsOf,
    delete: grantsOf,
  },
  views: {
    // Loaded when it is first needed.
    async timeline({ deps }, client, { user }) {
      const { clientTimeline } = await import('./client-timeline.ts');
      return clientTimeline(deps, client, user);
    },
    async problems({ deps: { databases, moment } }, { id }) {
      const problems = await listProblems(databases, id, moment.now);
      return {
        problems: problems.map(({ error, reason, redirectUri, count, firstSeenAt, lastSeenAt }) => ({
          error,
          reason,
          redirect_uri: redirectUri === '' ? null : redirectUri,
          count,
          first_seen: time(firstSeenAt),
          last_seen: time(lastSeenAt),
        })),
      };
    },
  },
});
