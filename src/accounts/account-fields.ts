/** Schemas of email address, name and new password. A problem is a key of the texts, not a sentence. */
import * as z from 'zod';
import type { Texts } from '../locales/index.ts';
import { isPlainText } from '../protocol/control-characters.ts';
import { comparablePassword, isCommonPassword, MIN_PASSWORD_LENGTH } from './password-blocklist.ts';

export type FieldProblem = keyof Texts['fields']['problems'];

const fieldProblemName = (problem: FieldProblem) => problem;

export const Email = z.email(fieldProblemName('email')).max(254, fieldProblemName('email')).toLowerCase();

/**
 * Long enough to resist guessing, short enough not to be an attack on the hash (NIST SP 800-63B §3.1.1.2). The length
 * counts in the form that is compared with the blocklist, too: outer spaces and composed characters lengthen nothing.
 */
export const NewPassword = z
  .string(fieldProblemName('passwordMissing'))
  .min(MIN_PASSWORD_LENGTH, fieldProblemName('passwordShort'))
  .max(256, fieldProblemName('passwordLong'))
  .refine((password) => comparablePassword(password).length >= MIN_PASSWORD_LENGTH, fieldProblemName('passwordShort'))
  .refine(async (password) => !(await isCommonPassword(password)), fieldProblemName('passwordCommon'));

export const UserName = z
  .string(fieldProblemName('name'))
  .refine(isPlainText, fieldProblemName('name'))
  .trim()
  .min(1, fieldProblemName('name'))
  .max(200, fieldProblemName('name'));

/** The text of a field's problem, if any. */
export function fieldProblem(
  texts: Texts['fields'],
  error: z.ZodError | undefined,
  field?: string,
): string | undefined {
  const issue = error?.issues.find(({ path }) => field === undefined || path[0] === field);
  return issue && texts.problems[issue.message as FieldProblem];
}
