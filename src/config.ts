/** The Worker's bindings, parsed once; the first error is thrown before anything is served. */

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { type JWK, SIGNING_ALGORITHMS, type SigningKey, toPublicJwk } from './crypto/jwt.ts';
import { keyFingerprint } from './crypto/key-fingerprint.ts';
import { RootSecrets } from './crypto/seal.ts';

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

export type Config = {
  /** The `iss` of all tokens and metadata, byte for byte. */
  issuer: string;
  /** True if the issuer is on loopback: then http and the local command are allowed. */
  isLoopback: boolean;
  /** Every key of the JWKS. */
  signingKeys: SigningKey[];
  /** The keys in use for signing, one per algorithm, the default first. */
  signers: SigningKey[];
  root: RootSecrets;
  firstAdministrator?: { email: string; password: string };
  /** Client credentials of social logins by the id of the record, which override the record's. */
  socialLogins: ReadonlyMap<string, SocialLoginCredentials>;
  /** Malformed secrets that are optional or not in use: ignored, and shown to administrators. */
  unusable: readonly UnusableSecret[];
};

/** A malformed secret. The reason never has its value. */
export type UnusableSecret = { name: string; reason: string };

/** Client credentials with their issuer: they are sent to no other, whatever the record says. */
export type SocialLoginCredentials = { issuer: string; clientId: string; clientSecret?: string | undefined };

/** Thrown for an invalid configuration. The message is a sentence for the administrator. */
export class ConfigError extends Error {}

const SLOTS = z.string().check(z.regex(/^\d+(,\d+)*$/, 'must be numbers joined by commas, such as "1,2"'));

/** The name patterns of secrets. */
export const SECRETS = ['ROOT_SECRET_n', 'SIGNING_KEY_n', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'SOCIAL_LOGIN_ID'] as const;

const Names = z.object({
  ISSUER: z.string('is missing'),
  SIGN_WITH: SLOTS,
  SEAL_WITH: z.string('is missing').check(z.regex(/^\d+$/, 'must be one number')),
});

const FirstAdministrator = {
  ADMIN_EMAIL: z.email('must be an e-mail address'),
  ADMIN_PASSWORD: z.string().check(z.minLength(8, 'must have at least 8 characters')),
};

const PrivateJwk = z.looseObject({
  kty: z.string(),
  kid: z.string('needs a "kid"').check(z.minLength(1)),
  alg: z.enum(SIGNING_ALGORITHMS, `needs an "alg" of ${SIGNING_ALGORITHMS.join(', ')}`),
  d: z.string('must be a private key'),
});

const SOCIAL_LOGIN_NAME = /^SOCIAL_LOGIN_([A-Z][A-Z0-9_]*)$/;
const NotEmpty = z.string().check(z.minLength(1));
const Credentials = z.pipe(
  z.strictObject({ issuer: NotEmpty, client_id: NotEmpty, client_secret: z.optional(NotEmpty) }),
  z.transform(({ issuer, client_id, client_secret }) => ({ issuer, clientId: client_id, clientSecret: client_secret })),
);

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

/** Fingerprints of signing keys and root secrets, by the names of the secrets. */
export function fingerprintsOfSecrets({
  signingKeys,
  root,
}: Pick<Config, 'signingKeys' | 'root'>): Record<string, string> {
  const keys = signingKeys.map(({ slot, publicJwk }) => [`SIGNING_KEY_${slot}`, keyFingerprint(publicJwk)]);
  const roots = root.fingerprints().map(([slot, fingerprint]) => [`ROOT_SECRET_${slot}`, fingerprint]);
  return Object.fromEntries([...keys, ...roots]);
}

/** The fingerprint of a signing key or root secret that stands alone; undefined for one that is malformed, or neither. */
export function secretFingerprint(name: string, value: string): string | undefined {
  const [, kind, slot = ''] = /^(ROOT_SECRET|SIGNING_KEY)_(\d+)$/.exec(name) ?? [];
  if (!kind) return undefined;
  const isRoot = kind === 'ROOT_SECRET';
  const signingKeys = parseSigningKeys(isRoot ? [] : [[slot, value]], [], []);
  const secrets = isRoot ? new Map([[slot, new Uint8Array(Buffer.from(value, 'base64url'))]]) : new Map();
  return fingerprintsOfSecrets({ signingKeys, root: new RootSecrets(secrets, slot) })[name];
}

function parseAdministratorSecret(
  values: Record<string, unknown>,
  name: keyof typeof FirstAdministrator,
  unusable: UnusableSecret[],
): string | undefined {
  if (values[name] === undefined) return undefined;
  const parsed = FirstAdministrator[name].safeParse(values[name]);
  if (!parsed.success) unusable.push({ name, reason: `${name} ${parsed.error.issues[0]?.message}.` });
  return parsed.data;
}

/** The value of `read`; undefined, with an entry in `unusable`, for a malformed secret that is not in use. */
function unlessUnused<T>(name: string, isInUse: boolean, unusable: UnusableSecret[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError) || isInUse) throw error;
    unusable.push({ name, reason: error.message });
    return undefined;
  }
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

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** @returns true for a loopback host. */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK_HOSTS.includes(hostname);

/** Validates the issuer. @throws ConfigError for anything but an https origin, or http on loopback. */
export function parseIssuer(text: string): Pick<Config, 'issuer' | 'isLoopback'> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && isLoopbackHost(url.hostname);
  // RFC 8414 §2: the issuer is an https URL; http only on loopback.
  if (!url || url.origin !== text || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) {
    throw new ConfigError(
      'ISSUER must be an origin without a path, such as "https://id.example.com" (http only for localhost).',
    );
  }
  return { issuer: text, isLoopback };
}

function slotsOf(values: Record<string, unknown>, prefix: string): [slot: string, text: string][] {
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)) && values[name] !== undefined)
    .map((name) => [name.slice(prefix.length), String(values[name])] satisfies [string, string])
    .sort(([a], [b]) => Number(a) - Number(b));
}

function parseSigningKeys(found: [string, string][], inUse: string[], unusable: UnusableSecret[]): SigningKey[] {
  return found.flatMap(([slot, text]) => {
    const read = () => parseSigningKey(slot, text);
    return unlessUnused(`SIGNING_KEY_${slot}`, inUse.includes(slot), unusable, read) ?? [];
  });
}

function parseSigningKey(slot: string, text: string): SigningKey {
  const jwk = PrivateJwk.safeParse(parseJson(text));
  if (!jwk.success) {
    const problem = jwk.error.issues[0]?.message ?? 'is not a JWK';
    throw new ConfigError(`SIGNING_KEY_${slot} must be a private JWK: it ${problem}.`);
  }
  const { kid, alg } = jwk.data;
  const privateJwk = jwk.data as JWK;
  return { slot: Number(slot), kid, alg, privateJwk, publicJwk: toPublicJwk(privateJwk) };
}

function parseSocialLogins(values: Record<string, unknown>, unusable: UnusableSecret[]): Config['socialLogins'] {
  const found = new Map<string, SocialLoginCredentials>();
  for (const [name, value] of Object.entries(values)) {
    const id = SOCIAL_LOGIN_NAME.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (id === undefined || value === undefined) continue;
    const credentials = Credentials.safeParse(parseJson(String(value)));
    if (credentials.success) found.set(id, credentials.data);
    else unusable.push({ name, reason: `${name} must be JSON with "issuer", "client_id" and "client_secret".` });
  }
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function chooseSigners(keys: SigningKey[], signWith: string): SigningKey[] {
  const signers = signWith.split(',').map((slot) => {
    const key = keys.find((candidate) => candidate.slot === Number(slot));
    if (!key) throw new ConfigError(`SIGN_WITH names slot ${slot}, but SIGNING_KEY_${slot} is missing.`);
    return key;
  });
  if (new Set(signers.map((key) => key.alg)).size < signers.length) {
    throw new ConfigError('SIGN_WITH names two keys of one algorithm; it takes one for each.');
  }
  return signers;
}

function parseRootSecrets(found: [string, string][], sealWith: string, unusable: UnusableSecret[]): RootSecrets {
  const secrets = new Map<string, Uint8Array>();
  for (const [slot, text] of found) {
    const read = () => parseRootSecret(slot, text);
    const bytes = unlessUnused(`ROOT_SECRET_${slot}`, slot === sealWith, unusable, read);
    if (bytes) secrets.set(slot, bytes);
  }
  if (!secrets.has(sealWith)) {
    throw new ConfigError(`SEAL_WITH names slot ${sealWith}, but ROOT_SECRET_${sealWith} is missing.`);
  }
  return new RootSecrets(secrets, sealWith);
}

function parseRootSecret(slot: string, text: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  if (bytes.length < 32) throw new ConfigError(`ROOT_SECRET_${slot} must be 32 random bytes in base64url.`);
  return bytes;
}
