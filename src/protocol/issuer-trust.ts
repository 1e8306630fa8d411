/** The record of a trusted issuer of JWT bearer assertions (RFC 7523 §2.1, RFC 7521 §4.1). */
import * as z from 'zod';

export const IssuerTrust = z
  .strictObject({
    jwks_uri: z.url().max(2000).optional().describe('The URL of its JWKS, fetched on demand.'),
    jwks: z
      .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) })
      .optional()
      .describe('Its public keys, instead of jwks_uri.'),
    clients: z
      .array(z.string().max(2000))
      .max(100)
      .default([])
      .describe('Clients that may use its assertions; empty: all.'),
    scopes: z
      .array(z.string().max(200))
      .max(100)
      .default([])
      .describe('Scopes that its assertions may grant; empty: those allowed for the client.'),
    match_email: z
      .boolean()
      .default(false)
      .describe(
        'Match a subject that is not linked by its verified e-mail address, if the user has verified the same address here.',
      ),
  })
  .refine((trust) => (trust.jwks_uri === undefined) !== (trust.jwks === undefined), {
    error: 'give either jwks or jwks_uri',
  });
export type IssuerTrust = z.infer<typeof IssuerTrust>;
