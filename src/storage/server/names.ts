/** The names of users and clients by their ids, for pages: held by the isolate, and read in one round where they are not. */
import { inArray } from 'drizzle-orm';
import { hasUserPrefix } from '../../protocol/credentials.ts';
import type { ClientRow } from '../clients/clients.ts';
import type { Databases } from '../database/database.ts';
import { IsolateCache } from '../database/isolate-cache.ts';
import { clients, users } from '../schema/index.ts';
import type { User } from '../users/users.ts';

export type UserSummary = Pick<User, 'id' | 'name' | 'email'>;
export type ClientSummary = Pick<ClientRow, 'id' | 'origin' | 'metadata'>;

/** Ids beyond these keep their ids as names: a statement of D1 takes 100 parameters. */
const MOST = 90;

/** Undefined in them is the name of what is gone. */
const heldUsers = new IsolateCache<{ name: UserSummary | undefined }>();
const heldClients = new IsolateCache<{ name: ClientSummary | undefined }>();

/**
 * Names of these ids, as the isolate or the nearest replica has them; what is gone has none.
 * @param now milliseconds.
 */
export async function readNames(
  databases: Databases,
  ids: { users: ReadonlySet<string>; clients: ReadonlySet<string> },
  now: number,
): Promise<{ users: UserSummary[]; clients: ClientSummary[] }> {
  const userIds = unknownOf(ids.users, heldUsers, now).filter(hasUserPrefix);
  const clientIds = unknownOf(ids.clients, heldClients, now);
  if (userIds.length + clientIds.length > 0) {
    const db = databases.nearestReplica;
    const [foundUsers, foundClients] = await db.batch([
      db.select({ id: users.id, name: users.name, email: users.email }).from(users).where(inArray(users.id, userIds)),
      db
        .select({ id: clients.id, origin: clients.origin, metadata: clients.metadata })
        .from(clients)
        .where(inArray(clients.id, clientIds)),
    ]);
    hold(heldUsers, userIds, foundUsers, now);
    hold(heldClients, clientIds, foundClients, now);
  }
  return { users: knownOf(ids.users, heldUsers, now), clients: knownOf(ids.clients, heldClients, now) };
}

type Held<Name> = IsolateCache<{ name: Name | undefined }>;

const unknownOf = <Name>(ids: ReadonlySet<string>, held: Held<Name>, now: number): string[] =>
  [...ids].filter((id) => held.get(id, now) === undefined).slice(0, MOST);

const knownOf = <Name>(ids: ReadonlySet<string>, held: Held<Name>, now: number): Name[] =>
  [...ids].flatMap((id) => held.get(id, now)?.name ?? []);

function hold<Name extends { id: string }>(held: Held<Name>, ids: readonly string[], found: Name[], now: number): void {
  for (const id of ids) held.set(id, { name: found.find((one) => one.id === id) }, now);
}
