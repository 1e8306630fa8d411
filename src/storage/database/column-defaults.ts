/** The values of a new row that nobody set. */
import { getTableColumns } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

/** The default of each column, else null. Generated columns have none. */
export const columnDefaults = (table: SQLiteTable): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(getTableColumns(table)).flatMap(([name, { generated, default: value }]) =>
      generated ? [] : [[name, value ?? null]],
    ),
  );
