/** The schema of a claim mapping. Only administration needs it: a token request evaluates `claim-mapping.ts` alone. */
import * as z from 'zod';
import { SCOPE_TOKEN } from './scope.ts';
import { CLAIM_SOURCES } from './user-claims.ts';

/** Claims with a meaning in protocols, which are never mapped. */
const PROTECTED_CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'azp',
  'at_hash',
  'c_hash',
  's_hash',
  'sid',
  'events',
  'cnf',
  'client_id',
  'scope',
  'act',
  'may_act',
  'email',
  'email_verified',
  // The grant of an access token; members of introspection; aggregated and distributed claims (Core §5.6.2).
  'grant',
  'active',
  'token_type',
  '_claim_names',
  '_claim_sources',
];

/** Claims by which applications identify accounts: never text that the user chooses. */
const ACCOUNT_IDENTIFIERS = ['preferred_username', 'upn', 'unique_name', 'username', 'user_name', 'login'];

/** Sources that the user cannot choose. */
const ACCOUNT_IDENTIFIER_SOURCES = ['sub', 'email'];

const ClaimName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_.:/-]*$/, 'must be letters, digits, and . _ : / -')
  .refine((name) => !PROTECTED_CLAIMS.includes(name), 'is a claim of this server and cannot be mapped');

const MappingEntry = z
  .strictObject({
    from: z
      .enum(Object.keys(CLAIM_SOURCES))
      .optional()
      .describe('The attribute of the user: sub, email (verified), roles, …'),
    value: z
      .union([z.string().max(500), z.number(), z.boolean(), z.array(z.string().max(200)).max(100)])
      .optional()
      .describe('A constant, instead of "from".'),
    scope: z
      .string()
      .regex(SCOPE_TOKEN)
      .max(200)
      .optional()
      .describe('The scope that includes the claim; not set: the scope of its source.'),
    in: z
      .array(z.enum(['id_token', 'userinfo']))
      .default(['id_token', 'userinfo'])
      .describe('The token or response that has the claim.'),
    resources: z
      .array(z.string().max(2000))
      .max(50)
      .default([])
      .describe('The resources whose access tokens have the claim, too.'),
  })
  .refine(({ from, value }) => (from === undefined) !== (value === undefined), 'needs either "from" or "value"');

/** Claims by their names. */
export const ClaimMapping = z
  .record(ClaimName, MappingEntry)
  .refine((mapping) => Object.keys(mapping).length <= 50, 'must name at most 50 claims')
  .superRefine((mapping, context) => {
    for (const [name, { from }] of Object.entries(mapping)) {
      if (!ACCOUNT_IDENTIFIERS.includes(name) || ACCOUNT_IDENTIFIER_SOURCES.includes(from ?? '')) continue;
      const message = 'identifies accounts in applications: its source must be email or sub';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });
export type ClaimMapping = z.infer<typeof ClaimMapping>;
