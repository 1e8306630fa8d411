/** The audit log, append-only. It holds no secret, and only ids of users: it outlives deleted users. */
import { lt, type SQL, sql } from 'drizzle-orm';
import type { Slots } from '../database/compiled-statement.ts';
import type { Database } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { insertWhere } from '../database/insert-where.ts';
import { auditEvents } from '../schema/index.ts';
import type { AuditType } from './audit-types.ts';
import { keepCounting } from './row-counts.ts';

/** Time and id of a request: part of each event's primary key, so that a batch may be sent twice. */
export type RequestClock = { requestId: string; now: number };

export type AuditEvent = { type: AuditType; subject: string; actor: string; detail?: Record<string, unknown> };

/** Limit of the JSON of one event, in bytes. */
const LARGEST_DETAIL = 4096;

/** Limits of a text and of a list in details that exceed it. */
const LONGEST_TEXT = 200;

const MOST_ENTRIES = 10;

/** The detail within its limit: longer parts are cut, and marked. */
function bounded(detail: Record<string, unknown>): Record<string, unknown> {
  if (sizeOf(detail) <= LARGEST_DETAIL) return detail;
  const cut = Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, shortened(value)]));
  return sizeOf(cut) <= LARGEST_DETAIL ? cut : { cut: Object.keys(detail).slice(0, MOST_ENTRIES).map(shortened) };
}

const sizeOf = (detail: Record<string, unknown>): number => Buffer.byteLength(JSON.stringify(detail));

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  if (!Array.isArray(value)) return value;
  const more = value.length - MOST_ENTRIES;
  return [...value.slice(0, MOST_ENTRIES).map(shortened), ...(more > 0 ? [`… ${more} more`] : [])];
}

/** The values of an event, as a compiled statement binds them. */
export type EventValues = {
  requestId: string;
  type: AuditType;
  subject: string;
  at: number;
  actor: string;
  detail: string;
};

export const eventValues = (moment: RequestClock, { type, subject, actor, detail = {} }: AuditEvent): EventValues => ({
  requestId: moment.requestId,
  type,
  subject,
  at: moment.now,
  actor,
  detail: JSON.stringify(bounded(detail)),
});

/** The statement that records an event where the condition holds; a repeated one records nothing. */
export const insertEvent = (db: Database, event: Slots<EventValues>, onlyIf: SQL) =>
  db
    .insert(auditEvents)
    .select(insertWhere(auditEvents, event, onlyIf))
    .onConflictDoNothing();

/** A statement for the batch that makes the decision; `onlyIf` is the condition that it was made. */
export function recordEvent(db: Database, moment: RequestClock, event: AuditEvent, onlyIf: SQL = sql`true`) {
  const { type, subject, actor, detail = {} } = event;
  const row = { requestId: moment.requestId, type, subject, at: moment.now, actor, detail: bounded(detail) };
  return db
    .insert(auditEvents)
    .select(insertWhere(auditEvents, row, onlyIf))
    .onConflictDoNothing();
}

/**
 * A condition: no event of this type exists for the subject. A record with an id derived from a request is not created
 * again.
 */
export const hasNoEvent = (id: string, type: AuditType): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM audit_events WHERE subject = ${id} AND type = ${type})`;

export type AuditRow = typeof auditEvents.$inferSelect;

export async function sweepEvents(db: Database, before: number, most: number): Promise<D1Result> {
  const [deleted] = await db.batch([
    deleteRows(db, auditEvents, lt(auditEvents.at, before), most),
    keepCounting(db, 'audit_events'),
  ]);
  return deleted;
}
