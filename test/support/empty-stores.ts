/** Empties the databases and namespaces that a test used: most use neither a shard nor KV. */
import { env } from 'cloudflare:workers';

export const databases = [env.DB, env.SHARD_WEUR, env.SHARD_APAC].filter((database) => database !== undefined);
const namespaces = [env.CODES, env.CACHE];

/** The stores that may hold something: at first each, because a module that is loaded anew has not seen what was used. */
const used = new Set<D1Database | KVNamespace>([...databases, ...namespaces]);

/** Each call of this method of the store is a use. */
function observe<Store extends D1Database | KVNamespace>(store: Store, method: keyof Store): void {
  const call = store[method] as (...values: unknown[]) => unknown;
  store[method] = ((...values: unknown[]) => {
    used.add(store);
    return call.apply(store, values);
  }) as Store[typeof method];
}

for (const database of databases) {
  observe(database, 'prepare');
  observe(database, 'withSession');
}
for (const namespace of namespaces) observe(namespace, 'put');

/** Empties what was used since the last time. */
export async function emptyStores(): Promise<void> {
  await Promise.all([
    ...databases.filter((database) => used.has(database)).map(emptyDatabase),
    ...namespaces.filter((namespace) => used.has(namespace)).map(emptyNamespace),
  ]);
  used.clear();
}

/** Tables of the schema, but those that SQLite and D1 keep for themselves. */
const TABLES =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' AND name <> 'd1_migrations'";

/** The statement that tells of each table if it has rows; the schema is the same in each test and in each database. */
let filled: string | undefined;

/**
 * Most tests leave most tables empty: one statement finds what is to be deleted. Rows are deleted rather than the schema
 * made anew: migrating takes longer than most tests.
 */
async function emptyDatabase(database: D1Database): Promise<void> {
  filled ??= await statementOfFilled(database);
  const tables = Object.entries((await database.prepare(filled).first<Record<string, number>>()) ?? {});
  const deletions = tables.filter(([, hasRows]) => hasRows === 1).map(([name]) => `DELETE FROM "${name}"`);
  if (deletions.length > 0) await database.prepare(['PRAGMA defer_foreign_keys = on', ...deletions].join('; ')).run();
}

async function statementOfFilled(database: D1Database): Promise<string> {
  const { results } = await database.prepare(TABLES).all<{ name: string }>();
  return `SELECT ${results.map(({ name }) => `EXISTS (SELECT 1 FROM "${name}") AS "${name}"`).join(', ')}`;
}

async function emptyNamespace(namespace: KVNamespace): Promise<void> {
  const { keys } = await namespace.list();
  await Promise.all(keys.map(({ name }) => namespace.delete(name)));
}
