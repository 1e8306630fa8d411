/** Clients: found fast, refused only on the primary's word. */
import { and, eq, lt, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import { LAST_USED_STEP } from '../protocol/lifetimes.ts';
import { type AuditEvent, type Moment, recordEvent, wasNeverEnded } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Cutoff, cutOff, DISABLED } from './cutoffs.ts';
import { type Database, type Databases, decide } from './database.ts';
import { forgetEverything, Held } from './held.ts';
import { takeUse, tokenIsGood } from './initial-access-tokens.ts';
import { clients } from './schema/index.ts';

export type ClientRow = Omit<typeof clients.$inferSelect, 'searchName' | 'searchAddress'>;
export type NewClient = Pick<ClientRow, 'id' | 'origin' | 'metadata'> & Partial<ClientRow>;

/** A client as it begins: with nothing that an administrator, or it itself, did not say. */
export function newClientRow(client: NewClient, now: number): ClientRow {
  return {
    ...{ secretHash: null, previousSecretHash: null, previousSecretUntil: null, registrationTokenHash: null },
    ...{ actsAs: null, exchange: null, trusted: false, roles: [], allowedOrigins: [], refreshGraceSeconds: null },
    ...{ createdAt: now, lastUsedAt: now, disabledAt: null },
    ...client,
  };
}

const held = new Held<ClientRow>();
const heldOrigins = new Held<string[]>(1);

/** The client as this isolate or the nearest replica has it. An acceptance may rest on it, a refusal may not. */
export async function findClientNear(databases: Databases, id: string, now: number): Promise<ClientRow | undefined> {
  const known = held.get(id, now);
  if (known) return known;
  const [row] = await databases.near.select().from(clients).where(eq(clients.id, id));
  if (row) held.set(id, row, now);
  return row;
}

/** A client without a row, as its document describes it: held like any other, so that the next request need not ask. */
export function holdClient(row: ClientRow, now: number): void {
  held.set(row.id, row, now);
}

/** The client as the primary has it. */
export async function findClientLatest(databases: Databases, id: string, now: number): Promise<ClientRow | undefined> {
  const [row] = await databases.global.select().from(clients).where(eq(clients.id, id));
  if (row) held.set(id, row, now);
  return row;
}

/**
 * Registers a client. An identical public registration has the same id, so it finds the row that is there.
 * @param initialToken taken once where the client is new: the client is not made where it is used up.
 * @returns when it was first registered; undefined where the initial access token is not good (any more).
 */
export async function registerClient(
  databases: Databases,
  moment: Moment,
  client: NewClient,
  initialToken: string | undefined,
): Promise<number | undefined> {
  const db = databases.global;
  const row = newClientRow(client, moment.now);
  const isGood = initialToken === undefined ? sql`true` : tokenIsGood(initialToken, moment);
  const [rows] = await decide(() =>
    db.batch([
      db
        .insert(clients)
        .select(rowIf(clients, row, isGood))
        .onConflictDoUpdate({ target: clients.id, set: { lastUsedAt: moment.now } })
        .returning({ createdAt: clients.createdAt }),
      recordEvent(
        db,
        moment,
        { type: 'client.registered', subject: client.id, actor: `client:${client.id}`, detail: describe(client) },
        sql`EXISTS (SELECT 1 FROM clients WHERE id = ${client.id} AND created_at = ${moment.now})`,
      ),
      ...(initialToken === undefined ? [] : [takeUse(db, initialToken, moment)]),
    ]),
  );
  return rows[0]?.createdAt;
}

/** A client that an administrator makes, unless one with its id is there, or was and has been deleted. */
export async function createClient(databases: Databases, moment: Moment, actor: string, client: NewClient) {
  const db = databases.global;
  // One that describes itself is still described after an administrator forgot it.
  const mayBe = client.origin === 'document' ? sql`true` : wasNeverEnded(client.id, 'client.deleted');
  const event: AuditEvent = { type: 'client.created', subject: client.id, actor, detail: describe(client) };
  await decide(() =>
    db.batch([
      db
        .insert(clients)
        .select(rowIf(clients, newClientRow(client, moment.now), mayBe))
        .onConflictDoNothing(),
      recordEvent(db, moment, event, sql`changes() > 0`),
    ]),
  );
}

const describe = (client: NewClient) => ({
  name: client.metadata.client_name ?? null,
  redirect_uris: client.metadata.redirect_uris,
});

export type ClientChanges = Partial<
  Pick<
    ClientRow,
    | 'metadata'
    | 'trusted'
    | 'roles'
    | 'allowedOrigins'
    | 'refreshGraceSeconds'
    | 'actsAs'
    | 'exchange'
    | 'secretHash'
    | 'previousSecretHash'
    | 'previousSecretUntil'
  >
>;

/** Changes a client; where it narrows what the client may do, `cut` ends what was issued before. */
export async function changeClient(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: string,
  changes: ClientChanges,
  cut: boolean,
): Promise<void> {
  const alongside = (db: Database) => [
    db.update(clients).set(changes).where(eq(clients.id, id)),
    recordEvent(db, moment, { type: 'client.changed', subject: id, actor, detail: { fields: Object.keys(changes) } }),
  ];
  if (cut) await cutOff(databases, { subject: `client:${id}`, at: moment.now }, moment.now, alongside);
  else await runTogether(databases.global, alongside(databases.global));
  forgetEverything();
}

/** Disabling ends every grant of the client and all that is in flight; enabling lets new ones begin. */
export async function setClientDisabled(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: string,
  disabled: boolean,
): Promise<void> {
  const cutoff: Cutoff = { subject: `client:${id}`, at: disabled ? DISABLED : moment.now, exact: true };
  await cutOff(databases, cutoff, moment.now, (db) => [
    db
      .update(clients)
      .set({ disabledAt: disabled ? moment.now : null })
      .where(eq(clients.id, id)),
    recordEvent(db, moment, { type: disabled ? 'client.disabled' : 'client.enabled', subject: id, actor }),
  ]);
  forgetEverything();
}

/** Removes a client; its grants end with it. */
export async function deleteClient(databases: Databases, moment: Moment, actor: string, id: string): Promise<void> {
  await cutOff(databases, { subject: `client:${id}`, at: moment.now }, moment.now, (db) => [
    db.delete(clients).where(eq(clients.id, id)),
    recordEvent(db, moment, { type: 'client.deleted', subject: id, actor }),
  ]);
  forgetEverything();
}

/** @param overlap how long the secret before it stays good, in milliseconds. */
export async function replaceClientSecret(
  databases: Databases,
  moment: Moment,
  actor: string,
  client: ClientRow,
  secret: string,
  overlap: number,
): Promise<void> {
  const db = databases.global;
  const changes = {
    secretHash: sha256(secret),
    previousSecretHash: overlap > 0 ? client.secretHash : null,
    previousSecretUntil: overlap > 0 ? moment.now + overlap : null,
  };
  await runTogether(db, [
    db.update(clients).set(changes).where(eq(clients.id, client.id)),
    recordEvent(db, moment, { type: 'client.secret-rotated', subject: client.id, actor }),
  ]);
  forgetEverything();
}

type Statements = ReturnType<Parameters<typeof cutOff>[3]>;

async function runTogether(db: Database, [first, ...rest]: Statements): Promise<void> {
  if (first) await decide(() => db.batch([first, ...rest]));
}

/** Notes that a client is in use, at most once a day: unused ones are swept. Runs behind the response. */
export async function touchClient(databases: Databases, client: ClientRow, now: number): Promise<void> {
  if (now - client.lastUsedAt < LAST_USED_STEP) return;
  await databases.global.update(clients).set({ lastUsedAt: now }).where(eq(clients.id, client.id));
  held.set(client.id, { ...client, lastUsedAt: now }, now);
}

/** Every origin that an administrator allowed for some client: a preflight names no client. */
export async function listClientOrigins(databases: Databases, now: number): Promise<string[]> {
  const known = heldOrigins.get('', now);
  if (known) return known;
  const rows = await databases.near
    .select({ allowedOrigins: clients.allowedOrigins })
    .from(clients)
    .where(and(eq(clients.origin, 'administrator'), sql`${clients.allowedOrigins} <> '[]'`));
  const origins = [...new Set(rows.flatMap((row) => row.allowedOrigins))];
  heldOrigins.set('', origins, now);
  return origins;
}

/** Registered clients that nobody used since then. Those that an administrator trusted or made stay. */
export function sweepClients(db: Database, before: number, most: number) {
  const unused = db
    .select({ id: clients.id })
    .from(clients)
    .where(and(eq(clients.origin, 'registration'), eq(clients.trusted, false), lt(clients.lastUsedAt, before)))
    .limit(most);
  return db.delete(clients).where(sql`${clients.id} IN ${unused}`);
}
