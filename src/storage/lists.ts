/** What an administrator lists: each list with the orders and the filters that an index answers, and no other. */
import { and, eq, gt, gte, lt, type SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { GrantId, PersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { isGood } from './api-keys.ts';
import { type Databases, FIRST_SHARD } from './database.ts';
import { begins, type Cursor, type Order, type Page, readPage } from './page.ts';
import {
  apiKeys,
  auditEvents,
  clients,
  connections,
  deviceCodes,
  grants,
  people,
  sessions,
  tokens,
} from './schema/index.ts';
import { grantEnds, sessionEnds } from './standing.ts';

export type Asked = { after: Cursor | undefined; most: number };

const up = (by: Order['by']): Order => ({ by, descending: false });
const down = (by: Order['by']): Order => ({ by, descending: true });

/** The order that each name stands for; the first is the one where none is asked for. */
export const CLIENT_ORDERS = {
  oldest: up(clients.createdAt),
  newest: down(clients.createdAt),
  name: up(clients.searchName),
  address: up(clients.searchAddress),
};
export const PERSON_ORDERS = {
  oldest: up(people.createdAt),
  newest: down(people.createdAt),
  name: up(people.searchName),
  email: up(people.email),
};
export const TOKEN_ORDERS = { 'ends-last': down(tokens.expiresAt), 'ends-first': up(tokens.expiresAt) };
export const GRANT_ORDERS = { newest: down(grants.createdAt), oldest: up(grants.createdAt) };
export const SESSION_ORDERS = { newest: down(sessions.authTime), oldest: up(sessions.authTime) };
export const EVENT_ORDERS = { newest: down(auditEvents.at), oldest: up(auditEvents.at) };

type OneOf<Orders> = keyof Orders & string;
type Optional<Fields extends string> = { [Field in Fields]?: string | undefined };

export type ClientQuery = { sort: OneOf<typeof CLIENT_ORDERS> } & Optional<'name' | 'address'>;

/** A search has its own order: by what it looks at. */
export function listClients(databases: Databases, { sort, name, address }: ClientQuery, asked: Asked) {
  if (name !== undefined) return inDb(databases, clients, CLIENT_ORDERS.name, begins(clients.searchName, name), asked);
  if (address !== undefined) {
    return inDb(databases, clients, CLIENT_ORDERS.address, begins(clients.searchAddress, address), asked);
  }
  return inDb(databases, clients, CLIENT_ORDERS[sort], undefined, asked);
}

export type PersonQuery = { sort: OneOf<typeof PERSON_ORDERS> } & Optional<'name' | 'email'>;

export function listPeople(databases: Databases, { sort, name, email }: PersonQuery, asked: Asked) {
  if (name !== undefined) return inDb(databases, people, PERSON_ORDERS.name, begins(people.searchName, name), asked);
  if (email !== undefined) return inDb(databases, people, PERSON_ORDERS.email, begins(people.email, email), asked);
  return inDb(databases, people, PERSON_ORDERS[sort], undefined, asked);
}

export type TokenQuery = { sort: OneOf<typeof TOKEN_ORDERS> } & Optional<'client' | 'person' | 'grant'>;

/**
 * The access tokens that have not expired, by when they do: that is in the index already, and it leaves the expired
 * out. At most one of client, person and grant.
 */
export function listTokens(databases: Databases, query: TokenQuery, now: number, asked: Asked) {
  const { sort, client, person, grant } = query;
  const of = and(
    client === undefined ? undefined : eq(tokens.clientId, client),
    person === undefined ? undefined : eq(tokens.personId, person as PersonId),
    grant === undefined ? undefined : eq(tokens.grantId, grant as GrantId),
  );
  return everywhere(databases, tokens, TOKEN_ORDERS[sort], and(of, gt(tokens.expiresAt, now)), asked);
}

export type GrantQuery = { sort: OneOf<typeof GRANT_ORDERS> } & Optional<'client' | 'person'>;

/** The grants on record, those that are over among them: `over` says which, and why. */
export async function listGrants(
  databases: Databases,
  query: GrantQuery,
  now: number,
  settings: Settings,
  asked: Asked,
) {
  const { sort, client, person } = query;
  const of = and(
    client === undefined ? undefined : eq(grants.clientId, client),
    person === undefined ? undefined : eq(grants.personId, person as PersonId),
  );
  const page = await everywhere(databases, grants, GRANT_ORDERS[sort], of, asked);
  return { ...page, over: await grantEnds(databases, page.rows, now, settings) };
}

export type SessionQuery = { sort: OneOf<typeof SESSION_ORDERS> } & Optional<'person'>;

/** The sessions on record, those that are over among them: `over` says which, and why. */
export async function listSessions(
  databases: Databases,
  { sort, person }: SessionQuery,
  now: number,
  settings: Settings,
  asked: Asked,
) {
  const of = person === undefined ? undefined : eq(sessions.personId, person as PersonId);
  const page = await everywhere(databases, sessions, SESSION_ORDERS[sort], of, asked);
  return { ...page, over: await sessionEnds(databases, page.rows, now, settings) };
}

export type EventQuery = {
  sort: OneOf<typeof EVENT_ORDERS>;
  since?: number | undefined;
  until?: number | undefined;
} & Optional<'subject' | 'actor' | 'type'>;

/** What happened, from `since` on and before `until`. At most one of subject, actor and type. */
export function listEvents(databases: Databases, query: EventQuery, asked: Asked) {
  const { sort, since, until, subject, actor, type } = query;
  const of = and(
    subject === undefined ? undefined : eq(auditEvents.subject, subject),
    actor === undefined ? undefined : eq(auditEvents.actor, actor),
    type === undefined ? undefined : eq(auditEvents.type, type),
    since === undefined ? undefined : gte(auditEvents.at, since),
    until === undefined ? undefined : lt(auditEvents.at, until),
  );
  return everywhere(databases, auditEvents, EVENT_ORDERS[sort], of, asked);
}

/** Devices whose codes have not ended: those that end next first. */
export function listDeviceCodes(databases: Databases, now: number, asked: Asked) {
  return everywhere(databases, deviceCodes, up(deviceCodes.expiresAt), gt(deviceCodes.expiresAt, now), asked);
}

/** API keys that are good, oldest first. Those that are not are few: they are swept. */
export function listKeys(databases: Databases, { person }: Optional<'person'>, now: number, asked: Asked) {
  const of = person === undefined ? undefined : eq(apiKeys.personId, person as PersonId);
  return inDb(databases, apiKeys, up(apiKeys.createdAt), and(of, isGood(now)), asked);
}

export function listConnections(databases: Databases, query: Optional<'app' | 'person'>, asked: Asked) {
  const of = and(
    query.app === undefined ? undefined : eq(connections.appId, query.app),
    query.person === undefined ? undefined : eq(connections.personId, query.person as PersonId | ''),
  );
  return inDb(databases, connections, up(connections.createdAt), of, asked);
}

type Read = <T extends SQLiteTable>(
  databases: Databases,
  table: T,
  order: Order,
  where: SQL | undefined,
  asked: Asked,
) => Promise<Page<T['$inferSelect']>>;

const inDb: Read = (databases, table, order, where, asked) =>
  readPage(databases, [FIRST_SHARD], table, { order, where, ...asked });

const everywhere: Read = (databases, table, order, where, asked) =>
  readPage(databases, databases.shardNames, table, { order, where, ...asked });
