/** The Worker's bindings, parsed once: what is wrong with them is said in one sentence, before anything is served. */
import * as z from 'zod';
import { type JWK, publicHalf, SIGNING_ALGORITHMS, type SigningKey } from './crypto/jwt.ts';
import { RootSecrets } from './crypto/seal.ts';

/** What wrangler.toml and the secrets bind. */
export type Bindings = {
  DB: D1Database;
  CODES: KVNamespace;
  CACHE: KVNamespace;
  REGISTRATION_CEILING: RateLimit;
  PUSHED_REQUEST_CEILING: RateLimit;
  UNKNOWN_CLIENT_CEILING: RateLimit;
  FAILED_AUTHENTICATION_CEILING: RateLimit;
  OUTBOUND_CEILING: RateLimit;
  OUTBOUND_ORIGIN_CEILING: RateLimit;
  OUTBOUND_RECORDED_CEILING: RateLimit;
  [shard: `SHARD_${string}`]: D1Database | undefined;
  /** Where mail goes out, if the operator has bound it. */
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
  /** The origin that stands as `iss` everywhere, byte for byte. */
  issuer: string;
  /** Whether the issuer is this very machine: then http is right, and the local command may act. */
  isLoopback: boolean;
  /** Every key that the JWKS shows. */
  signingKeys: SigningKey[];
  /** Those that sign, one per algorithm, the default first. */
  signers: SigningKey[];
  root: RootSecrets;
  firstAdministrator?: { email: string; password: string };
  /** Credentials of social logins, by the id of the record, instead of those that it has. */
  socialLogins: ReadonlyMap<string, SocialLoginCredentials>;
};

/** For whom they are: nobody else is shown them, whatever the record is changed to. */
export type SocialLoginCredentials = { issuer: string; clientId: string; clientSecret?: string | undefined };

/** A configuration that cannot run. The message is one sentence for whoever starts the Worker. */
export class ConfigError extends Error {}

const SLOTS = z.string().regex(/^\d+(,\d+)*$/, 'must be numbers joined by commas, such as "1,2"');

const Names = z.object({
  ISSUER: z.string('is missing'),
  SIGN_WITH: SLOTS,
  SEAL_WITH: z.string('is missing').regex(/^\d+$/, 'must be one number'),
  ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
});

const PrivateJwk = z.looseObject({
  kty: z.string(),
  kid: z.string('needs a "kid"').min(1),
  alg: z.enum(SIGNING_ALGORITHMS, `needs an "alg" of ${SIGNING_ALGORITHMS.join(', ')}`),
  d: z.string('must be a private key'),
});

const SOCIAL_LOGIN = /^SOCIAL_LOGIN_([A-Z][A-Z0-9_]*)$/;
const Credentials = z
  .strictObject({
    issuer: z.string().min(1),
    client_id: z.string().min(1),
    client_secret: z.string().min(1).optional(),
  })
  .transform(({ issuer, client_id: clientId, client_secret: clientSecret }) => ({ issuer, clientId, clientSecret }));

/** @throws ConfigError naming the value that is missing or wrong, never its content. */
export function parseConfig(values: Record<string, unknown>): Config {
  const names = Names.safeParse(values);
  if (!names.success) {
    const issue = names.error.issues[0];
    throw new ConfigError(`${issue?.path.join('.')} ${issue?.message}.`);
  }
  const { ISSUER, SIGN_WITH, SEAL_WITH, ADMIN_EMAIL, ADMIN_PASSWORD } = names.data;
  const signingKeys = slots(values, 'SIGNING_KEY_').map(([slot, text]) => parseSigningKey(slot, text));
  const config: Config = {
    ...parseIssuer(ISSUER),
    signingKeys,
    signers: chooseSigners(signingKeys, SIGN_WITH),
    root: parseRootSecrets(slots(values, 'ROOT_SECRET_'), SEAL_WITH),
    socialLogins: parseSocialLogins(values),
  };
  if (ADMIN_EMAIL && ADMIN_PASSWORD) config.firstAdministrator = { email: ADMIN_EMAIL, password: ADMIN_PASSWORD };
  return config;
}

const parsed = new WeakMap<object, Config>();

/** The configuration of these bindings, parsed at the first request of an isolate. */
export function readConfig(env: Bindings): Config {
  let config = parsed.get(env);
  if (!config) {
    config = parseConfig(env);
    parsed.set(env, config);
  }
  return config;
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** @throws ConfigError for what is not an origin, or http elsewhere than on this machine. */
export function parseIssuer(text: string): Pick<Config, 'issuer' | 'isLoopback'> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && LOOPBACK_HOSTS.includes(url.hostname);
  // RFC 8414 §2: the issuer is an https URL; http only on this very machine.
  if (!url || url.origin !== text || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) {
    throw new ConfigError(
      'ISSUER must be an origin without a path, such as "https://id.example.com" (http only for localhost).',
    );
  }
  return { issuer: text, isLoopback };
}

function slots(values: Record<string, unknown>, prefix: string): [slot: string, text: string][] {
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)) && values[name] !== undefined)
    .map((name) => [name.slice(prefix.length), String(values[name])] satisfies [string, string])
    .sort(([a], [b]) => Number(a) - Number(b));
}

function parseSigningKey(slot: string, text: string): SigningKey {
  const jwk = PrivateJwk.safeParse(parseJson(text));
  if (!jwk.success) {
    const problem = jwk.error.issues[0]?.message ?? 'is not a JWK';
    throw new ConfigError(`SIGNING_KEY_${slot} must be a private JWK: it ${problem}.`);
  }
  const { kid, alg } = jwk.data;
  return { slot: Number(slot), kid, alg, privateJwk: jwk.data as JWK, publicJwk: publicHalf(jwk.data as JWK) };
}

function parseSocialLogins(values: Record<string, unknown>): Config['socialLogins'] {
  const found = new Map<string, SocialLoginCredentials>();
  for (const [name, value] of Object.entries(values)) {
    const id = SOCIAL_LOGIN.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (id === undefined || value === undefined) continue;
    const credentials = Credentials.safeParse(parseJson(String(value)));
    if (!credentials.success)
      throw new ConfigError(`${name} must be JSON with "issuer", "client_id" and "client_secret".`);
    found.set(id, credentials.data);
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

function parseRootSecrets(found: [string, string][], sealWith: string): RootSecrets {
  const secrets = new Map(found.map(([slot, text]) => [slot, new Uint8Array(Buffer.from(text, 'base64url'))]));
  for (const [slot, bytes] of secrets) {
    if (bytes.length < 32) throw new ConfigError(`ROOT_SECRET_${slot} must be 32 random bytes in base64url.`);
  }
  if (!secrets.has(sealWith)) {
    throw new ConfigError(`SEAL_WITH names slot ${sealWith}, but ROOT_SECRET_${sealWith} is missing.`);
  }
  return new RootSecrets(secrets, sealWith);
}
