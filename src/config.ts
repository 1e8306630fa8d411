/** The Worker's bindings, parsed once; the first error is thrown before anything is served. */

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { ConfigError, type UnusableSecret } from './config/config-error.ts';
import { parseAdministratorSecret } from './config/first-administrator.ts';
import { parseIssuer } from './config/issuer.ts';
import { chooseSigners, type Keys, parseRootSecrets, parseSigningKeys, slotsOf } from './config/keys.ts';
import { parseSocialLogins, type SocialLoginCredentials } from './config/social-login-secrets.ts';
import type { SigningKey } from './crypto/jwt.ts';

// zod/mini has no messages of its own: without them every error is "Invalid input".
z.config(en());

/** The bindings of wrangler.toml and the secrets. */
export type Bindings = {
  DB: D1Database;
  CODES: KVNamespace;
  CACHE: KVNamespace;
  REGISTRATION_CEILING: RateLimit;
  PUSHED_REQUEST_CEILING: RateLimit;
  DEVICE_AUTHORIZATION_CEILING: RateLimit;
  SIGN_UP_CEILING: RateLimit;
  CLIENT_PROBLEM_CEILING: RateLimit;
  STORED_CEILING: RateLimit;
  UNKNOWN_CLIENT_CEILING: RateLimit;
  FAILED_AUTHENTICATION_CEILING: RateLimit;
  OUTBOUND_CEILING: RateLimit;
  OUTBOUND_NETWORK_CEILING: RateLimit;
  OUTBOUND_NETWORK_ORIGIN_CEILING: RateLimit;
  OUTBOUND_ORIGIN_CEILING: RateLimit;
  OUTBOUND_RECORDED_CEILING: RateLimit;
  SERVER_CHECK_CEILING: RateLimit;
  [shard: `SHARD_${string}`]: D1Database | undefined;
  /** The outbound mail binding, if any. */
  EMAIL?: SendEmail;
  ISSUER: string;
  SIGN_WITH: string;
  SEAL_WITH: string;
  [rootSecret: `ROOT_SECRET_${number}`]: string | undefined;
  [signingKey: `SIGNING_KEY_${number}`]: string | undefined;
  [socialLogin: `SOCIAL_LOGIN_${string}`]: string | undefined;
  ADMIN_EMAIL?: string;
  ADMIN_PASSWORD?: string;
};

export type Config = Keys & {
  /** The `iss` of all tokens and metadata, byte for byte. */
  issuer: string;
  /** True if the issuer is on loopback: then http and the local command are allowed. */
  isLoopback: boolean;
  /** The keys in use for signing, one per algorithm, the default first. */
  signers: SigningKey[];
  firstAdministrator?: { email: string; password: string };
  /** Client credentials of social logins by the id of the record, which override the record's. */
  socialLogins: ReadonlyMap<string, SocialLoginCredentials>;
  /** Malformed secrets that are optional or not in use: ignored, and shown to administrators. */
  unusable: readonly UnusableSecret[];
};

/** The name patterns of secrets. */
export const SECRETS = ['ROOT_SECRET_n', 'SIGNING_KEY_n', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'SOCIAL_LOGIN_ID'] as const;

const SLOTS = z.string().check(z.regex(/^\d+(,\d+)*$/, 'must be numbers joined by commas, such as "1,2"'));

const Names = z.object({
  ISSUER: z.string('is missing'),
  SIGN_WITH: SLOTS,
  SEAL_WITH: z.string('is missing').check(z.regex(/^\d+$/, 'must be one number')),
});

/**
 * Parses the bindings. A malformed secret that no request needs is reported in `unusable`.
 * @throws ConfigError with the name of the missing or invalid value, never its content.
 */
export function parseConfig(values: Record<string, unknown>): Config {
  const names = Names.safeParse(values);
  if (!names.success) {
    const issue = names.error.issues[0];
    throw new ConfigError(`${issue?.path.join('.')} ${issue?.message}.`);
  }
  const { ISSUER, SIGN_WITH, SEAL_WITH } = names.data;
  const unusable: UnusableSecret[] = [];
  const signingKeys = parseSigningKeys(slotsOf(values, 'SIGNING_KEY_'), SIGN_WITH.split(','), unusable);
  const config: Config = {
    ...parseIssuer(ISSUER),
    signingKeys,
    signers: chooseSigners(signingKeys, SIGN_WITH),
    root: parseRootSecrets(slotsOf(values, 'ROOT_SECRET_'), SEAL_WITH, unusable),
    socialLogins: parseSocialLogins(values, unusable),
    unusable,
  };
  const [email, password] = [
    parseAdministratorSecret(values, 'ADMIN_EMAIL', unusable),
    parseAdministratorSecret(values, 'ADMIN_PASSWORD', unusable),
  ];
  if (email && password) config.firstAdministrator = { email, password };
  return config;
}

const parsed = new WeakMap<object, Config>();

/** The configuration of the bindings, parsed once per isolate. */
export function readConfig(env: Bindings): Config {
  let config = parsed.get(env);
  if (!config) {
    config = parseConfig(env);
    parsed.set(env, config);
  }
  return config;
}
