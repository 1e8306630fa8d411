/**
 * Dynamic Client Registration (RFC 7591): registrations are bounded in number until they complete an authorization. Those
 * without an active grant are swept (registration-sweep.ts).
 */
import { sha256 } from '../../crypto/digest.ts';
import { MIN_EVICTION_AGE } from '../../protocol/lifetimes.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { eventValues, type RequestClock } from '../server/audit.ts';
import { describeClient } from './client-changes.ts';
import type { NewClient } from './clients.ts';
import { consumeInitialAccessToken } from './initial-access-tokens.ts';
import { ALL_NETWORKS, type ClientValues, evict, registerByToken, registerWithin } from './registration-statements.ts';

/**
 * Permission to register: an initial access token, or room among the unused registrations of the network and of all.
 */
export type RegistrationAdmission = { token: string } | { network: string; most: number };

export type RegisteredClient = Required<Pick<NewClient, 'id' | 'metadata' | 'secretHash' | 'registrationTokenHash'>>;

/** The divisor of the limit of all unused registrations that gives the limit of one network. */
const NETWORK_SHARE = 20;

/**
 * Registers a client. An identical public registration has the same id and finds the existing row. Where the limit is
 * reached, the oldest unused registration is evicted: of this network where that has reached its limit, else of the
 * network with most; never one younger than an hour.
 * @returns the time of the first registration; undefined where it was not admitted.
 */
export async function registerClient(
  { global: db }: Databases,
  moment: RequestClock,
  client: RegisteredClient,
  admission: RegistrationAdmission,
): Promise<number | undefined> {
  const values = clientValues(moment, client);
  if ('token' in admission) {
    const { token } = admission;
    const byToken = registerByToken(db, { ...values, tokenHash: sha256(token) });
    const [[registered]] = await runBatch(() => db.batch([...byToken, consumeInitialAccessToken(db, token, moment)]));
    return registered?.createdAt;
  }
  const { network, most } = admission;
  const counted = JSON.stringify([ALL_NETWORKS, network]);
  const share = Math.max(1, Math.floor(most / NETWORK_SHARE));
  const ofNetwork = { ...values, network, counted, share, most, evictable: moment.now - MIN_EVICTION_AGE };
  const [[registered]] = await runBatch(() => db.batch(registerWithin(db, ofNetwork)));
  if (registered) return registered.createdAt;
  // Only at the limit: a round more.
  const evictAndRegister = [...evict(db, ofNetwork), ...registerWithin(db, ofNetwork)] as const;
  const results = await runBatch(() => db.batch(evictAndRegister));
  return results[4][0]?.createdAt;
}

function clientValues(moment: RequestClock, client: RegisteredClient): ClientValues {
  const { id, metadata, secretHash, registrationTokenHash } = client;
  const actor = `client:${id}`;
  return {
    ...eventValues(moment, { type: 'client.registered', subject: id, actor, detail: describeClient(client) }),
    id,
    metadata: JSON.stringify(metadata),
    secretHash,
    registrationTokenHash,
  };
}
