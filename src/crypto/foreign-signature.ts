/** Signatures of JWTs by other issuers, with any of their keys (RFC 7515 §5.2). */
import {
  type CompactVerifyGetKey,
  type CryptoKey,
  compactVerify,
  createLocalJWKSet,
  errors,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import { NoMatchingKey, toInvalidJwt } from './invalid-jwt.ts';

/** Every asymmetric algorithm of RFC 7518 §3.1 and RFC 8037 §3.1 (RFC 9864): accepted for id_tokens of providers. */
export const ASYMMETRIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** The accepted clock difference, in seconds. */
export const CLOCK_SKEW_SECONDS = 60;

/** Tries each key of the right type where the JWS has no `kid`. */
export async function tryEachKey<T>(keys: JWK[], verify: (key: JWTVerifyGetKey | CryptoKey) => Promise<T>): Promise<T> {
  try {
    return await verify(createLocalJWKSet({ keys }));
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const verified = await verify(key).catch((cause: unknown) => {
        if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
      });
      if (verified) return verified;
    }
    throw error;
  }
}

/**
 * Verifies only the signature with public keys; the caller validates the claims.
 * @throws NoMatchingKey, or InvalidJwt with a public reason.
 */
export async function verifySignature(
  token: string,
  keys: JWK[],
  algorithms: readonly string[] = ASYMMETRIC_ALGORITHMS,
): Promise<void> {
  const options = { algorithms: ASYMMETRIC_ALGORITHMS.filter((name) => algorithms.includes(name)) };
  try {
    await tryEachKey(keys, (key) => compactVerify(token, key as CompactVerifyGetKey, options));
  } catch (error) {
    if (NO_KEY_MATCHES.some((kind) => error instanceof kind))
      throw new NoMatchingKey('none of the published keys made its signature');
    throw toInvalidJwt(error);
  }
}

const NO_KEY_MATCHES = [
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JWSSignatureVerificationFailed,
] as const;
