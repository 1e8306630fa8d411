/** Conditional insert of a row in one statement: INSERT … SELECT … WHERE. */
import { getTableColumns, is, SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

/** The columns that are not generated. */
type StoredColumn<T extends SQLiteTable> = keyof T['$inferInsert'] & keyof T['$inferSelect'];
type Row<T extends SQLiteTable> = { [Column in StoredColumn<T>]-?: T['$inferSelect'][Column] | SQL };

/**
 * The argument of `insert(table).select(…)`: the row, in the order of the table's columns, where the condition holds.
 * Values may be SQL over the rows of `from`.
 */
export function insertWhere<T extends SQLiteTable>(table: T, row: Row<T>, condition: SQL, from?: SQL): SQL {
  const written = Object.entries(getTableColumns(table)).filter(([, column]) => !column.generated);
  const values = written.map(([name, column]) => {
    const value: unknown = row[name as keyof Row<T>];
    if (value === null) return sql`NULL`;
    return is(value, SQL) ? value : sql`${sql.param(value, column)}`;
  });
  return sql`SELECT ${sql.join(values, sql`, `)} ${from ? sql`FROM ${from}` : sql``} WHERE ${condition}`;
}
