/**
 * Applies the migrations of a local D1 database, in the process that serves it: what `wrangler d1 migrations apply --local`
 * does and records, which loads wrangler once more and starts workerd several times.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_readConfig, unstable_splitSqlQuery } from 'wrangler';

/** The table in which wrangler records what it has applied, as it creates it. */
const RECORD = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

export type LocalMigrations = {
  /** The configuration file of the Worker, and the database's binding there. */
  config: string;
  binding: string;
  /** The folder of the local D1 and KV. */
  persist: string;
};

/** The part of an entry of wrangler's configuration that is read. */
type DatabaseEntry = { binding: string; migrations_dir?: string; database_id?: string; preview_database_id?: string };

/** Applies those that are missing, each as a whole or not at all. */
export async function applyLocalMigrations({ config, binding, persist }: LocalMigrations): Promise<void> {
  const databases: DatabaseEntry[] = unstable_readConfig({ config }, { hideWarnings: true }).d1_databases;
  const database = databases.find((each) => each.binding === binding);
  if (!database?.migrations_dir) throw new Error(`${config} has no migrations of ${binding}.`);
  const folder = resolve(config, '..', database.migrations_dir);
  // The name under which wrangler's development server keeps the database, too.
  const id = database.preview_database_id ?? database.database_id ?? binding;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: '',
      resourcePersistencePath: resolve(persist, 'v3'),
      d1Databases: { [binding]: id },
    }),
  );
  try {
    const db = await miniflare.getD1Database(binding);
    await db.prepare(RECORD).run();
    const { results } = await db.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
    const applied = new Set(results.map(({ name }) => name));
    for (const name of migrationsIn(folder).filter((name) => !applied.has(name))) {
      const statements = unstable_splitSqlQuery(readFileSync(join(folder, name), 'utf8')).map((sql) => db.prepare(sql));
      await db.batch([...statements, db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name)]);
    }
  } finally {
    await miniflare.dispose();
  }
}

const migrationsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
