/** Signing keys and root secrets: parsed from numbered secrets, and recognised by fingerprints. */
import * as z from 'zod/mini';
import { type JWK, SIGNING_ALGORITHMS, type SigningKey, toPublicJwk } from '../crypto/jwt.ts';
import { keyFingerprint } from '../crypto/key-fingerprint.ts';
import { RootSecrets } from '../crypto/seal.ts';
import { ConfigError, type UnusableSecret, unlessUnused } from './config-error.ts';
import { parseSecretJson } from './secret-json.ts';

/** The numbered secrets of a configuration. */
export type Keys = {
  /** Every key of the JWKS. */
  signingKeys: SigningKey[];
  root: RootSecrets;
};

const PrivateJwk = z.looseObject({
  kty: z.string(),
  kid: z.string('needs a "kid"').check(z.minLength(1)),
  alg: z.enum(SIGNING_ALGORITHMS, `needs an "alg" of ${SIGNING_ALGORITHMS.join(', ')}`),
  d: z.string('must be a private key'),
});

/** Fingerprints of signing keys and root secrets, by the names of the secrets. */
export function fingerprintsOfSecrets({ signingKeys, root }: Keys): Record<string, string> {
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

/** The secrets `PREFIXn`, by number. */
export function slotsOf(values: Record<string, unknown>, prefix: string): [slot: string, text: string][] {
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)) && values[name] !== undefined)
    .map((name) => [name.slice(prefix.length), String(values[name])] satisfies [string, string])
    .sort(([a], [b]) => Number(a) - Number(b));
}

/** @throws ConfigError for a malformed key that is in use. */
export function parseSigningKeys(found: [string, string][], inUse: string[], unusable: UnusableSecret[]): SigningKey[] {
  return found.flatMap(([slot, text]) => {
    const read = () => parseSigningKey(slot, text);
    return unlessUnused(`SIGNING_KEY_${slot}`, inUse.includes(slot), unusable, read) ?? [];
  });
}

function parseSigningKey(slot: string, text: string): SigningKey {
  const jwk = PrivateJwk.safeParse(parseSecretJson(text));
  if (!jwk.success) {
    const problem = jwk.error.issues[0]?.message ?? 'is not a JWK';
    throw new ConfigError(`SIGNING_KEY_${slot} must be a private JWK: it ${problem}.`);
  }
  const { kid, alg } = jwk.data;
  const privateJwk = jwk.data as JWK;
  return { slot: Number(slot), kid, alg, privateJwk, publicJwk: toPublicJwk(privateJwk) };
}

/** The keys in use for signing, one per algorithm. @throws ConfigError */
export function chooseSigners(keys: SigningKey[], signWith: string): SigningKey[] {
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

/** @throws ConfigError for a malformed secret that is in use. */
export function parseRootSecrets(found: [string, string][], sealWith: string, unusable: UnusableSecret[]): RootSecrets {
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
