/**
 * The entry of a Worker in the simulated world: gives it bindings that wait as those of a region do, and says in a header
 * how long its request waited for them. Waiting is counted on a clock of the request, so that a busy machine adds nothing;
 * real time passes as well, by a fraction, so that concurrent operations meet in the order in which they would.
 */

// The built Worker, which stands beside this module when it runs.
import worker from './built.js';
import type { Layout, Region, World } from './world-latencies.ts';

type Env = Record<string, unknown> & { WORLD: World; LAYOUT: Layout; FRACTION: number };

/** The places that `request.cf` says a request comes from. */
const PLACES: Record<Region, { continent: string; longitude: string }> = {
  wnam: { continent: 'NA', longitude: '-120' },
  enam: { continent: 'NA', longitude: '-75' },
  weur: { continent: 'EU', longitude: '5' },
  eeur: { continent: 'EU', longitude: '25' },
  apac: { continent: 'AS', longitude: '104' },
  oc: { continent: 'OC', longitude: '151' },
};

/** The values of Workers KV that the locations of a region have. */
const kvCaches = new Map<string, { value: unknown; until: number }>();

let skipped = 0;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + skipped;

/** The waiting of one request, in milliseconds of the simulated world. */
class Waiting {
  now = 0;
  readonly #env: Env;
  readonly region: Region;

  constructor(env: Env, region: Region) {
    this.#env = env;
    this.region = region;
  }

  /** The distance to another region. */
  to(other: Region): number {
    const { roundTrips, withinRegion } = this.#env.WORLD;
    if (other === this.region) return withinRegion;
    return withinRegion + (roundTrips[`${this.region}-${other}`] ?? roundTrips[`${other}-${this.region}`] ?? 0);
  }

  /** Does something that takes so long. What begins before it has ended shares its time. */
  async during<T>(ms: number, work: () => Promise<T>): Promise<T> {
    const { jitter, slow } = this.#env.WORLD;
    const varied = ms * (1 - jitter + 2 * jitter * Math.random()) * (Math.random() < 0.01 ? slow : 1);
    const ends = this.now + varied;
    const [result] = await Promise.all([work(), sleep(varied * this.#env.FRACTION)]);
    this.now = Math.max(this.now, ends);
    return result;
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

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

function databaseOf(env: Env, binding: string, home: Region, waiting: Waiting, context: ExecutionContext) {
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

/** Workers KV: writes go to the central stores; a location answers with what it read for a minute (and no value, too). */
function namespaceOf(env: Env, binding: string, waiting: Waiting) {
  const { cached, read, write, stale, central } = env.WORLD.kv;
  const namespace = env[binding] as KVNamespace;
  const distance = Math.min(...central.map((region) => waiting.to(region)));
  const keyOf = (key: string) => `${waiting.region} ${binding} ${key}`;
  const keep = (key: string, value: unknown) =>
    kvCaches.set(keyOf(key), { value, until: realNow() + stale * env.FRACTION });
  return {
    async get(key: string, options?: unknown) {
      const known = kvCaches.get(keyOf(key));
      const type = typeof options === 'string' ? options : (options as { type?: string } | undefined)?.type;
      const parsed = (text: string | null) => (type === 'json' && text !== null ? JSON.parse(text) : text);
      if (known && known.until > realNow()) return waiting.during(cached, async () => parsed(known.value as string));
      const value = await waiting.during(distance + read, () => namespace.get(key));
      keep(key, value);
      return parsed(value);
    },
    async put(key: string, value: string, options?: KVNamespacePutOptions) {
      await waiting.during(distance + write, () => namespace.put(key, value, options));
      keep(key, value);
    },
    async delete(key: string) {
      await waiting.during(distance + write, () => namespace.delete(key));
      keep(key, null);
    },
    list: (options?: KVNamespaceListOptions) => waiting.during(distance + read, () => namespace.list(options)),
  };
}

function bindingsOf(env: Env, waiting: Waiting, context: ExecutionContext): Record<string, unknown> {
  const wrapped: Record<string, unknown> = {};
  for (const [name, binding] of Object.entries(env)) {
    const shard = /^SHARD_(\w+)$/.exec(name)?.[1]?.toLowerCase() as Region | undefined;
    if (name === 'REPLICA' || (shard && env.LAYOUT !== 'with shards')) continue;
    if (name === 'DB' || shard) wrapped[name] = databaseOf(env, name, shard ?? env.WORLD.primary, waiting, context);
    else if (['CODES', 'CACHE', 'OAUTH_KV'].includes(name)) wrapped[name] = namespaceOf(env, name, waiting);
    else wrapped[name] = binding;
  }
  return wrapped;
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const region = (request.headers.get('x-world-region') ?? env.WORLD.primary) as Region;
    // A cold isolate: whatever it holds for 30 seconds has expired.
    if (request.headers.has('x-world-cold')) skipped += 31_000;
    const waiting = new Waiting(env, region);
    // By the address that clients know.
    const address = new URL(request.url);
    address.host = 'localhost:8787';
    const placed = new Request(address, new Request(request, { cf: PLACES[region] } as RequestInit));
    const response = await worker.fetch(placed, bindingsOf(env, waiting, context), context);
    const told = new Response(response.body, response);
    told.headers.set('x-world-ms', String(env.WORLD.userToEdge + waiting.now));
    return told;
  },
};
