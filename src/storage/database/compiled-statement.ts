/**
 * Statements that are written with drizzle, compiled once per isolate to text and the order of their parameters, and bound
 * per request: building a query costs more than most of them take. drizzle fills no placeholders in D1's `batch()`; a
 * bound statement does, and stands in a batch beside statements that are not compiled.
 */
import { Column, is, Placeholder, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { RunnableQuery } from 'drizzle-orm/runnable-query';
import type { Database } from './database.ts';

/** A value as D1 binds it. A list is bound as JSON. */
type Value = string | number | null;
type Values = Readonly<Record<string, Value>>;

/** The places of the values in a statement. */
export type Slots<Named> = { readonly [Name in keyof Named]: SQL<Named[Name]> };

type MapResult = (response: unknown, isFromBatch?: boolean) => unknown;

type Decoder = Pick<Column, 'mapFromDriverValue'>;

/** A member of a row: a column, or an expression, which drizzle keeps with its decoder. */
type Field = { path: string[]; field: Column | { decoder: Decoder } | { sql: { decoder: Decoder } } };

/** A statement of drizzle, as far as it is compiled. */
type Written = RunnableQuery<unknown, 'sqlite'> & {
  prepare(): { getQuery(): { sql: string; params: unknown[] }; mapAllResult: MapResult; fields?: Field[] };
};

type Compiled = { text: string; parameters: readonly (Placeholder | Value)[]; mapResult: MapResult };

/** A database that only writes SQL. */
const compiler: Database = drizzle(Object.create({ prepare: () => undefined }));

function compile(write: (db: Database) => Written): Compiled {
  const prepared = write(compiler).prepare();
  const { sql: query, params } = prepared.getQuery();
  const mapResult = prepared.fields
    ? rowsMapper(prepared.fields)
    : (response: unknown, isFromBatch?: boolean) => prepared.mapAllResult(response, isFromBatch);
  return { ...numbered(query, params), mapResult };
}

/** Numbers the parameters, so that a value that a statement has in many places is bound once. */
function numbered(query: string, params: readonly unknown[]): Pick<Compiled, 'text' | 'parameters'> {
  const parameters: (Placeholder | Value)[] = [];
  const remaining = params.values();
  const numberOf = (each: unknown) => {
    const known = parameters.findIndex((one) =>
      is(each, Placeholder) ? is(one, Placeholder) && one.name === each.name : one === each,
    );
    return known >= 0 ? known + 1 : parameters.push(is(each, Placeholder) ? each : constant(each));
  };
  // Question marks in texts and names are none of parameters.
  const text = query.replaceAll(/'[^']*'|"[^"]*"|\?/g, (found) =>
    found === '?' ? `?${numberOf(remaining.next().value)}` : found,
  );
  return { text, parameters };
}

/** Maps rows as drizzle does, which looks the decoders up for each value. No compiled statement returns a joined table. */
function rowsMapper(fields: readonly Field[]): MapResult {
  const columns = fields.map(({ path, field }) => [path.join('.'), decoderOf(field)] as const);
  const toRow = (values: unknown[]) =>
    Object.fromEntries(
      columns.map(([name, decoder], at) => [name, values[at] === null ? null : decoder.mapFromDriverValue(values[at])]),
    );
  return (response, isFromBatch) =>
    isFromBatch
      ? (response as D1Result<object>).results.map((row) => toRow(Object.values(row)))
      : (response as unknown[][]).map(toRow);
}

function decoderOf(field: Field['field']): Decoder {
  if (is(field, Column)) return field;
  return 'sql' in field ? field.sql.decoder : field.decoder;
}

/** A parameter that the statement itself has. @throws TypeError for a value that is bound encoded. */
function constant(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError('a compiled statement binds texts, numbers and null.');
}

/** A compiled statement with its values. */
class BoundStatement<Result> {
  /** The types by which drizzle's `batch()` knows its results. */
  declare readonly _: { readonly dialect: 'sqlite'; readonly result: Result };
  readonly #client: Pick<D1Database, 'prepare'>;
  readonly #compiled: Compiled;
  readonly #values: Values;

  constructor(db: Database, compiled: Compiled, values: Values) {
    this.#client = db.$client;
    this.#compiled = compiled;
    this.#values = values;
  }

  #bind(): D1PreparedStatement {
    const { text, parameters } = this.#compiled;
    const values = parameters.map((each) => (is(each, Placeholder) ? (this.#values[each.name] ?? null) : each));
    return this.#client.prepare(text).bind(...values);
  }

  /** Runs the statement alone. */
  async run(): Promise<Result> {
    return this.#compiled.mapResult(await this.#bind().raw()) as Result;
  }

  /** The form in which drizzle's `batch()` asks for a statement and maps its result. */
  _prepare() {
    return {
      // Bound already: drizzle passes what it is given.
      getQuery: () => ({ sql: this.#compiled.text, params: [undefined] }),
      stmt: { bind: () => this.#bind() },
      mapResult: this.#compiled.mapResult,
    };
  }
}

/**
 * A statement by the values that each request binds. It is compiled when it is first used.
 * @param write writes the statement with drizzle, with a slot in the place of each value; values are not encoded.
 */
export function compiledStatement<Named extends Record<string, Value> = Record<never, Value>>() {
  const slots = new Proxy<Slots<Named>>(Object.create(null), {
    get: (_, name) => sql`${sql.placeholder(String(name))}`,
  });
  return <Statement extends Written>(write: (db: Database, slots: Slots<Named>) => Statement) => {
    let compiled: Compiled | undefined;
    return (db: Database, values: Named): BoundStatement<Statement['_']['result']> => {
      compiled ??= compile((onlyText) => write(onlyText, slots));
      return new BoundStatement(db, compiled, values);
    };
  };
}
