/** The D1 databases: `DB` and the shards, primary and nearest replica. */
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import type { Bindings } from '../../config.ts';
import type { Shard } from '../../protocol/credentials.ts';
import { temporarilyUnavailable } from '../../protocol/oauth-error.ts';
import { shards } from '../schema/index.ts';
import { withErrorMapping } from './error-mapping.ts';
import { IsolateCache } from './isolate-cache.ts';
import { type Precondition, type PreconditionStatement, preconditionStatement } from './precondition.ts';
import { type ClientLocation, FIRST_SHARD, nearestRegions } from './shard-names.ts';

export type Database = DrizzleD1Database & { $client: D1Database };

export type ShardRow = typeof shards.$inferSelect;

/** The shards on record in `DB`, bound or not. */
const shardsCache = new IsolateCache<ReadonlyMap<Shard, ShardRow>>(1);

/** The shards of the bindings, and their primaries where one was asked for: once per isolate. */
type BoundShards = { bindings: ReadonlyMap<Shard, D1Database>; primaries: Map<Shard, Database> };

const boundShards = new WeakMap<Bindings, BoundShards>();

function boundShardsOf(env: Bindings): BoundShards {
  let bound = boundShards.get(env);
  if (!bound) {
    const shards = Object.entries(env).filter(([name]) => name.startsWith('SHARD_'));
    const bindings = new Map([
      [FIRST_SHARD, env.DB],
      ...shards.map(([name, binding]) => [name.slice('SHARD_'.length).toLowerCase(), binding as D1Database] as const),
    ]);
    bound = { bindings, primaries: new Map() };
    boundShards.set(env, bound);
  }
  return bound;
}

/** The databases of a request. */
export class Databases {
  readonly #bindings: ReadonlyMap<Shard, D1Database>;
  readonly #primaries: Map<Shard, Database>;
  #nearestReplica: Database | undefined;
  readonly #env: Bindings;
  readonly #precondition: PreconditionStatement | undefined;

  /** @param precondition the first statement of every batch in `DB`, as `withPrecondition` builds it. */
  constructor(env: Bindings, precondition?: PreconditionStatement) {
    this.#env = env;
    this.#precondition = precondition;
    const { bindings, primaries } = boundShardsOf(env);
    this.#bindings = bindings;
    this.#primaries = precondition ? new Map() : primaries;
  }

  /** The primary of `DB`, which has the latest settings, clients and users. */
  get global(): Database {
    return this.#primary(FIRST_SHARD);
  }

  /**
   * The same databases for one change (RFC 9110 §13.1): their batches change `DB` only where the condition holds, or
   * where this request changed it before. Else they throw OAuthError precondition_failed.
   */
  withPrecondition(condition: Precondition, requestId: string): Databases {
    return new Databases(this.#env, preconditionStatement(condition, requestId));
  }

  /** The nearest replica of `DB`; it may lag. Each request has a session of its own. */
  get nearestReplica(): Database {
    this.#nearestReplica ??= openDatabase(this.#binding(FIRST_SHARD).withSession('first-unconstrained'));
    return this.#nearestReplica;
  }

  /**
   * The primary of the shard that a credential names; undefined for a name that never existed: the credential is
   * invalid.
   * @throws OAuthError temporarily_unavailable for a shard that exists but is not bound.
   */
  async resolveShard(name: Shard): Promise<Database | undefined> {
    const bound = this.shard(name);
    if (bound) return bound;
    const exists = (rows: ReadonlyMap<Shard, ShardRow> | undefined) => rows?.get(name)?.removedAt === null;
    if (exists(shardsCache.get('', Date.now())) || exists(await this.knownShards('latest')))
      throw temporarilyUnavailable(new Error(`the shard ${name} is not bound`));
    return undefined;
  }

  /**
   * The shards on record beside `DB`, removed ones included.
   * @param which from the isolate or the nearest replica (`near`), or from the primary (`latest`).
   */
  async knownShards(which: 'near' | 'latest'): Promise<ReadonlyMap<Shard, ShardRow>> {
    const known = which === 'near' ? shardsCache.get('', Date.now()) : undefined;
    if (known) return known;
    const db = which === 'near' ? this.nearestReplica : this.global;
    const rows = await db.select().from(shards);
    const found = new Map(rows.map((row) => [row.name, row]));
    shardsCache.set('', found, Date.now());
    return found;
  }

  /** The shards that exist but are not bound: their rows can be neither read nor changed. */
  async unboundShards(): Promise<Shard[]> {
    return [...(await this.knownShards('near')).values()]
      .filter(({ name, removedAt }) => removedAt === null && !this.#bindings.has(name))
      .map(({ name }) => name);
  }

  /** The primary of a shard that is bound. */
  shard(name: Shard): Database | undefined {
    return this.#bindings.has(name) ? this.#primary(name) : undefined;
  }

  get shardNames(): Shard[] {
    return [...this.#bindings.keys()];
  }

  /** The bound shard nearest to a location, draining or not, that may be chosen; `DB` where there is none. */
  nearestShard(location: ClientLocation, mayBe: (name: Shard) => boolean = () => true): Shard {
    return nearestRegions(location).find((name) => this.#bindings.has(name) && mayBe(name)) ?? FIRST_SHARD;
  }

  #binding(name: Shard): D1Database {
    return this.#bindings.get(name) as D1Database;
  }

  #primary(name: Shard): Database {
    let database = this.#primaries.get(name);
    if (!database) {
      database = openDatabase(this.#binding(name), name === FIRST_SHARD ? this.#precondition : undefined);
      this.#primaries.set(name, database);
    }
    return database;
  }
}

const openDatabase = (binding: D1Database | D1DatabaseSession, precondition?: PreconditionStatement): Database =>
  drizzle(withErrorMapping(binding, precondition) as D1Database);

/**
 * Runs an idempotent batch: where its answer is lost, it is sent a second time.
 * @throws OAuthError temporarily_unavailable where the outcome stays unknown.
 */
export async function runBatch<T>(batch: () => Promise<T>): Promise<T> {
  try {
    return await batch();
  } catch {
    return await batch();
  }
}
