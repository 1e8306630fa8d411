/** The statements of a registration (RFC 7591 §3.1), compiled once: that of an initial access token, and that of a network. */
import { type SQL, sql } from 'drizzle-orm';
import { compiledStatement, type Slots } from '../database/compiled-statement.ts';
import type { Database } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { clients, registrationCounts } from '../schema/index.ts';
import { type EventValues, insertEvent } from '../server/audit.ts';
import { forgetTerms, insertTerms } from '../server/search-terms.ts';
import { CLIENT_DEFAULTS } from './clients.ts';
import { isInitialAccessTokenValid } from './initial-access-tokens.ts';
import { deleteRegistrationEvents, isNotAdministered } from './unused-registrations.ts';

/** The network name of the row that counts all networks. */
export const ALL_NETWORKS = '';

/** A client with its event; the metadata as JSON. */
export type ClientValues = EventValues & {
  id: string;
  metadata: string;
  secretHash: string | null;
  registrationTokenHash: string | null;
};

type TokenValues = ClientValues & { tokenHash: string };

type NetworkValues = ClientValues & {
  network: string;
  /** JSON: the rows that count a registration. */
  counted: string;
  /** The limits of unused registrations, of the network and of all. */
  share: number;
  most: number;
  /** The latest use of a registration that may be evicted. */
  evictable: number;
};

/** The registration, where the token is valid. */
export const registerByToken = (db: Database, values: TokenValues) =>
  [insertByToken(db, values), recordRegistration(db, values), insertClientTerms(db, values)] as const;

/** The registration, where the network and all of them have room. */
export const registerWithin = (db: Database, values: NetworkValues) =>
  [
    insertWithin(db, values),
    recordRegistration(db, values),
    countRegistration(db, values),
    insertClientTerms(db, values),
  ] as const;

/** The eviction of one registration, where there is no room. */
export const evict = (db: Database, values: NetworkValues) =>
  [
    forgetEvictedTerms(db, values),
    deleteEvictedEvents(db, values),
    deleteEvicted(db, values),
    discountEvicted(db, values),
  ] as const;

function insertClient(db: Database, slots: Slots<ClientValues>, registeredFrom: SQL | null, onlyIf: SQL) {
  const { id, metadata, secretHash, registrationTokenHash, at } = slots;
  const times = { createdAt: at, lastUsedAt: at };
  const own = { id, origin: 'registration' as const, metadata, secretHash, registrationTokenHash, registeredFrom };
  return db
    .insert(clients)
    .select(insertWhere(clients, { ...CLIENT_DEFAULTS, ...own, ...times }, onlyIf))
    .onConflictDoUpdate({ target: clients.id, set: { lastUsedAt: at } })
    .returning({ createdAt: clients.createdAt });
}

const insertByToken = compiledStatement<TokenValues>()((db, slots) =>
  insertClient(db, slots, null, isInitialAccessTokenValid(slots.tokenHash, slots)),
);

const recordRegistration = compiledStatement<ClientValues>()((db, slots) =>
  insertEvent(db, slots, sql`EXISTS (SELECT 1 FROM clients WHERE id = ${slots.id} AND created_at = ${slots.at})`),
);

/** A row that exists has its terms: an identical registration changes none. */
const insertClientTerms = compiledStatement<ClientValues>()((db, { id }) => insertTerms(db, 'client', id));

const compiled = compiledStatement<NetworkValues>();

const unusedOf = (network: SQL | string) =>
  sql`COALESCE((SELECT unused FROM registration_counts WHERE network = ${network}), 0)`;

const exists = ({ id }: Slots<NetworkValues>): SQL => sql`EXISTS (SELECT 1 FROM clients WHERE id = ${id})`;

const insertWithin = compiled((db, slots) => {
  const { network, share, most } = slots;
  const hasRoom = sql`(${unusedOf(network)} < ${share} AND ${unusedOf(ALL_NETWORKS)} < ${most})`;
  return insertClient(db, slots, network, sql`(${exists(slots)} OR ${hasRoom})`);
});

/** Behind the event, which only a new registration has. */
const countRegistration = compiled((db, { counted }) =>
  db
    .insert(registrationCounts)
    .select(sql`SELECT value, 1 FROM json_each(${counted}) WHERE changes() > 0`)
    .onConflictDoUpdate({ target: registrationCounts.network, set: { unused: sql`unused + 1` } }),
);

/** The network that has reached its limit: this one, else that with most where all have. */
const crowded = ({ network, share, most }: Slots<NetworkValues>): SQL =>
  sql`CASE WHEN ${unusedOf(network)} >= ${share} THEN ${network} WHEN ${unusedOf(ALL_NETWORKS)} >= ${most} THEN
    (SELECT network FROM registration_counts WHERE network <> ${ALL_NETWORKS} ORDER BY unused DESC, network DESC LIMIT 1) END`;

const evicted = (slots: Slots<NetworkValues>): SQL =>
  sql`(SELECT id FROM clients WHERE NOT ${exists(slots)} AND registered_from = ${crowded(slots)}
    AND last_used_at <= ${slots.evictable} AND approval_requested_at IS NULL AND ${isNotAdministered} ORDER BY last_used_at, id LIMIT 1)`;

const forgetEvictedTerms = compiled((db, slots) => forgetTerms(db, 'client', evicted(slots)));

const deleteEvictedEvents = compiled((db, slots) => deleteRegistrationEvents(db, evicted(slots)));

const deleteEvicted = compiled((db, slots) => db.delete(clients).where(sql`id = ${evicted(slots)}`));

const discountEvicted = compiled((db, slots) =>
  db
    .update(registrationCounts)
    .set({ unused: sql`unused - 1` })
    .where(sql`changes() > 0 AND network IN (${ALL_NETWORKS}, ${crowded(slots)})`),
);
