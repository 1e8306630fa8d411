/** How far another issuer is trusted to vouch for people (RFC 7523 §2.1, RFC 7521 §4.1). */
import * as z from 'zod';

export const IssuerTrust = z
  .strictObject({
    jwks_uri: z.url().max(2000).optional().describe('Where its keys are; fetched when they are needed.'),
    jwks: z
      .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) })
      .optional()
      .describe('Its public keys, where they are not fetched.'),
    clients: z.array(z.string().max(2000)).max(100).default([]).describe('Clients that may use it; none means all.'),
    scopes: z
      .array(z.string().max(200))
      .max(100)
      .default([])
      .describe('Scopes it can open; none means what the client may ask.'),
    match_email: z
      .boolean()
      .default(false)
      .describe(
        'Whether a verified e-mail address names the person where the subject is not linked: one that is confirmed here, too.',
      ),
  })
  .refine((trust) => (trust.jwks_uri === undefined) !== (trust.jwks === undefined), {
    error: 'give either jwks or jwks_uri',
  });
export type IssuerTrust = z.infer<typeof IssuerTrust>;
