/** A replica of `DB` that stops following it: reads of the nearest replica get the rows of an earlier moment. */
import type { Bindings } from '../../src/config.ts';

const TABLES = ['settings', 'users', 'clients', 'resources', 'shards', 'trusted_issuers'];

export type StaleReplica = {
  env: Bindings;
  /** From now on the replica has the rows of this moment. */
  freeze: () => Promise<void>;
  /** From now on the replica does not answer. */
  fail: () => void;
  /** The number of statements that the replica answered since it was frozen. */
  reads: () => number;
};

/** @param copy a migrated database that holds the replica's rows. */
export function staleReplica(env: Bindings, copy: D1Database): StaleReplica {
  let [isFrozen, isDown, reads] = [false, false, 0];
  const replica = {
    prepare: (query: string) => {
      reads++;
      if (isDown) throw new Error('D1_ERROR: down');
      return copy.prepare(query);
    },
    batch: (statements: D1PreparedStatement[]) => copy.batch(statements),
  } as D1DatabaseSession;
  const DB = {
    prepare: (query: string) => env.DB.prepare(query),
    batch: (statements: D1PreparedStatement[]) => env.DB.batch(statements),
    withSession: (constraint?: string) => (isFrozen ? replica : env.DB.withSession(constraint)),
  } as D1Database;
  const freeze = async () => {
    for (const table of TABLES) await copyTable(env.DB, copy, table);
    isFrozen = true;
  };
  const fail = () => {
    isDown = true;
  };
  return { env: { ...env, DB }, freeze, fail, reads: () => reads };
}

/** Generated columns are not copied. */
async function copyTable(from: D1Database, to: D1Database, table: string): Promise<void> {
  const { results: columns } = await from.prepare(`PRAGMA table_info(${table})`).all<{ name: string }>();
  const names = columns.map(({ name }) => `"${name}"`);
  const { results: rows } = await from.prepare(`SELECT ${names.join()} FROM ${table}`).all<Record<string, unknown>>();
  await to.prepare(`DELETE FROM ${table}`).run();
  const insert = to.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`);
  for (const row of rows) await insert.bind(...Object.values(row)).run();
}
