/** Export of everything that is stored about a user, from every database, without secrets and hashes. */
import { desc, eq, or, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { acrossShards } from '../database/across-shards.ts';
import type { Database, Databases } from '../database/database.ts';
import { auditEvents } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { belongsTo, USER_TABLES } from './user-data.ts';
import type { User } from './users.ts';

/** Limit of rows of one table in one database: the newest. A larger file exceeds the Worker's memory. */
const MAX_EXPORTED_ROWS = 10_000;

type ExportedRow = Record<string, unknown>;

export type UserExport = {
  exported_at: string;
  /** Databases that did not answer: their rows are missing. */
  shards_that_did_not_answer: string[];
  /** Lists that contain only the newest rows. */
  shortened: string[];
  user: ExportedRow;
} & Record<string, unknown>;

/**
 * One round, where the account is read concurrently.
 * @returns one object: the account, a list for each table, and the user's part of the audit log.
 */
export async function exportUser(
  databases: Databases,
  id: UserId,
  account: User | Promise<User>,
  now: number,
): Promise<UserExport> {
  const [user, { rows: parts, unreachable }] = await Promise.all([
    account,
    acrossShards(databases, async (db) => [await readPart(db, id)]),
  ]);
  const names = [...USER_TABLES.map(({ name }) => name), EVENTS];
  const lists = names.map((name) => [name, parts.flatMap((part) => part.get(name) ?? [])] as const);
  return {
    exported_at: new Date(now).toISOString(),
    shards_that_did_not_answer: unreachable,
    shortened: names.filter((name) => parts.some((part) => part.get(name)?.length === MAX_EXPORTED_ROWS)),
    user: accountOf(user),
    ...Object.fromEntries(lists),
  };
}

/** The name of the list of audit events. */
const EVENTS = 'audit_events';

async function readPart(db: Database, id: UserId): Promise<Map<string, ExportedRow[]>> {
  const reads = USER_TABLES.map((one) =>
    db
      .select(one.exported)
      .from(one.table)
      .where(belongsTo(one, id))
      .orderBy(desc(sql`rowid`))
      .limit(MAX_EXPORTED_ROWS),
  );
  const [events, ...tables] = await db.batch([readEvents(db, id), ...reads]);
  const lists = tables.map((rows, index) => [USER_TABLES[index]?.name ?? '', rows.map(readable)] as const);
  // Other actors' identities are not the user's data.
  const own = events.map(({ actor, ...event }) => ({ ...event, by_user: actor === `user:${id}` }));
  return new Map([...lists, [EVENTS, own.map(readable)]]);
}

function readEvents(db: Database, id: UserId) {
  const { at, type, subject, actor, detail } = auditEvents;
  return db
    .select({ at, type, subject, actor, detail })
    .from(auditEvents)
    .where(or(eq(subject, id), eq(actor, `user:${id}`)))
    .orderBy(desc(at))
    .limit(MAX_EXPORTED_ROWS);
}

/** Times as ISO 8601. */
const readable = (row: ExportedRow): ExportedRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isTime(name) ? isoTime(value) : value]));

const isTime = (name: string): boolean => name === 'at' || name.endsWith('_at');

const isoTime = (value: unknown): unknown => (typeof value === 'number' ? new Date(value).toISOString() : value);

const accountOf = (user: User): ExportedRow =>
  readable({
    id: user.id,
    email: user.email,
    email_verified_at: user.emailVerifiedAt,
    name: user.name,
    given_name: user.givenName,
    family_name: user.familyName,
    picture: user.picture,
    locale: user.locale,
    roles: user.roles,
    has_password: user.passwordHash !== null,
    password_set_at: user.passwordSetAt,
    second_factor_at: user.secondFactorAt,
    created_at: user.createdAt,
    disabled_at: user.disabledAt,
    deletion_requested_at: user.deletionRequestedAt,
    deletion_due_at: user.deletionDueAt,
  });

/** Records the export of a user's data. */
export async function recordExport(
  { global }: Databases,
  moment: RequestClock,
  actor: string,
  id: UserId,
): Promise<void> {
  await recordEvent(global, moment, { type: 'user.exported', subject: id, actor });
}
