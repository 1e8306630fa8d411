/** A D1 binding that counts the rows that its statements read, as D1 bills them (`meta.rows_read`). */
import type { Bindings } from '../../src/config.ts';

export class ReadMeter {
  rows = 0;

  /** The same bindings, counted. What is asked for as bare values is asked for twice, because those have no `meta`. */
  over(env: Bindings): Bindings {
    const wrapped = Object.entries(env).map(([name, binding]) =>
      name === 'DB' || name.startsWith('SHARD_') ? [name, this.#database(binding as D1Database)] : [name, binding],
    );
    return Object.fromEntries(wrapped) as Bindings;
  }

  /** The rows read since the last time. */
  take(): number {
    const rows = this.rows;
    this.rows = 0;
    return rows;
  }

  #count<T extends D1Result>(result: T): T {
    this.rows += result.meta.rows_read;
    return result;
  }

  #database(database: D1Database | D1DatabaseSession): D1Database {
    return {
      prepare: (sql: string) => this.#statement(database.prepare(sql)),
      batch: async (statements: D1PreparedStatement[]) => {
        const results = await database.batch(statements.map((statement) => originals.get(statement) ?? statement));
        return results.map((result) => this.#count(result));
      },
      withSession: (constraint?: string) => this.#database((database as D1Database).withSession(constraint)),
    } as unknown as D1Database;
  }

  #statement(statement: D1PreparedStatement): D1PreparedStatement {
    const wrapped = {
      bind: (...values: unknown[]) => this.#statement(statement.bind(...values)),
      all: async () => this.#count(await statement.all()),
      run: async () => this.#count(await statement.run()),
      raw: async () => {
        this.#count(await statement.all());
        return statement.raw();
      },
    } as unknown as D1PreparedStatement;
    originals.set(wrapped, statement);
    return wrapped;
  }
}

const originals = new WeakMap<object, D1PreparedStatement>();
