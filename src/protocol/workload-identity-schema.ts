/** The schema of the workload identity of a client. Only administration needs it: a token request evaluates `workload-identity.ts` alone. */
import * as z from 'zod';
import { MAX_ISSUER_LENGTH } from './issuer-length.ts';

/** One star in each part between `:` and `/`; two only at the end. So no text takes long to match. */
const hasFewStars = (pattern: string): boolean =>
  !pattern.includes('***') &&
  pattern
    .replace(/\*\*$/, '')
    .split(/[:/]/)
    .every((part) => part.split('*').length <= 2);

/** A pattern that begins with a literal character: one that accepts every text is refused. */
const Pattern = z
  .string()
  .max(500)
  .regex(/^[^*]/, 'must not begin with *')
  .refine(hasFewStars, 'may have one * in each part between : and /, and ** at the end only');

/** The properties of a JWT of another issuer by which the client authenticates, set by an administrator. */
export const WorkloadIdentity = z.strictObject({
  issuer: z.string().min(1).max(MAX_ISSUER_LENGTH).describe('The issuer of its JWTs (iss), exactly.'),
  subjects: z
    .array(Pattern)
    .min(1)
    .max(20)
    .describe('Accepted subjects (sub): exact, or with * for text without : and /, and ** at the end for any text.'),
  audience: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('The only audience (aud) that is accepted; this server, where it is left out.'),
  claims: z
    .record(z.string().min(1).max(100), Pattern)
    .refine((claims) => Object.keys(claims).length <= 10, 'has more than 10 claims')
    .optional()
    .describe('Further claims, each a text that must match, in the same form.'),
});
export type WorkloadIdentity = z.infer<typeof WorkloadIdentity>;
