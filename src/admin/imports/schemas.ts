/** Requests and answers of the imports of the admin API; the command validates with them before it sends anything. */
import * as z from 'zod';
import { importedIterations } from '../../crypto/imported-password.ts';
import { NewUserRequest } from '../records/user.ts';

/** The records of a request, at most; its body is bounded besides. */
export const MAX_IMPORTED = 200;

const common = {
  source: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be printable characters without spaces')
    .describe('The server that the records come from. The same record of the same source is imported once.'),
  dry_run: z.boolean().default(false).describe('Says what would be imported, and imports nothing.'),
};

const name = z.string().min(1).max(254).describe('The name or id of the record at the source.');

export const ImportedUser = z.strictObject({
  source_name: name,
  ...NewUserRequest.shape,
  disabled: z.boolean().default(false),
  password_hash: z
    .string()
    .max(2000)
    .refine((text) => importedIterations(text) !== undefined, 'is no password hash that can be verified here')
    .nullable()
    .default(null)
    .describe('In the form of passlib: $pbkdf2-sha256$iterations$salt$key, or $frappel$… over the hash of MySQL 4.1.'),
});

export const ImportUsersRequest = z.strictObject({
  ...common,
  users: z.array(ImportedUser).min(1).max(MAX_IMPORTED),
});

const ImportOutcome = z.strictObject({
  source_name: name,
  outcome: z
    .enum(['imported', 'exists', 'refused'])
    .describe('exists: it was imported before, and is not changed. With dry_run, imported means that it would be.'),
  reason: z.string().optional().describe('Why it was refused.'),
});

export const ImportAnswer = z.strictObject({ outcomes: z.array(ImportOutcome) });
export type ImportOutcome = z.infer<typeof ImportOutcome>;
