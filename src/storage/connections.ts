/**
 * The token cache: whose accounts elsewhere this server may use. Tokens are sealed here, bound to their row and issuer.
 */
import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { sha256 } from '../crypto/digest.ts';
import { ProofKey } from '../crypto/proof-key.ts';
import type { RootSecrets } from '../crypto/seal.ts';
import type { ConnectionId, PersonId } from '../protocol/credentials.ts';
import { type AuditEvent, type Moment, recordEvent } from './audit.ts';
import { type Databases, decide } from './database.ts';
import { listConnections, OLDEST_FIRST } from './lists.ts';
import type { Cursor } from './page.ts';
import { connections, people } from './schema/index.ts';

export type ConnectionRow = typeof connections.$inferSelect;

const Tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /**
   * The key that proofs are made with (RFC 9449). It outlives the tokens: a refresh token may be bound to it where the
   * access token is not.
   */
  dpop: z.object({ key: ProofKey, isBound: z.boolean() }).optional(),
});
export type Tokens = z.infer<typeof Tokens>;

/** What a provider granted. */
export type Granted = { tokens: Tokens; scopes: string[]; expiresAt: number | null };

/** Whose row: a person's, or '' for the app's own. */
export type Owner = { appId: string; personId: PersonId | '' };

/** One for an app and a person: two requests that make it at once make the same. */
export const connectionId = (app: string, person: PersonId | ''): ConnectionId =>
  `n_${sha256(`${app} ${person}`).slice(0, 22)}`;

export const boundTo = ({ id, issuer }: Pick<ConnectionRow, 'id' | 'issuer'>) => `connection ${id} ${issuer}`;

const ofOwner = ({ appId, personId }: Owner) => and(eq(connections.appId, appId), eq(connections.personId, personId));

/** The tokens of a row; undefined where there are none, or none that can be opened. */
export async function openTokens(root: RootSecrets, row: ConnectionRow): Promise<Tokens | undefined> {
  const tokens = Tokens.safeParse(row.sealed && (await root.unseal('third-party', row.sealed, boundTo(row))));
  return tokens.success ? tokens.data : undefined;
}

/** The row, as the primary has it; undefined also where the person is disabled or gone. */
export async function findConnection(databases: Databases, owner: Owner): Promise<ConnectionRow | undefined> {
  const db = databases.global;
  const row = db.select().from(connections).where(ofOwner(owner));
  const person = db
    .select({ disabledAt: people.disabledAt })
    .from(people)
    .where(eq(people.id, owner.personId as PersonId));
  const [[found], [whose]] = await db.batch([row, person]);
  return owner.personId === '' || (whose && whose.disabledAt === null) ? found : undefined;
}

export function listConnectionsOf(databases: Databases, personId: PersonId): Promise<ConnectionRow[]> {
  return databases.global.select().from(connections).where(eq(connections.personId, personId)).limit(200);
}

/**
 * A connection is made, or made again: whatever a refresh that is under way brings is too late.
 */
export async function putConnection(
  databases: Databases,
  root: RootSecrets,
  moment: Moment,
  owner: Owner & { issuer: string; account: string | null },
  granted: Granted,
): Promise<void> {
  const db = databases.global;
  const { appId, personId, issuer, account } = owner;
  const id = connectionId(appId, personId);
  const fields = {
    ...{ issuer, account, scopes: granted.scopes, expiresAt: granted.expiresAt },
    ...{ sealed: await root.seal('third-party', granted.tokens, boundTo({ id, issuer })) },
    ...{ state: 'connected' as const, reason: null, failedAt: null, leaseUntil: 0, leasedBy: '' },
    refreshedAt: moment.now,
  };
  const row = { ...fields, id, appId, personId, fence: 1, settledFence: 1, createdAt: moment.now };
  const later = sql`${connections.fence} + 1`;
  const event = eventOf('connection.connected', { appId, personId });
  await decide(() =>
    db.batch([
      db
        .insert(connections)
        .values(row)
        .onConflictDoUpdate({ target: connections.id, set: { ...fields, fence: later, settledFence: later } }),
      recordEvent(db, moment, event),
    ]),
  );
}

export const eventOf = (
  type: AuditEvent['type'],
  { appId, personId }: Owner,
  detail: Record<string, unknown> = {},
) => ({
  ...{ type, subject: `${appId}:${personId || 'itself'}`, detail },
  actor: personId === '' ? 'system' : `person:${personId}`,
});

/** The app's own row, without tokens yet. */
export async function ensureOwnConnection(databases: Databases, moment: Moment, appId: string, issuer: string) {
  const row = {
    ...{ id: connectionId(appId, ''), appId, personId: '' as const, issuer, sealed: null, scopes: [], expiresAt: null },
    ...{ account: null, state: 'connected' as const, reason: null, failedAt: null },
    ...{ fence: 0, settledFence: 0, leaseUntil: 0, leasedBy: '', createdAt: moment.now, refreshedAt: 0 },
  };
  await databases.global.insert(connections).values(row).onConflictDoNothing();
}

/** @returns the row that is gone. */
export async function removeConnection(
  databases: Databases,
  moment: Moment,
  actor: string,
  owner: Owner,
): Promise<ConnectionRow | undefined> {
  const db = databases.global;
  const [[row]] = await db.batch([
    db.delete(connections).where(ofOwner(owner)).returning(),
    recordEvent(db, moment, { ...eventOf('connection.disconnected', owner), actor }),
  ]);
  return row;
}

/** Seals again, a chunk at a time, what is not under the root secret in use. */
export async function resealConnections(databases: Databases, root: RootSecrets, most = 200) {
  const counts = { resealed: 0, unreadable: 0 };
  for (let after: Cursor | undefined; ; ) {
    const { rows, next } = await listConnections(databases, OLDEST_FIRST, { after, most });
    for (const row of rows) {
      if (!row.sealed || root.isCurrent(row.sealed)) continue;
      const tokens = await openTokens(root, row);
      if (!tokens) counts.unreadable++;
      else {
        const sealed = await root.seal('third-party', tokens, boundTo(row));
        // Only what was read: tokens that were refreshed meanwhile stay.
        await databases.global
          .update(connections)
          .set({ sealed })
          .where(and(eq(connections.id, row.id), eq(connections.sealed, row.sealed)));
        counts.resealed++;
      }
    }
    after = next;
    if (!after) return counts;
  }
}
