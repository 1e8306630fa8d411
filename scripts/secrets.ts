/** Making the secrets of a server, here or for production, and writing them down. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';

export const KEY_ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

const PAIRS = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

/** A private JWK in one line, with a kid that says when it was made. */
export function newSigningKey(alg: KeyAlgorithm): string {
  const { privateKey } = PAIRS[alg]();
  const kid = `${new Date().toISOString().slice(0, 10)}-${randomBytes(6).toString('hex')}`;
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid, alg });
}

/** 32 random bytes in base64url. */
export const newRootSecret = (): string => randomBytes(32).toString('base64url');

/** Everything that a new server keeps secret. */
export function newSecrets(email: string): Record<string, string> {
  return {
    ROOT_SECRET_1: newRootSecret(),
    SIGNING_KEY_1: newSigningKey('ES256'),
    SIGNING_KEY_2: newSigningKey('RS256'),
    ADMIN_EMAIL: email,
    ADMIN_PASSWORD: randomBytes(12).toString('base64url'),
  };
}

/** As lines of a dotenv file. No value of ours holds a single quote. */
export function formatVars(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}
