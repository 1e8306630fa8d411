/** Changes of clients by an administrator, each in one batch with the cutoff of what it revokes. */
import { eq, sql } from 'drizzle-orm';
import { isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { cutOff } from '../grants/cutoff-delivery.ts';
import { DISABLED } from '../grants/cutoff-subjects.ts';
import type { Cutoff } from '../grants/write-cutoff.ts';
import { clients } from '../schema/index.ts';
import { type AuditEvent, hasNoEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { deleteProblemsOf } from '../server/recent-problems.ts';
import { followTerms, forgetTerms } from '../server/search-terms.ts';
import { type ClientRow, type NewClient, newClientRow } from './clients.ts';

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
      recordEvent(db, moment, event, previousChangedRow),
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
 * cached copies of the client stale, so that no approval is validated by them; undefined has no effect.
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

type Statements = ReturnType<Parameters<typeof cutOff>[3]>;

async function runTogether(db: Database, [first, ...rest]: Statements): Promise<void> {
  if (first) await runBatch(() => db.batch([first, ...rest]));
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
