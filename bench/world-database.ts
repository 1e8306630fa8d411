/** D1 in the simulated world: a primary in one region, and replicas that follow it late. */
import type { Region } from './world-latencies.ts';
import { sleep, type Waiting, type WorldEnv } from './world-waiting.ts';

type Wait = <T>(work: () => Promise<T>) => Promise<T>;

/** A statement that waits when it runs; `replay` keeps what a replica is told later. */
class WaitingStatement {
  readonly inner: D1PreparedStatement;
  readonly #wait: Wait;
  readonly replay: Replay;

  constructor(inner: D1PreparedStatement, wait: Wait, replay: Replay) {
    this.inner = inner;
    this.#wait = wait;
    this.replay = replay;
  }

  bind(...values: unknown[]) {
    const replay = { ...this.replay, values };
    return new WaitingStatement(this.inner.bind(...values), this.#wait, replay);
  }
  all() {
    return this.#run(() => this.inner.all());
  }
  run() {
    return this.#run(() => this.inner.run());
  }
  raw(options?: { columnNames: true }) {
    return this.#run(() => (options ? this.inner.raw(options) : this.inner.raw()));
  }
  first(column?: string) {
    return this.#run(() => (column === undefined ? this.inner.first() : this.inner.first(column)));
  }
  async #run<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.#wait(work);
    this.replay.told([this.replay]);
    return result;
  }
}

type Replay = { sql: string; values: unknown[]; told: (statements: Replay[]) => void };

/** @param told hears of what ran, so that it reaches a replica. */
function waitingDatabase(database: D1Database | D1DatabaseSession, wait: Wait, told: Replay['told']) {
  return {
    prepare: (sql: string) => new WaitingStatement(database.prepare(sql), wait, { sql, values: [], told }),
    async batch(statements: WaitingStatement[]) {
      const results = await wait(() => database.batch(statements.map(({ inner }) => inner)));
      told(statements.map(({ replay }) => replay));
      return results;
    },
  };
}

/** @param home the region of its primary. */
export function databaseOf(env: WorldEnv, binding: string, home: Region, waiting: Waiting, context: ExecutionContext) {
  const { d1, replicaLag } = env.WORLD;
  const database = env[binding] as D1Database;
  const replica = env.LAYOUT !== 'one database' && binding === 'DB' ? (env.REPLICA as D1Database) : undefined;
  const told = (statements: Replay[]) => {
    if (replica && statements.some(({ sql }) => !/^\s*select\b/i.test(sql))) {
      const apply = () => replica.batch(statements.map(({ sql, values }) => replica.prepare(sql).bind(...values)));
      context.waitUntil(sleep(replicaLag * env.FRACTION).then(apply));
    }
  };
  const far: Wait = (work) => waiting.during(waiting.to(home) + d1, work);
  const near: Wait = (work) => waiting.during(waiting.to(waiting.region) + d1, work);
  return {
    ...waitingDatabase(database, far, told),
    withSession: (constraint: string) =>
      replica && constraint === 'first-unconstrained'
        ? waitingDatabase(replica, near, () => undefined)
        : waitingDatabase(database, far, told),
  };
}
