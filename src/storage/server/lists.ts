/** Lists for administrators of the records in `DB`, each with only the orders and filters that an index serves. */
import { and } from 'drizzle-orm';
import type { Databases } from '../database/database.ts';
import { prefixRange } from '../database/list-page.ts';
import { apiKeys, clients, connections, userIdentities, users } from '../schema/index.ts';
import { isActiveKey } from '../users/api-keys.ts';
import { equal, type ListOrder, type ListRequest, type Optional, orderOf, readFromGlobal } from './list-query.ts';

/** Sort keys of each list, the default first. Each has an index. */
export const CLIENT_SORTS = {
  created: clients.createdAt,
  name: clients.searchName,
  address: clients.searchAddress,
} as const;

export const USER_SORTS = { created: users.createdAt, email: users.email, name: users.searchName } as const;

export const KEY_SORTS = { created: apiKeys.createdAt } as const;

export const CONNECTION_SORTS = { created: connections.createdAt } as const;

export const IDENTITY_SORTS = { created: userIdentities.createdAt } as const;

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
