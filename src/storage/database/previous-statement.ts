/** The outcome of the previous statement of a batch, as a condition of the next one. */
import { sql } from 'drizzle-orm';

/** A condition for a statement directly after another one: that one changed a row. */
export const previousChangedRow = sql`changes() > 0`;
