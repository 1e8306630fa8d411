/** The D1 databases behind one wall: `DB`, the shards, and what happens when one of them does not answer. */
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import type { Bindings } from '../config.ts';
import type { Shard } from '../protocol/credentials.ts';
import { temporarilyUnavailable } from '../protocol/oauth-error.ts';

export type Database = DrizzleD1Database;

/** `DB` is also this shard, for ever. */
export const FIRST_SHARD: Shard = '0';

/** Where Cloudflare's continents (`request.cf.continent`) have their nearest region, best first. */
const REGIONS: Record<string, Shard[]> = {
  NA: ['enam', 'wnam'],
  SA: ['enam', 'wnam'],
  EU: ['weur', 'eeur'],
  AF: ['weur', 'eeur'],
  AS: ['apac', 'oc'],
  OC: ['oc', 'apac'],
};

export type Place = { continent?: string | undefined; longitude?: string | undefined };

export class Databases {
  readonly #bindings: Map<Shard, D1Database>;
  readonly #opened = new Map<string, Database>();

  constructor(env: Bindings) {
    const shards = Object.entries(env).filter(([name]) => name.startsWith('SHARD_'));
    this.#bindings = new Map([
      [FIRST_SHARD, env.DB],
      ...shards.map(([name, binding]) => [name.slice('SHARD_'.length).toLowerCase(), binding as D1Database] as const),
    ]);
  }

  /** Settings, clients, people: read from the primary, which knows the latest. */
  get global(): Database {
    return this.#open(FIRST_SHARD, (binding) => binding);
  }

  /** The same, read from the nearest replica: it may lag. */
  get near(): Database {
    return this.#open('near', () => this.#binding(FIRST_SHARD).withSession('first-unconstrained'));
  }

  /** The primary of a shard, or undefined for a name that is not bound: what names it is not valid. */
  shard(name: Shard): Database | undefined {
    return this.#bindings.has(name) ? this.#open(name, (binding) => binding) : undefined;
  }

  get shardNames(): Shard[] {
    return [...this.#bindings.keys()];
  }

  /** The shard for a new session of somebody at this place. */
  nearest({ continent = '', longitude }: Place): Shard {
    const candidates = [...(REGIONS[continent] ?? [])];
    // The Americas and Europe have two regions each: west or east of the middle.
    const west = longitude !== undefined && Number(longitude) < (continent === 'EU' ? 15 : -95);
    if (continent === 'NA' && west) candidates.reverse();
    if (continent === 'EU' && longitude !== undefined && !west) candidates.reverse();
    return candidates.find((name) => this.#bindings.has(name)) ?? FIRST_SHARD;
  }

  #binding(name: Shard): D1Database {
    return this.#bindings.get(name) as D1Database;
  }

  #open(name: string, choose: (binding: D1Database) => D1Database | D1DatabaseSession): Database {
    let database = this.#opened.get(name);
    if (!database) {
      database = drizzle(guard(choose(this.#binding(name))) as D1Database);
      this.#opened.set(name, database);
    }
    return database;
  }
}

/**
 * Runs a batch that may safely be sent twice: where its answer is lost, it is sent once more.
 * @throws OAuthError temporarily_unavailable when the outcome stays unknown.
 */
export async function decide<T>(batch: () => Promise<T>): Promise<T> {
  try {
    return await batch();
  } catch {
    return await batch();
  }
}

/** Asks every shard, or those named; one that does not answer is named, and does not hide the others. */
export async function acrossShards<T>(
  databases: Databases,
  ask: (db: Database, shard: Shard) => Promise<T[]>,
  shards: readonly Shard[] = databases.shardNames,
) {
  const unreachable: Shard[] = [];
  const lists = await Promise.all(
    shards.map(async (name) => {
      const db = databases.shard(name);
      if (!db) return [];
      try {
        return await ask(db, name);
      } catch {
        unreachable.push(name);
        return [];
      }
    }),
  );
  return { rows: lists.flat(), unreachable };
}

type Guarded = Pick<D1Database, 'prepare' | 'batch'>;

/** The same database, whose silence is a 503 and never a 500. */
function guard(database: D1Database | D1DatabaseSession): Guarded {
  return {
    prepare: (query) => guardStatement(database.prepare(query)),
    batch: (statements) =>
      answered(() => database.batch(statements.map((statement) => unguarded.get(statement) ?? statement))),
  };
}

const unguarded = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

function guardStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const guarded = {
    bind: (...values: unknown[]) => guardStatement(statement.bind(...values)),
    all: () => answered(() => statement.all()),
    run: () => answered(() => statement.run()),
    first: (column: string) => answered(() => statement.first(column)),
    raw: (options: { columnNames: true }) => answered(() => statement.raw(options)),
  } as unknown as D1PreparedStatement;
  unguarded.set(guarded, statement);
  return guarded;
}

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    // A constraint is an answer, and a wrong statement is our own fault; everything else is a store that is down.
    if (/SQLITE_(CONSTRAINT|ERROR)|D1_TYPE_ERROR/.test(String(error))) throw error;
    throw temporarilyUnavailable(error);
  }
}
