/** Column types that several tables share. */
import { text } from 'drizzle-orm/sqlite-core';

/** A list of texts, as JSON. */
export const jsonList = (column: string) => text(column, { mode: 'json' }).$type<string[]>().notNull();
