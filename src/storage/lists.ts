/** What an administrator lists: each list with the orders and the filters that an index answers, and no other. */
import { and, eq, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { GrantId, PersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { isGood } from './api-keys.ts';
import { type Databases, FIRST_SHARD } from './database.ts';
import { beginning, type Cursor, type Order, type Page, readPage, type Wanted } from './page.ts';
import {
  apiKeys,
  auditEvents,
  clients,
  connections,
  deviceCodes,
  grants,
  people,
  personIdentities,
  sessions,
  tokens,
} from './schema/index.ts';
import { grantEnds, sessionEnds } from './standing.ts';

export type Asked = { after: Cursor | undefined; most: number };

/** What each list is sorted by; the first where nothing is asked for. Each has an index. */
export const CLIENT_SORTS = {
  created: clients.createdAt,
  name: clients.searchName,
  address: clients.searchAddress,
} as const;
export const PERSON_SORTS = { created: people.createdAt, email: people.email, name: people.searchName } as const;
export const TOKEN_SORTS = { ends: tokens.expiresAt } as const;
export const GRANT_SORTS = { since: grants.createdAt } as const;
export const SESSION_SORTS = { signed_in: sessions.authTime } as const;
export const EVENT_SORTS = { at: auditEvents.at } as const;
export const DEVICE_SORTS = { ends: deviceCodes.expiresAt } as const;
export const KEY_SORTS = { created: apiKeys.createdAt } as const;
export const CONNECTION_SORTS = { created: connections.createdAt } as const;
export const IDENTITY_SORTS = { created: personIdentities.createdAt } as const;

/** The order of those lists where nobody chooses. */
export const OLDEST_FIRST = { sort: 'created', descending: false } as const;

/** In which order. */
export type By<Sorts> = { sort: keyof Sorts & string; descending: boolean };

type Optional<Fields extends string> = { [Field in Fields]?: string | undefined };

const orderOf = <Sorts extends Record<string, Order['by']>>(sorts: Sorts, { sort, descending }: By<Sorts>): Order => ({
  by: sorts[sort] as Order['by'],
  descending,
});

export type ClientQuery = By<typeof CLIENT_SORTS> & Optional<'name' | 'address'>;

/** A search is sorted by what it looks at: by the name, or by the address. */
export function listClients(databases: Databases, query: ClientQuery, asked: Asked) {
  const sort = query.name !== undefined ? 'name' : query.address !== undefined ? 'address' : query.sort;
  const range = rangeOf(query.name ?? query.address);
  return inDb(databases, clients, orderOf(CLIENT_SORTS, { ...query, sort }), { range }, asked);
}

export type PersonQuery = By<typeof PERSON_SORTS> & Optional<'name' | 'email'>;

/** A search is sorted by what it looks at: by the name, or by the e-mail address. */
export function listPeople(databases: Databases, query: PersonQuery, asked: Asked) {
  const sort = query.name !== undefined ? 'name' : query.email !== undefined ? 'email' : query.sort;
  const range = rangeOf(query.name ?? query.email);
  return inDb(databases, people, orderOf(PERSON_SORTS, { ...query, sort }), { range }, asked);
}

const rangeOf = (text: string | undefined) => (text === undefined ? undefined : beginning(text));

export type TokenQuery = By<typeof TOKEN_SORTS> & Optional<'client' | 'person' | 'grant'>;

/**
 * The access tokens that have not expired, by when they do: an index that leaves the expired out. At most one of
 * client, person and grant.
 */
export function listTokens(databases: Databases, query: TokenQuery, now: number, asked: Asked) {
  const where = and(
    equal(tokens.clientId, query.client),
    equal(tokens.personId, query.person as PersonId | undefined),
    equal(tokens.grantId, query.grant as GrantId | undefined),
  );
  return everywhere(databases, tokens, orderOf(TOKEN_SORTS, query), { where, range: { from: now + 1 } }, asked);
}

export type GrantQuery = By<typeof GRANT_SORTS> & Optional<'client' | 'person'>;

/** The grants on record, those that are over among them: `over` says which, and why. */
export async function listGrants(
  databases: Databases,
  query: GrantQuery,
  now: number,
  settings: Settings,
  asked: Asked,
) {
  const where = and(equal(grants.clientId, query.client), equal(grants.personId, query.person as PersonId | undefined));
  const page = await everywhere(databases, grants, orderOf(GRANT_SORTS, query), { where }, asked);
  return { ...page, over: await grantEnds(databases, page.rows, now, settings) };
}

export type SessionQuery = By<typeof SESSION_SORTS> & Optional<'person'>;

/** The sessions on record, those that are over among them: `over` says which, and why. */
export async function listSessions(
  databases: Databases,
  query: SessionQuery,
  now: number,
  settings: Settings,
  asked: Asked,
) {
  const where = equal(sessions.personId, query.person as PersonId | undefined);
  const page = await everywhere(databases, sessions, orderOf(SESSION_SORTS, query), { where }, asked);
  return { ...page, over: await sessionEnds(databases, page.rows, now, settings) };
}

export type EventQuery = By<typeof EVENT_SORTS> &
  Optional<'subject' | 'actor' | 'type'> & { since?: number | undefined; until?: number | undefined };

/** What happened, from `since` on and before `until`. At most one of subject, actor and type. */
export function listEvents(databases: Databases, query: EventQuery, asked: Asked) {
  const where = and(
    equal(auditEvents.subject, query.subject),
    equal(auditEvents.actor, query.actor),
    equal(auditEvents.type, query.type),
  );
  const range = { from: query.since, below: query.until };
  return everywhere(databases, auditEvents, orderOf(EVENT_SORTS, query), { where, range }, asked);
}

/** Devices whose codes have not ended. */
export function listDeviceCodes(databases: Databases, query: By<typeof DEVICE_SORTS>, now: number, asked: Asked) {
  return everywhere(databases, deviceCodes, orderOf(DEVICE_SORTS, query), { range: { from: now + 1 } }, asked);
}

export type KeyQuery = By<typeof KEY_SORTS> & Optional<'person'>;

/** API keys that are good. Those that are not are few: they are swept. */
export function listKeys(databases: Databases, query: KeyQuery, now: number, asked: Asked) {
  const where = and(equal(apiKeys.personId, query.person as PersonId | undefined), isGood(now));
  return inDb(databases, apiKeys, orderOf(KEY_SORTS, query), { where }, asked);
}

export type ConnectionQuery = By<typeof CONNECTION_SORTS> & Optional<'app' | 'person'>;

/** What is connected. */
export function listConnections(databases: Databases, query: ConnectionQuery, asked: Asked) {
  const where = and(
    equal(connections.appId, query.app),
    equal(connections.personId, query.person as PersonId | '' | undefined),
  );
  return inDb(databases, connections, orderOf(CONNECTION_SORTS, query), { where }, asked);
}

export type IdentityQuery = By<typeof IDENTITY_SORTS> & Optional<'login' | 'person'>;

/** Accounts elsewhere that sign people in. At most one of login and person. */
export function listIdentities(databases: Databases, query: IdentityQuery, asked: Asked) {
  const where = and(
    equal(personIdentities.loginId, query.login),
    equal(personIdentities.personId, query.person as PersonId | undefined),
  );
  return inDb(databases, personIdentities, orderOf(IDENTITY_SORTS, query), { where }, asked);
}

const equal = <Column extends SQLiteColumn>(column: Column, value: Column['_']['data'] | undefined): SQL | undefined =>
  value === undefined ? undefined : eq(column, value);

type Read = <T extends SQLiteTable>(
  databases: Databases,
  table: T,
  order: Order,
  narrowed: Pick<Wanted, 'where' | 'range'>,
  asked: Asked,
) => Promise<Page<T['$inferSelect']>>;

const inDb: Read = (databases, table, order, narrowed, asked) =>
  readPage(databases, [FIRST_SHARD], table, { order, ...narrowed, ...asked });

const everywhere: Read = (databases, table, order, narrowed, asked) =>
  readPage(databases, databases.shardNames, table, { order, ...narrowed, ...asked });
