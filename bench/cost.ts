/**
 * The cost of a million operations at Cloudflare's list prices, from counted storage operations. The counts are upper
 * bounds that test/feature/design-writes.test.ts holds; docs/explanation/performance.md has the table.
 */

/** US dollars for a million, beyond what the Workers Paid plan includes: developers.cloudflare.com, as read then. */
export const PRICES = {
  readOn: '2026-11-29',
  requests: 0.3,
  rowsRead: 0.001,
  rowsWritten: 1,
  kvReads: 0.5,
  /** Puts, deletes and lists. */
  kvWrites: 5,
} as const;

/** The operations that Cloudflare bills. */
export type Counted = { requests: number; rowsRead: number; rowsWritten: number; kvReads: number; kvWrites: number };

/** Of this server, each with one shard beside `DB`; indexes are rows written. */
export const POSTERN = {
  /** POST /sign-in with a password, in a browser that is not known: the throttle, the session, the audit event. */
  'sign-in': { requests: 1, rowsRead: 60, rowsWritten: 17, kvReads: 0, kvWrites: 0 },
  /** GET /authorize with a session and remembered consent, and POST /token with the code. */
  'authorization code to tokens': { requests: 2, rowsRead: 50, rowsWritten: 20, kvReads: 0, kvWrites: 1 },
  refresh: { requests: 1, rowsRead: 60, rowsWritten: 7, kvReads: 0, kvWrites: 0 },
  'client credentials': { requests: 1, rowsRead: 20, rowsWritten: 4, kvReads: 0, kvWrites: 0 },
  /** The same with `record_user_tokens` and `record_client_tokens` switched off. */
  'authorization code to tokens, unrecorded': { requests: 2, rowsRead: 50, rowsWritten: 14, kvReads: 0, kvWrites: 1 },
  'refresh, unrecorded': { requests: 1, rowsRead: 60, rowsWritten: 1, kvReads: 0, kvWrites: 0 },
  'client credentials, unrecorded': { requests: 1, rowsRead: 20, rowsWritten: 0, kvReads: 0, kvWrites: 0 },
} as const satisfies Record<string, Counted>;

/** Of workers-oauth-provider 0.10.3, by its source: what it reads and writes of KV; it has no sign-in of its own. */
export const KV_DESIGN = {
  // The grant with its code, the grant again, the token; the client three times, the grant; the list of earlier grants.
  'authorization code to tokens': { requests: 2, rowsRead: 0, rowsWritten: 0, kvReads: 4, kvWrites: 4 },
  // The grant and the token; the client, the grant.
  refresh: { requests: 1, rowsRead: 0, rowsWritten: 0, kvReads: 2, kvWrites: 2 },
} as const satisfies Partial<Record<keyof typeof POSTERN, Counted>>;

/** @returns US dollars for a million operations, such as `25.65`. */
export function costOfMillion(counted: Counted): string {
  const { readOn: _, ...prices } = PRICES;
  const parts = Object.entries(prices).map(([name, price]) => counted[name as keyof Counted] * price);
  return parts.reduce((sum, part) => sum + part, 0).toFixed(2);
}
