/** Inserting a row only if something holds, as one statement: INSERT … SELECT … WHERE. */
import { getTableColumns, is, SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

/** What SQLite computes of a row is not written. */
type Written<T extends SQLiteTable> = keyof T['$inferInsert'] & keyof T['$inferSelect'];
type Row<T extends SQLiteTable> = { [Column in Written<T>]-?: T['$inferSelect'][Column] | SQL };

/**
 * For `insert(table).select(…)`: the row, in the order of the table's columns, where the condition holds. Values may
 * be SQL over the rows of `from`.
 */
export function rowIf<T extends SQLiteTable>(table: T, row: Row<T>, condition: SQL, from?: SQL): SQL {
  const written = Object.entries(getTableColumns(table)).filter(([, column]) => !column.generated);
  const values = written.map(([name, column]) => {
    const value: unknown = row[name as keyof Row<T>];
    if (value === null) return sql`NULL`;
    return is(value, SQL) ? value : sql`${sql.param(value, column)}`;
  });
  return sql`SELECT ${sql.join(values, sql`, `)} ${from ? sql`FROM ${from}` : sql``} WHERE ${condition}`;
}
