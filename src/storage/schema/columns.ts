/** What columns of several tables are made of. */
import { text } from 'drizzle-orm/sqlite-core';

/** A list of names, as JSON. */
export const names = (column: string) => text(column, { mode: 'json' }).$type<string[]>().notNull();
