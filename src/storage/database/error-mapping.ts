/** A D1 database with the errors of this server: 503 for one that does not answer, 412 for a failed precondition. */
import { temporarilyUnavailable } from '../../protocol/oauth-error.ts';
import { isPreconditionError, type PreconditionStatement, preconditionFailed } from './precondition.ts';

type D1Statements = Pick<D1Database, 'prepare' | 'batch'>;

/** The same database, with temporarily_unavailable (503) as the error where it does not answer. */
export function withErrorMapping(
  database: D1Database | D1DatabaseSession,
  precondition: PreconditionStatement | undefined,
): D1Statements {
  return {
    prepare: (query) => new Statement(database.prepare(query)) as unknown as D1PreparedStatement,
    batch: async <T>(statements: D1PreparedStatement[]) => {
      const batch = statements.map((each) => (each instanceof Statement ? each.original : each));
      if (!precondition) return mapErrors(() => database.batch<T>(batch));
      const first = database.prepare(precondition.sql).bind(...precondition.params);
      const [, ...results] = await mapErrors(() => database.batch<T>([first, ...batch]));
      return results;
    },
  };
}

/** A statement whose own errors are mapped, too. */
class Statement {
  readonly original: D1PreparedStatement;

  constructor(original: D1PreparedStatement) {
    this.original = original;
  }

  bind(...values: unknown[]): Statement {
    return new Statement(this.original.bind(...values));
  }

  all() {
    return mapErrors(() => this.original.all());
  }

  run() {
    return mapErrors(() => this.original.run());
  }

  first(column: string) {
    return mapErrors(() => this.original.first(column));
  }

  raw(options: { columnNames: true }) {
    return mapErrors(() => this.original.raw(options));
  }
}

async function mapErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isPreconditionError(error)) throw preconditionFailed();
    // A violated constraint is an answer, and a wrong statement a fault of this server; any other error means that D1
    // is down.
    if (/SQLITE_(CONSTRAINT|ERROR)|D1_TYPE_ERROR/.test(String(error))) throw error;
    throw temporarilyUnavailable(error);
  }
}
