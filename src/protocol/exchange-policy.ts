/** What a client may exchange tokens for (RFC 8693 §1.1): a policy that an administrator sets for each client. */
import * as z from 'zod';

export const ExchangePolicy = z.strictObject({
  /** The clients whose tokens it may present; `*` means every client's. */
  from: z.array(z.string().max(2000)).max(100).describe('Clients whose tokens it may exchange; * means all.'),
  /** The resources that it may ask a token for. */
  resources: z.array(z.string().max(2000)).max(100).describe('Resources it may get tokens for.'),
  /** Down-scoping always; beyond these nothing, even if the subject token has more. */
  scopes: z
    .array(z.string().max(200))
    .max(100)
    .describe('Scopes it may carry over; none means all of the token.')
    .default([]),
  /** RFC 8693 §1.1: impersonation shows only the person; delegation also shows who acts for them. */
  semantics: z
    .array(z.enum(['impersonation', 'delegation']))
    .min(1)
    .default(['delegation'])
    .describe('Whether its tokens show who acts for the person (delegation) or only the person (impersonation).'),
});
export type ExchangePolicy = z.infer<typeof ExchangePolicy>;
