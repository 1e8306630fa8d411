/** Lists for administrators, each with only the orders and filters that an index serves. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { UserId } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Databases } from '../database/database.ts';
import {
  type Cursor,
  type ListPage,
  type Order,
  type PageRequest,
  prefixRange,
  readPage,
} from '../database/list-page.ts';
import { FIRST_SHARD } from '../database/shard-names.ts';
import { isActive } from '../grants/grants.ts';
import { readGrantEndReasons, readRevokedTokens, readSessionEndReasons } from '../grants/record-status.ts';
import {
  apiKeys,
  auditEvents,
  clients,
  connections,
  deviceCodes,
  grants,
  sessions,
  tokens,
  userIdentities,
  users,
} from '../schema/index.ts';
import { isActiveKey } from '../users/api-keys.ts';

export type ListRequest = { after: Cursor | undefined; most: number };

/** Sort keys of each list, the default first. Each has an index. */
export const CLIENT_SORTS = {
  created: clients.createdAt,
  name: clients.searchName,
  address: clients.searchAddress,
} as const;
export const USER_SORTS = { created: users.createdAt, email: users.email, name: users.searchName } as const;
export const TOKEN_SORTS = { ends: tokens.expiresAt } as const;
export const GRANT_SORTS = { since: grants.createdAt } as const;
export const SESSION_SORTS = { signed_in: sessions.signedInAt } as const;
export const EVENT_SORTS = { at: auditEvents.at } as const;
export const DEVICE_SORTS = { ends: deviceCodes.expiresAt } as const;
export const KEY_SORTS = { created: apiKeys.createdAt } as const;
export const CONNECTION_SORTS = { created: connections.createdAt } as const;
export const IDENTITY_SORTS = { created: userIdentities.createdAt } as const;

/** The default order of the lists sorted by creation. */
export const OLDEST_FIRST = { sort: 'created', descending: false } as const;

/** Sort key and direction. */
export type ListOrder<Sorts> = { sort: keyof Sorts & string; descending: boolean };

type Optional<Fields extends string> = { [Field in Fields]?: string | undefined };

const orderOf = <Sorts extends Record<string, Order['by']>>(
  sorts: Sorts,
  { sort, descending }: ListOrder<Sorts>,
): Order => ({
  by: sorts[sort] as Order['by'],
  descending,
});

export type ClientQuery = ListOrder<typeof CLIENT_SORTS> & Optional<'name' | 'address'>;

/** A search is sorted by its own key: name or address. */
export function listClients(databases: Databases, query: ClientQuery, asked: ListRequest) {
  const sort = query.name !== undefined ? 'name' : query.address !== undefined ? 'address' : query.sort;
  const range = rangeOf(query.name ?? query.address);
  return readFromGlobal(databases, clients, orderOf(CLIENT_SORTS, { ...query, sort }), { range }, asked);
}

export type UserQuery = ListOrder<typeof USER_SORTS> & Optional<'name' | 'email'>;

/** A search is sorted by its own key: name or e-mail address. */
export function listUsers(databases: Databases, query: UserQuery, asked: ListRequest) {
  const sort = query.name !== undefined ? 'name' : query.email !== undefined ? 'email' : query.sort;
  const range = rangeOf(query.name ?? query.email);
  return readFromGlobal(databases, users, orderOf(USER_SORTS, { ...query, sort }), { range }, asked);
}

const rangeOf = (text: string | undefined) => (text === undefined ? undefined : prefixRange(text));

export type TokenQuery = ListOrder<typeof TOKEN_SORTS> & Optional<'client' | 'user' | 'grant'>;

/**
 * Unexpired access tokens by expiry, whose index omits the expired ones. At most one of client, user and grant.
 * `revoked` contains those that are invalid all the same.
 */
export async function listTokens(databases: Databases, query: TokenQuery, now: number, asked: ListRequest) {
  const where = and(
    equal(tokens.clientId, query.client),
    equal(tokens.userId, query.user),
    equal(tokens.grantId, query.grant),
  );
  const range = { from: now + 1 };
  const page = await readFromShards(databases, tokens, orderOf(TOKEN_SORTS, query), { where, range }, asked);
  return { ...page, revoked: await readRevokedTokens(databases, page.rows) };
}

export type GrantQuery = ListOrder<typeof GRANT_SORTS> & Optional<'client' | 'user'>;

/** Grants, ended ones included; `endReasons` has the reason of each end. */
export async function listGrants(
  databases: Databases,
  query: GrantQuery,
  now: number,
  settings: Settings,
  asked: ListRequest,
) {
  const where = and(equal(grants.clientId, query.client), equal(grants.userId, query.user));
  const page = await readFromShards(databases, grants, orderOf(GRANT_SORTS, query), { where }, asked);
  return { ...page, endReasons: await readGrantEndReasons(databases, page.rows, now, settings) };
}

/** Active grants of a user, latest first. */
export function listActiveGrantsOf(
  databases: Databases,
  user: UserId,
  now: number,
  settings: Settings,
  asked: ListRequest,
) {
  const where = and(eq(grants.userId, user), isActive(now, settings));
  return readFromShards(databases, grants, { by: grants.createdAt, descending: true }, { where }, asked);
}

export type SessionQuery = ListOrder<typeof SESSION_SORTS> & Optional<'user'>;

/** Sessions, ended ones included; `endReasons` has the reason of each end. */
export async function listSessions(
  databases: Databases,
  query: SessionQuery,
  now: number,
  settings: Settings,
  asked: ListRequest,
) {
  const where = equal(sessions.userId, query.user);
  const page = await readFromShards(databases, sessions, orderOf(SESSION_SORTS, query), { where }, asked);
  return { ...page, endReasons: await readSessionEndReasons(databases, page.rows, now, settings) };
}

export type EventQuery = ListOrder<typeof EVENT_SORTS> &
  Optional<'subject' | 'actor' | 'type'> & { since?: number | undefined; until?: number | undefined };

/** Audit events from `since` (inclusive) to `until` (exclusive). At most one of subject, actor and type. */
export function listEvents(databases: Databases, query: EventQuery, asked: ListRequest) {
  const where = and(
    equal(auditEvents.subject, query.subject),
    equal(auditEvents.actor, query.actor),
    equal(auditEvents.type, query.type),
  );
  const range = { from: query.since, below: query.until };
  return readFromShards(databases, auditEvents, orderOf(EVENT_SORTS, query), { where, range }, asked);
}

/** Devices whose codes have not expired. */
export function listDeviceCodes(
  databases: Databases,
  query: ListOrder<typeof DEVICE_SORTS>,
  now: number,
  asked: ListRequest,
) {
  return readFromShards(databases, deviceCodes, orderOf(DEVICE_SORTS, query), { range: { from: now + 1 } }, asked);
}

export type KeyQuery = ListOrder<typeof KEY_SORTS> & Optional<'user'>;

/** Valid API keys. Invalid ones are few, because they are swept. */
export function listKeys(databases: Databases, query: KeyQuery, now: number, asked: ListRequest) {
  const where = and(equal(apiKeys.userId, query.user), isActiveKey(now));
  return readFromGlobal(databases, apiKeys, orderOf(KEY_SORTS, query), { where }, asked);
}

export type ConnectionQuery = ListOrder<typeof CONNECTION_SORTS> & Optional<'app' | 'user'>;

/** Connections of users to connected apps. */
export function listConnections(databases: Databases, query: ConnectionQuery, asked: ListRequest) {
  const where = and(equal(connections.appId, query.app), equal(connections.userId, query.user));
  return readFromGlobal(databases, connections, orderOf(CONNECTION_SORTS, query), { where }, asked);
}

export type IdentityQuery = ListOrder<typeof IDENTITY_SORTS> & Optional<'login' | 'user'>;

/** Linked accounts at identity providers. At most one of login and user. */
export function listIdentities(databases: Databases, query: IdentityQuery, asked: ListRequest) {
  const where = and(equal(userIdentities.loginId, query.login), equal(userIdentities.userId, query.user));
  return readFromGlobal(databases, userIdentities, orderOf(IDENTITY_SORTS, query), { where }, asked);
}

/** A condition on a column of text, such as an id, which a query of any form is compared with. */
const equal = (column: SQLiteColumn, value: string | undefined): SQL | undefined =>
  value === undefined ? undefined : sql`${column} = ${value}`;

type Read = <T extends SQLiteTable>(
  databases: Databases,
  table: T,
  order: Order,
  narrowed: Pick<PageRequest, 'where' | 'range'>,
  asked: ListRequest,
) => Promise<ListPage<T['$inferSelect']>>;

const readFromGlobal: Read = (databases, table, order, narrowed, asked) =>
  readPage(databases, [FIRST_SHARD], table, { order, ...narrowed, ...asked });

const readFromShards: Read = async (databases, table, order, narrowed, asked) => {
  const [page, missing] = await Promise.all([
    readPage(databases, databases.shardNames, table, { order, ...narrowed, ...asked }),
    databases.unboundShards(),
  ]);
  return { ...page, unreachable: [...page.unreachable, ...missing] };
};
