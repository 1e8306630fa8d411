/** The table of remembered browsers, global, in `DB`. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { RememberedBrowserId, UserId } from '../../protocol/credentials.ts';

/** Browsers in which a user showed the second factor, and is not asked for it for some days. */
export const rememberedBrowsers = sqliteTable(
  'remembered_browsers',
  {
    /** SHA-256 of the user and of the secret in the browser's cookie, which itself is not stored. */
    hash: text('hash').primaryKey(),
    id: text('id').$type<RememberedBrowserId>().notNull().unique(),
    userId: text('user_id').$type<UserId>().notNull(),
    /** The `second_factor_at` of the user whose second factor was shown: another second factor is not remembered. */
    factorAt: integer('factor_at').notNull(),
    /** The `browsers_forgotten` of the user, as it was before the second factor was shown. */
    forgotten: integer('forgotten').notNull(),
    /** Time at which the second factor was shown: a cutoff at or after this ends it. */
    rememberedAt: integer('remembered_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    lastUsedAt: integer('last_used_at'),
    /** The User-Agent header. */
    userAgent: text('user_agent'),
  },
  (table) => [
    index('remembered_browsers_by_user').on(table.userId, table.rememberedAt),
    index('remembered_browsers_by_expiry').on(table.expiresAt),
  ],
);
