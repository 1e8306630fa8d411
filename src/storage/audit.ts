/** The audit log: one verb, append-only, no secret in it. */
import { type SQL, sql } from 'drizzle-orm';
import { rowIf } from './conditional-insert.ts';
import type { Database } from './database.ts';
import { auditEvents } from './schema/index.ts';

export type AuditType =
  | 'api-key.created'
  | 'api-key.revoked'
  | 'api-key.rotated'
  | 'sign-in'
  | 'sign-in.failed'
  | 'sign-out'
  | 'sign-up'
  | 'consent'
  | 'consent.denied'
  | 'consent.withdrawn'
  | 'grant'
  | 'grant.revoked'
  | 'client.registered'
  | 'client.created'
  | 'client.changed'
  | 'client.disabled'
  | 'client.enabled'
  | 'client.secret-rotated'
  | 'client.deleted'
  | 'code.revoked'
  | 'connected-app.changed'
  | 'connected-app.created'
  | 'connected-app.deleted'
  | 'connected-app.given-back'
  | 'connected-app.moved'
  | 'connection.connected'
  | 'connection.disconnected'
  | 'connection.failed'
  | 'device.allowed'
  | 'device.denied'
  | 'device.ended'
  | 'initial-access-token.changed'
  | 'identity.linked'
  | 'identity.unlinked'
  | 'initial-access-token.created'
  | 'initial-access-token.deleted'
  | 'issuer.deleted'
  | 'issuer.linked'
  | 'issuer.put'
  | 'issuer.unlinked'
  | 'passkey.added'
  | 'passkey.removed'
  | 'passkey.renamed'
  | 'person.added'
  | 'person.changed'
  | 'person.disabled'
  | 'person.email-changed'
  | 'person.email-verified'
  | 'person.enabled'
  | 'person.password-set'
  | 'recovery.asked'
  | 'resource.deleted'
  | 'resource.put'
  | 'logout.undelivered'
  | 'session.ended'
  | 'setting.changed'
  | 'social-login.changed'
  | 'social-login.created'
  | 'social-login.deleted'
  | 'token.issued'
  | 'token.revoked';

/** When, and in which request: the row's identity, so that a batch may be sent twice. */
export type Moment = { requestId: string; now: number };

export type AuditEvent = { type: AuditType; subject: string; actor: string; detail?: Record<string, unknown> };

/** A statement for the batch that decides what it tells of; `onlyIf` the decision was made. */
export function recordEvent(db: Database, moment: Moment, event: AuditEvent, onlyIf: SQL = sql`true`) {
  const { type, subject, actor, detail = {} } = event;
  const row = { requestId: moment.requestId, type, subject, at: moment.now, actor, detail };
  return db
    .insert(auditEvents)
    .select(rowIf(auditEvents, row, onlyIf))
    .onConflictDoNothing();
}

/** A condition: nobody ended what had this id. What is made under an id that follows from a request does not come back. */
export const wasNeverEnded = (id: string, type: AuditType): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM audit_events WHERE subject = ${id} AND type = ${type})`;

export type AuditRow = typeof auditEvents.$inferSelect;

export function sweepEvents(db: Database, before: number, most: number) {
  const old = sql`SELECT rowid FROM audit_events WHERE at < ${before} LIMIT ${most}`;
  return db.delete(auditEvents).where(sql`rowid IN (${old})`);
}
