/** The token exchange policy of a client (RFC 8693 §1.1), set by an administrator. */
import * as z from 'zod';

export const TokenExchangePolicy = z.strictObject({
  from: z.array(z.string().max(2000)).max(100).describe('Clients whose tokens it may exchange; * means all.'),
  resources: z.array(z.string().max(2000)).max(100).describe('Resources it may request tokens for.'),
  scopes: z
    .array(z.string().max(200))
    .max(100)
    .describe('Scopes that the new token may have; empty: those of the subject token.')
    .default([]),
  /** RFC 8693 §1.1: impersonation names only the user; delegation also names the actor (`act`). */
  semantics: z
    .array(z.enum(['impersonation', 'delegation']))
    .min(1)
    .default(['delegation'])
    .describe('Delegation: tokens name the actor (act). Impersonation: tokens name only the user.'),
});
export type TokenExchangePolicy = z.infer<typeof TokenExchangePolicy>;
