/** Bindings that count what Cloudflare bills: rows that D1 reads and writes (indexes included), and KV operations. */
import type { Bindings } from '../../src/config.ts';

type KvOperation = 'get' | 'put' | 'delete' | 'list';

/** The operations since the last reading. */
export type Metered = {
  rowsRead: number;
  rowsWritten: number;
  kv: Partial<Record<KvOperation, number>>;
  /** The statements of each batch, and of each statement that was sent alone. */
  batches: string[][];
};

const nothing = (): Metered => ({ rowsRead: 0, rowsWritten: 0, kv: {}, batches: [] });

export class StorageMeter {
  #metered = nothing();

  /** The same bindings, counted. A query for bare values runs twice, because those have no `meta`. */
  over(env: Bindings): Bindings {
    const wrapped = Object.entries(env).map(([name, binding]) => {
      if (name === 'DB' || name.startsWith('SHARD_')) return [name, this.#database(binding as D1Database)];
      if (name === 'CODES' || name === 'CACHE') return [name, this.#namespace(binding as KVNamespace)];
      return [name, binding];
    });
    return Object.fromEntries(wrapped) as Bindings;
  }

  /** The operations since the last reading. */
  take(): Metered {
    const metered = this.#metered;
    this.#metered = nothing();
    return metered;
  }

  #count<T extends D1Result>(result: T): T {
    this.#metered.rowsRead += result.meta.rows_read;
    this.#metered.rowsWritten += result.meta.rows_written;
    return result;
  }

  #sent(statements: readonly D1PreparedStatement[]): void {
    this.#metered.batches.push(statements.map((statement) => texts.get(statement) ?? ''));
  }

  #namespace(namespace: KVNamespace): KVNamespace {
    const counted = (operation: KvOperation, method: keyof KVNamespace) => [
      method,
      (...parameters: unknown[]) => {
        this.#metered.kv[operation] = (this.#metered.kv[operation] ?? 0) + 1;
        return (namespace[method] as (...p: unknown[]) => Promise<unknown>).apply(namespace, parameters);
      },
    ];
    return Object.fromEntries([
      counted('get', 'get'),
      counted('get', 'getWithMetadata'),
      counted('put', 'put'),
      counted('delete', 'delete'),
      counted('list', 'list'),
    ]) as KVNamespace;
  }

  #database(database: D1Database | D1DatabaseSession): D1Database {
    return {
      prepare: (sql: string) => this.#statement(database.prepare(sql), sql),
      batch: async (statements: D1PreparedStatement[]) => {
        this.#sent(statements);
        const results = await database.batch(statements.map((statement) => originals.get(statement) ?? statement));
        return results.map((result) => this.#count(result));
      },
      withSession: (constraint?: string) => this.#database((database as D1Database).withSession(constraint)),
    } as unknown as D1Database;
  }

  #statement(statement: D1PreparedStatement, sql: string): D1PreparedStatement {
    const wrapped = {
      bind: (...values: unknown[]) => this.#statement(statement.bind(...values), sql),
      all: async () => {
        this.#sent([wrapped]);
        return this.#count(await statement.all());
      },
      run: async () => {
        this.#sent([wrapped]);
        return this.#count(await statement.run());
      },
      raw: async () => {
        this.#sent([wrapped]);
        this.#count(await statement.all());
        return statement.raw();
      },
    } as unknown as D1PreparedStatement;
    originals.set(wrapped, statement);
    texts.set(wrapped, sql);
    return wrapped;
  }
}

const originals = new WeakMap<object, D1PreparedStatement>();
const texts = new WeakMap<object, string>();
