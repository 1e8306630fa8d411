/**
 * Bindings that note when each storage operation begins and ends, and bindings that fail on purpose. A round is one
 * moment of waiting: operations that overlap share it.
 */
import type { Bindings } from '../../src/config.ts';

export type Operation = { store: string; near: boolean; began: number; ended: number };

/**
 * Wraps every D1 and KV binding. `act` runs around each operation and may delay, refuse or falsify it; `near` says that
 * it is asked of the nearest replica (D1 Sessions API).
 */
export function wrapStores(
  env: Bindings,
  act: <T>(store: string, operation: () => Promise<T>, near?: boolean) => Promise<T>,
): Bindings {
  const wrapped = { ...env } as Record<string, unknown>;
  for (const [name, binding] of Object.entries(env)) {
    if (name === 'DB' || name.startsWith('SHARD_')) wrapped[name] = wrapDatabase(binding as D1Database, name, act);
    if (name === 'CODES' || name === 'CACHE') wrapped[name] = wrapNamespace(binding as KVNamespace, name, act);
  }
  return wrapped as Bindings;
}

type Act = Parameters<typeof wrapStores>[1];

const originals = new WeakMap<object, D1PreparedStatement>();

function wrapDatabase(database: D1Database | D1DatabaseSession, name: string, act: Act, near = false): D1Database {
  return {
    prepare: (sql: string) => wrapStatement(database.prepare(sql), name, act, near),
    batch: (statements: D1PreparedStatement[]) =>
      act(name, () => database.batch(statements.map((statement) => originals.get(statement) ?? statement)), near),
    withSession: (constraint?: string) =>
      wrapDatabase((database as D1Database).withSession(constraint), name, act, constraint === 'first-unconstrained'),
  } as unknown as D1Database;
}

function wrapStatement(statement: D1PreparedStatement, name: string, act: Act, near: boolean): D1PreparedStatement {
  const wrapped = {
    bind: (...values: unknown[]) => wrapStatement(statement.bind(...values), name, act, near),
    ...Object.fromEntries(
      (['all', 'run', 'first', 'raw'] as const).map((method) => [
        method,
        (...parameters: unknown[]) =>
          act(
            name,
            () => (statement[method] as (...p: unknown[]) => Promise<unknown>).apply(statement, parameters),
            near,
          ),
      ]),
    ),
  } as unknown as D1PreparedStatement;
  originals.set(wrapped, statement);
  return wrapped;
}

function wrapNamespace(namespace: KVNamespace, name: string, act: Act): KVNamespace {
  const methods = ['get', 'put', 'delete', 'list', 'getWithMetadata'] as const;
  return Object.fromEntries(
    methods.map((method) => [
      method,
      (...parameters: unknown[]) =>
        act(name, () => (namespace[method] as (...p: unknown[]) => Promise<unknown>).apply(namespace, parameters)),
    ]),
  ) as unknown as KVNamespace;
}

/** Records operations; what begins before another has ended shares its round. */
export class Recorder {
  operations: Operation[] = [];
  #clock = 0;

  readonly act: Act = async (store, operation, near = false) => {
    const noted: Operation = { store, near, began: this.#clock++, ended: Number.POSITIVE_INFINITY };
    this.operations.push(noted);
    try {
      return await operation();
    } finally {
      noted.ended = this.#clock++;
    }
  };

  forget(): void {
    this.operations = [];
  }

  /** The number of rounds so far: sequential waits for storage. */
  rounds(): number {
    let rounds = 0;
    let roundEnds = -1;
    for (const { began, ended } of [...this.operations].filter(({ ended }) => ended !== Number.POSITIVE_INFINITY)) {
      if (began > roundEnds) {
        rounds++;
        roundEnds = ended;
      } else {
        roundEnds = Math.max(roundEnds, ended);
      }
    }
    return rounds;
  }
}
