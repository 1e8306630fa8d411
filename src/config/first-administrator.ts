/** The secrets of the first administrator, who is stored by the first sign-in. */
import * as z from 'zod/mini';
import type { UnusableSecret } from './config-error.ts';

const FirstAdministrator = {
  ADMIN_EMAIL: z.email('must be an e-mail address'),
  ADMIN_PASSWORD: z.string().check(z.minLength(8, 'must have at least 8 characters')),
};

/** @returns undefined for a secret that is missing, or malformed: then with an entry in `unusable`. */
export function parseAdministratorSecret(
  values: Record<string, unknown>,
  name: keyof typeof FirstAdministrator,
  unusable: UnusableSecret[],
): string | undefined {
  if (values[name] === undefined) return undefined;
  const parsed = FirstAdministrator[name].safeParse(values[name]);
  if (!parsed.success) unusable.push({ name, reason: `${name} ${parsed.error.issues[0]?.message}.` });
  return parsed.data;
}
