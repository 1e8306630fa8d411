/** The schema of a resource's description. Only administration needs it: a token request evaluates `resource.ts` alone. */
import * as z from 'zod';
import { MAX_ONLINE_TOKEN_LIFETIME, MINUTE } from './lifetimes.ts';
import { PlainText } from './plain-text.ts';
import { SCOPE_TOKEN } from './scope.ts';
import { OWN_API_SCOPES } from './scope-names.ts';

/** The record of a resource: its metadata (RFC 9728 §2), and properties of its tokens. */
export const ResourceDescription = z.strictObject({
  name: PlainText.trim().min(1).max(200).describe('The name that users see.'),
  documentation: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('A page for developers.'),
  policy_uri: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('A page about how clients may use the data.'),
  tos_uri: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('Its terms of service.'),
  scopes: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(SCOPE_TOKEN)
          .max(200)
          // They are only in tokens whose resource is this server.
          .refine((name) => !OWN_API_SCOPES.includes(name), 'is a scope of this server’s own APIs'),
        description: PlainText.trim().min(1).max(500),
      }),
    )
    .max(100)
    .default([])
    .describe('Its scopes, each with the text of the consent page.'),
  token_minutes: z
    .number()
    .int()
    .min(1)
    .max(MAX_ONLINE_TOKEN_LIFETIME / MINUTE)
    .optional()
    .describe('Access token lifetime in minutes; more than 60 only with validated_online or long_lifetime_confirmed.'),
  validated_online: z
    .boolean()
    .optional()
    .describe('It validates each token online (RPC or introspection), and so detects revocation at once.'),
  long_lifetime_confirmed: z
    .boolean()
    .optional()
    .describe('Confirms: an API that validates tokens offline accepts a revoked one until it expires, up to 24 hours.'),
  dpop_required: z.boolean().optional().describe('Require DPoP-bound access tokens (RFC 9449).'),
  client_id: z.string().max(2000).optional().describe('The client that may introspect its tokens.'),
});
export type ResourceDescription = z.infer<typeof ResourceDescription>;
