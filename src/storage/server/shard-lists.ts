/** Lists for administrators of the records in shards, each with only the orders and filters that an index serves. */
import { and, eq } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Databases } from '../database/database.ts';
import { isActive } from '../grants/grants.ts';
import { readGrantEndReasons, readSessionEndReasons } from '../grants/record-status.ts';
import { readRevokedTokens } from '../grants/revoked-tokens.ts';
import { auditEvents, deviceCodes, grants, sessions, tokens } from '../schema/index.ts';
import { equal, type ListOrder, type ListRequest, type Optional, orderOf, readFromShards } from './list-query.ts';

export const TOKEN_SORTS = { ends: tokens.expiresAt } as const;

export const GRANT_SORTS = { since: grants.createdAt } as const;

export const SESSION_SORTS = { signed_in: sessions.signedInAt } as const;

export const EVENT_SORTS = { at: auditEvents.at } as const;

export const DEVICE_SORTS = { ends: deviceCodes.expiresAt } as const;

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
