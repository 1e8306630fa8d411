/** What people may type as an address, a name and a new password. What is wrong is a word's name, not a sentence. */
import * as z from 'zod';
import type { Words } from '../words/index.ts';

export type FieldProblem = keyof Words['fields']['problems'];

const because = (problem: FieldProblem) => problem;

export const Email = z.email(because('email')).max(254, because('email')).toLowerCase();

/** Long enough to resist guessing, short enough not to be an attack on the hash (NIST SP 800-63B §3.1.1.2). */
export const NewPassword = z
  .string(because('passwordMissing'))
  .min(8, because('passwordShort'))
  .max(256, because('passwordLong'));

export const PersonName = z.string(because('name')).trim().min(1, because('name')).max(200, because('name'));

/** The sentence for what a field's schema found, if anything. */
export function problemOf(words: Words['fields'], error: z.ZodError | undefined, field?: string): string | undefined {
  const issue = error?.issues.find(({ path }) => field === undefined || path[0] === field);
  return issue && words.problems[issue.message as FieldProblem];
}
