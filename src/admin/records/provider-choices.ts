/** The meaning of values that connected apps and social logins have in common. */
import { AUTHENTICATION_METHOD_LABELS, PRIVATE_KEY_JWT } from '../../protocol/authentication-method.ts';

export const AUTH_METHOD_CHOICES = {
  ...AUTHENTICATION_METHOD_LABELS,
  [PRIVATE_KEY_JWT]: `${PRIVATE_KEY_JWT}: signed with a key of this server`,
} as const;

export const USE_CHOICES = {
  auto: 'automatically, as described below',
  always: 'always',
  never: 'never',
} as const;
