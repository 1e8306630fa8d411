/** The schema of a client's targets of ID-JAGs. Only administration needs it. */
import * as z from 'zod';

const IdJagTarget = z.strictObject({
  client_id: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('Its client ID at that server; the same as here, where it is left out.'),
  scopes: z
    .array(z.string().min(1).max(200))
    .max(100)
    .default([])
    .describe('Scopes of that server that it may request; empty: any.'),
  resources: z
    .array(z.string().min(1).max(2000))
    .max(100)
    .default([])
    .describe('Resources of that server that it may name; empty: any.'),
});
export type IdJagTarget = z.infer<typeof IdJagTarget>;

/** The authorization servers, by issuer, for which a client may request ID-JAGs of its users, set by an administrator. */
export const IdJagTargets = z
  .record(z.url({ protocol: /^https?$/ }).max(500), IdJagTarget)
  .refine((targets) => Object.keys(targets).length <= 50, 'has more than 50 servers');
export type IdJagTargets = z.infer<typeof IdJagTargets>;
