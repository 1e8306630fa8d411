/** Clients: looked up in the isolate or the nearest replica, refused only after reading the primary. */
import { and, eq, getTableColumns, notExists, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { NO_AUTHENTICATION } from '../../protocol/authentication-method.ts';
import { LAST_USED_INTERVAL, READ_MARGIN, REPLICA_LAG } from '../../protocol/lifetimes.ts';
import { isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { clearIsolateCaches, IsolateCache } from '../database/isolate-cache.ts';
import { cutOff, deliverCutoff } from '../grants/cutoff-delivery.ts';
import { type Cutoff, DISABLED, readCutoff, writeCutoffIf } from '../grants/cutoffs.ts';
import { auditEvents, clients } from '../schema/index.ts';
import { type AuditEvent, hasNoEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { deleteProblemsOf } from '../server/recent-problems.ts';
import { followTerms, forgetTerms } from '../server/search-terms.ts';
import { redirectsDiffer } from './client-redirects.ts';

export type ClientRow = Omit<typeof clients.$inferSelect, 'searchName' | 'searchAddress'>;
/**
 * `readAt` is the time from which on the row is known to have had these values; a client described by a metadata
 * document may have no row.
 */
export type ClientSnapshot = ClientRow & { readAt: number; isStored?: false };
export type NewClient = Pick<ClientRow, 'id' | 'origin' | 'metadata'> & Partial<ClientRow>;

/** The default of each column, else null. */
export const CLIENT_DEFAULTS = Object.fromEntries(
  Object.entries(getTableColumns(clients)).flatMap(([name, { generated, default: value }]) =>
    generated ? [] : [[name, value ?? null]],
  ),
) as Omit<ClientRow, 'id' | 'origin' | 'metadata'>;

/** The row of a new client: columns that neither an administrator nor the client set have their defaults. */
export const newClientRow = (client: NewClient, now: number): ClientRow => ({
  ...CLIENT_DEFAULTS,
  createdAt: now,
  lastUsedAt: now,
  ...client,
});

const clientsCache = new IsolateCache<ClientSnapshot>();
const originsCache = new IsolateCache<string[]>(1);

/** The client from the isolate cache or the nearest replica. An acceptance may rest on it, a refusal may not. */
export async function findClientFromReplica(
  databases: Databases,
  id: string,
  now: number,
): Promise<ClientSnapshot | undefined> {
  const known = clientsCache.get(id, now);
  if (known) return known;
  const [row] = await databases.nearestReplica.select().from(clients).where(eq(clients.id, id));
  return row && keepInCache({ ...row, readAt: now - REPLICA_LAG }, now);
}

function keepInCache(client: ClientSnapshot, now: number): ClientSnapshot {
  clientsCache.set(client.id, client, now);
  return client;
}

/** Caches a client without a row, as its metadata document describes it. */
export function cacheClient(client: ClientSnapshot, now: number): void {
  keepInCache(client, now);
}

/** The client from the primary. */
export async function findClientFromPrimary(
  databases: Databases,
  id: string,
  now: number,
): Promise<ClientSnapshot | undefined> {
  const [row] = await databases.global.select().from(clients).where(eq(clients.id, id));
  return row && keepInCache({ ...row, readAt: now - READ_MARGIN }, now);
}

/** Clients that are exempted from PKCE, oldest first. */
export function listClientsWithoutPkce(databases: Databases, most: number): Promise<ClientRow[]> {
  // A literal, so that the partial index of these few rows is used.
  const isExempted = sql`require_pkce = 0`;
  return databases.global.select().from(clients).where(isExempted).orderBy(clients.createdAt).limit(most);
}

/** Inserts a client of an administrator, unless one with its id exists or was deleted before. */
export async function createClient(databases: Databases, moment: RequestClock, actor: string, client: NewClient) {
  const db = databases.global;
  // A metadata document describes its client again after an administrator deleted the row.
  const mayBe = client.origin === 'document' ? sql`true` : hasNoEvent(client.id, 'client.deleted');
  const event: AuditEvent = { type: 'client.created', subject: client.id, actor, detail: describeClient(client) };
  await runBatch(() =>
    db.batch([
      db
        .insert(clients)
        .select(insertWhere(clients, newClientRow(client, moment.now), mayBe))
        .onConflictDoNothing(),
      recordEvent(db, moment, event, sql`changes() > 0`),
      ...followTerms(db, 'client', client.id),
    ]),
  );
}

/** The details of a client for the audit log, without lists that a client chose. */
export function describeClient({ metadata }: Pick<NewClient, 'metadata'>) {
  const { client_name: name, redirect_uris } = metadata;
  const [first] = redirect_uris;
  const url = first !== undefined && URL.canParse(first) ? new URL(first) : undefined;
  return {
    name: name ?? null,
    redirect_host: url ? (isPrivateUseRedirect(url.href) ? url.protocol : url.host) : null,
    redirect_uris: redirect_uris.length,
  };
}

/** The columns of a client that an administrator may change. */
export type ClientChanges = Partial<
  Omit<
    ClientRow,
    | 'id'
    | 'origin'
    | 'createdAt'
    | 'lastUsedAt'
    | 'registeredFrom'
    | 'disabledAt'
    | 'approvalRequestedAt'
    | 'registrationTokenHash'
  >
>;

/**
 * The effect of a change: `client` cuts off everything issued before; `approval` cuts off no token or grant, but makes
 * cached copies of the client stale, so that no approval is judged by them; undefined has no effect.
 */
export type Narrowing = 'client' | 'approval' | undefined;

/** Changes a client, and cuts off what the change narrows. */
export async function changeClient(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
  changes: ClientChanges,
  narrowing: Narrowing,
): Promise<void> {
  const alongside = (db: Database) => [
    db.update(clients).set(changes).where(eq(clients.id, id)),
    recordEvent(db, moment, { type: 'client.changed', subject: id, actor, detail: { fields: Object.keys(changes) } }),
    ...followTerms(db, 'client', id),
  ];
  if (narrowing) await cutOff(databases, { subject: `${narrowing}:${id}`, at: moment.now }, moment.now, alongside);
  else await runTogether(databases.global, alongside(databases.global));
  clearIsolateCaches();
}

/**
 * Replaces the metadata of a registered client (RFC 7592 §2.2) in one statement with its consequences: an existing
 * secret stays; changed redirect URIs end the trust of an administrator and the exemption from PKCE, which a public
 * client never has.
 * @param secretHash of the new secret, for a client that begins to use one; null for a client without secret.
 * @returns the client after the change; undefined where it was deleted meanwhile.
 */
export async function replaceMetadata(
  databases: Databases,
  moment: RequestClock,
  id: string,
  { metadata, secretHash }: Pick<ClientRow, 'metadata' | 'secretHash'>,
): Promise<ClientRow | undefined> {
  const db = databases.global;
  const actor = `client:${id}`;
  const redirectsChanged = redirectsDiffer(metadata);
  const needsPkce = metadata.token_endpoint_auth_method === NO_AUTHENTICATION ? sql`true` : redirectsChanged;
  const lostExemption = sql`EXISTS (SELECT 1 FROM clients WHERE id = ${id} AND require_pkce = 0 AND ${needsPkce})`;
  const lostTrust = sql`EXISTS (SELECT 1 FROM clients WHERE id = ${id} AND trusted = 1 AND ${redirectsChanged})`;
  const isThere = sql`EXISTS (SELECT 1 FROM clients WHERE id = ${id})`;
  const secrets =
    secretHash === null
      ? { secretHash, previousSecrets: [] }
      : { secretHash: sql`coalesce(${clients.secretHash}, ${secretHash})` };
  // Allowed scopes or redirect URIs may be fewer than before: copies in isolate caches are stale.
  const cutoff: Cutoff = { subject: `approval:${id}`, at: moment.now };
  const [, , , , rows] = await runBatch(() =>
    db.batch([
      recordEvent(db, moment, { type: 'client.trust-ended', subject: id, actor }, lostTrust),
      recordEvent(db, moment, { type: 'client.pkce-exemption-ended', subject: id, actor }, lostExemption),
      recordEvent(
        db,
        moment,
        { type: 'client.changed', subject: id, actor, detail: { fields: ['metadata'] } },
        isThere,
      ),
      db
        .update(clients)
        .set({
          metadata,
          ...secrets,
          trusted: sql`${clients.trusted} AND NOT ${redirectsChanged}`,
          requirePkce: sql`${clients.requirePkce} OR ${needsPkce}`,
          approval: sql`CASE WHEN ${clients.approval} = 'approved' AND ${redirectsChanged} THEN NULL ELSE ${clients.approval} END`,
        })
        .where(eq(clients.id, id)),
      db.select().from(clients).where(eq(clients.id, id)),
      writeCutoffIf(db, cutoff, moment.now, sql`true`),
      ...followTerms(db, 'client', id),
    ]),
  );
  clearIsolateCaches();
  return rows[0];
}

/** Delivers the cutoff of replaced metadata to the shards. Runs behind the response; the cron repeats what fails. */
export async function deliverApprovalCutoff(databases: Databases, id: string): Promise<void> {
  const [cutoff] = await readCutoff(databases.global, `approval:${id}`);
  await deliverCutoff(databases, cutoff);
}

/** Disabling revokes every grant of the client and every outstanding code; enabling allows new ones. */
export async function setClientDisabled(
  databases: Databases,
  moment: RequestClock,
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
  clearIsolateCaches();
}

/** Deletes a client and cuts off its grants. */
export async function deleteClient(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
): Promise<void> {
  await cutOff(databases, { subject: `client:${id}`, at: moment.now }, moment.now, (db) => [
    db.delete(clients).where(eq(clients.id, id)),
    forgetTerms(db, 'client', sql`(${id})`),
    deleteProblemsOf(db, id),
    recordEvent(db, moment, { type: 'client.deleted', subject: id, actor }),
  ]);
  clearIsolateCaches();
}

/** Limit of client secrets that are valid beside the current one. */
const MAX_PREVIOUS_SECRETS = 10;

/** The identification of a client secret in the audit log. */
const fingerprintOf = (secretHash: string) => secretHash.slice(0, 16);

/** The replaced secrets that are still valid, followed by the current one for the time of the overlap. */
function previousSecretsWith(until: number, now: number): SQL {
  const valid = sql`(SELECT json_group_array(json(value)) FROM json_each(${clients.previousSecrets})
    WHERE value ->> '$.until' > ${now})`;
  const current = sql`json_object('hash', ${clients.secretHash}, 'until', ${until})`;
  return sql`CASE WHEN ${clients.secretHash} IS NULL THEN ${valid} ELSE json_insert(${valid}, '$[#]', ${current}) END`;
}

export type Rotation = {
  /** Time of creation of the secret; undefined where it is not valid. */
  createdAt: number | undefined;
  /** Expiry of the previous secret; undefined where it is invalid already. */
  previousUntil: number | undefined;
};

/**
 * Makes a secret the current one, in one statement. Previous secrets stay valid until their own expiry, or become
 * invalid at once without an overlap. A repeated request with the same secret changes nothing.
 * @param overlap validity of the previous secret, in milliseconds.
 * @returns undefined where there is no such client.
 */
export async function rotateClientSecret(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
  { secret, overlap }: { secret: string; overlap: number },
): Promise<Rotation | undefined> {
  const db = databases.global;
  const secretHash = sha256(secret);
  const made = fingerprintOf(secretHash);
  const event = and(
    eq(auditEvents.subject, id),
    eq(auditEvents.type, 'client.secret-rotated'),
    sql`${auditEvents.detail} ->> '$.secret' = ${made}`,
  );
  const until = moment.now + overlap;
  const valid = sql`(SELECT COUNT(*) FROM json_each(${clients.previousSecrets}) WHERE value ->> '$.until' > ${moment.now})`;
  const changes =
    overlap > 0
      ? { secretHash, previousSecrets: previousSecretsWith(until, moment.now) }
      : { secretHash, previousSecrets: [] };
  const [, , rows, events] = await runBatch(() =>
    db.batch([
      db
        .update(clients)
        .set(changes)
        .where(
          and(
            eq(clients.id, id),
            overlap > 0 ? sql`${valid} < ${MAX_PREVIOUS_SECRETS}` : undefined,
            notExists(db.select({ made: sql`1` }).from(auditEvents).where(event)),
          ),
        ),
      recordEvent(
        db,
        moment,
        { type: 'client.secret-rotated', subject: id, actor, detail: { secret: made } },
        sql`changes() > 0`,
      ),
      db.select().from(clients).where(eq(clients.id, id)),
      db.select({ at: auditEvents.at }).from(auditEvents).where(event).limit(1),
    ]),
  );
  clearIsolateCaches();
  const [row] = rows;
  return row && rotationOf(row, secretHash, events[0]?.at);
}

function rotationOf({ secretHash, previousSecrets }: ClientRow, made: string, madeAt: number | undefined): Rotation {
  const before = previousSecrets.findIndex(({ hash }) => hash === made);
  const isValid = secretHash === made || before >= 0;
  const previous = secretHash === made ? previousSecrets.at(-1) : previousSecrets[before - 1];
  return { createdAt: isValid ? madeAt : undefined, previousUntil: isValid ? previous?.until : undefined };
}

type Statements = ReturnType<Parameters<typeof cutOff>[3]>;

async function runTogether(db: Database, [first, ...rest]: Statements): Promise<void> {
  if (first) await runBatch(() => db.batch([first, ...rest]));
}

/**
 * Records that a client is in use, at most once an hour: unused ones are swept. A registration is no longer unused
 * after its first completed authorization; a client with a metadata document gets its row then. Runs behind the
 * response.
 */
export async function touchClient(databases: Databases, client: ClientSnapshot, now: number): Promise<void> {
  const { isStored = true, ...row } = client;
  if (isStored && row.registeredFrom === null && now - row.lastUsedAt < LAST_USED_INTERVAL) return;
  const changes = { lastUsedAt: now, registeredFrom: null };
  if (row.origin === 'document') await upsertDocumentClient(databases.global, row, now);
  else await databases.global.update(clients).set(changes).where(eq(clients.id, row.id));
  clientsCache.set(row.id, { ...row, ...changes }, now);
}

/**
 * Stores the metadata document of a client as it was last read: for lists, never for a decision. The redirect URIs of a
 * trusted client stay those that the administrator saw.
 */
function upsertDocumentClient(db: Database, { id, origin, metadata }: ClientSnapshot, now: number) {
  const { client_name = null, logo_uri = null } = metadata;
  const shown = JSON.stringify({ client_name, logo_uri });
  const seen = sql`CASE WHEN ${clients.trusted} THEN json_patch(${clients.metadata}, ${shown})
    ELSE ${JSON.stringify(metadata)} END`;
  const row = newClientRow({ id, origin, metadata }, now);
  return runBatch(() =>
    db.batch([
      db
        .insert(clients)
        .values(row)
        .onConflictDoUpdate({ target: clients.id, set: { lastUsedAt: now, metadata: seen } }),
      ...followTerms(db, 'client', id),
    ]),
  );
}

/** Every origin that an administrator allowed for a client: a CORS preflight names no client. */
export async function listClientOrigins(databases: Databases, now: number): Promise<string[]> {
  const known = originsCache.get('', now);
  if (known) return known;
  const rows = await databases.nearestReplica
    .select({ allowedOrigins: clients.allowedOrigins })
    .from(clients)
    .where(and(eq(clients.origin, 'administrator'), sql`${clients.allowedOrigins} <> '[]'`));
  const origins = [...new Set(rows.flatMap((row) => row.allowedOrigins))];
  originsCache.set('', origins, now);
  return origins;
}
