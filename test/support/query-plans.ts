/**
 * Every statement that the Worker sends to D1 while tests run, and how SQLite runs it (EXPLAIN QUERY PLAN): none reads a
 * table without an index, unless the table is small.
 */
import type { Bindings } from '../../src/config.ts';

/** Tables of a few rows, by what fills them. */
const SMALL_TABLES: Readonly<Record<string, string>> = {
  settings: 'a row for each setting',
  shards: 'a row for each shard',
  secret_fingerprints: 'a row for each secret',
  counted_rows: 'a row for each counted table',
  resources: 'administrators create them, and all are read into the isolate',
  social_logins: 'administrators create them',
  connected_apps: 'administrators create them',
  trusted_issuers: 'administrators create them',
  initial_access_tokens: 'administrators create them',
  sign_in_failures:
    'rows of the last minutes, of the second factor of the last day: an index would cost each attempt a write',
};

/** Statements that read a table of some size, and are rare. */
const RARE: readonly [RegExp, reason: string][] = [
  [/"(device_codes|logout_deliveries)"\."user_id" = \?/, 'export and deletion of a user; rows of the last hours'],
];

/** Partial indexes of a few rows, by what is in them. */
const SMALL_INDEXES: Readonly<Record<string, string>> = {
  cutoffs_pending: 'cutoffs that a shard has not received yet',
  users_that_administer: 'administrators',
  clients_by_required_role: 'clients for which an administrator requires a role',
};

type Statement = { sql: string; isChecked: boolean };

/** The statements since the tests began, by their text without the lengths of lists. */
const statements = new Map<string, Statement>();

/** The texts of those, each as it was prepared. */
const prepared = new Set<string>();

const recordingDatabases = new WeakMap<object, D1Database>();
const recordingBindings = new WeakMap<Bindings, Bindings>();

/**
 * The same bindings, whose prepared statements are recorded. Always the same object for the same bindings: the Worker
 * parses its configuration once for each.
 */
export function recordStatements(env: Bindings): Bindings {
  let recording = recordingBindings.get(env);
  if (!recording) {
    const wrapped = Object.entries(env).map(([name, binding]) =>
      name === 'DB' || name.startsWith('SHARD_') ? [name, record(binding as D1Database)] : [name, binding],
    );
    recording = Object.fromEntries(wrapped) as Bindings;
    recordingBindings.set(env, recording);
  }
  return recording;
}

function record(database: D1Database | D1DatabaseSession): D1Database {
  const known = recordingDatabases.get(database);
  if (known) return known;
  const wrapped = {
    prepare: (sql: string) => {
      if (!prepared.has(sql)) recordStatement(sql);
      return database.prepare(sql);
    },
    batch: (batch: D1PreparedStatement[]) => database.batch(batch),
    withSession: (constraint?: string) => record((database as D1Database).withSession(constraint)),
  } as unknown as D1Database;
  recordingDatabases.set(database, wrapped);
  return wrapped;
}

function recordStatement(sql: string): void {
  prepared.add(sql);
  const shape = sql.replaceAll(/\?\d*(, \?\d*)+/g, '?, …');
  if (!statements.has(shape)) statements.set(shape, { sql, isChecked: false });
}

/** The scans of recorded statements that were not checked before, each with its statement. */
export async function scansOfNewStatements(db: D1Database): Promise<string[]> {
  const unchecked = [...statements.values()].filter(({ isChecked }) => !isChecked);
  if (unchecked.length === 0) return [];
  const { results: found } = await db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<Named>();
  const tables = new Set(found.map(({ name }) => name));
  const plans = await db.batch<{ detail: string }>(unchecked.map(({ sql }) => explain(db, sql)));
  for (const statement of unchecked) statement.isChecked = true;
  return plans.flatMap(({ results }, index) => {
    const { sql = '' } = unchecked[index] ?? {};
    return results.filter(({ detail }) => isScan(detail, sql, tables)).map(({ detail }) => `${detail}: ${sql}`);
  });
}

type Named = { name: string };

/** The statement that tells the plan of another, whose parameters are NULL. */
export function explain(db: D1Database, sql: string): D1PreparedStatement {
  const parameters = sql.replaceAll(/'[^']*'/g, '').match(/\?\d*/g) ?? [];
  // A statement has numbered parameters or others, not both.
  const numbers = parameters.map((each, index) => (each === '?' ? index + 1 : Number(each.slice(1))));
  return db.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...Array(Math.max(0, ...numbers)).fill(null));
}

/**
 * True for a step of a plan that reads a whole table, or an index from its begin without a limit.
 * @param tables the names of the tables: other names are those of subqueries.
 */
function isScan(detail: string, sql: string, tables: ReadonlySet<string>): boolean {
  const [, name = '', index] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$/.exec(detail) ?? [];
  const table = tables.has(name) ? name : new RegExp(`"?(\\w+)"? (?:AS )"?${name}"?\\b`, 'i').exec(sql)?.[1];
  if (name === '' || table === undefined || !tables.has(table) || table in SMALL_TABLES) return false;
  // A condition that is false for every row.
  if (/ where false$/.test(sql) || RARE.some(([statement]) => statement.test(sql))) return false;
  return index === undefined || !(index in SMALL_INDEXES || / limit /i.test(sql));
}
