/** The keys by which this server proves, as a client, that a token is its own (RFC 9449). */
import { exportJWK, generateKeyPair, importJWK } from 'jose';
import * as z from 'zod';

/** What every server that takes proofs is expected to take, and small. */
export const PROOF_ALGORITHM = 'ES256';

/** A private key, as it is kept: sealed with what it is for. */
export const ProofKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
export type ProofKey = z.infer<typeof ProofKey>;

export async function newProofKey(): Promise<ProofKey> {
  const { privateKey } = await generateKeyPair(PROOF_ALGORITHM, { extractable: true });
  return ProofKey.parse(await exportJWK(privateKey));
}

/** Both halves, for a library that signs by itself; the public one goes into each proof. */
export async function proofKeyPair(key: ProofKey): Promise<CryptoKeyPair> {
  const { d: _, ...publicJwk } = key;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(key, PROOF_ALGORITHM),
    importJWK({ ...publicJwk, ext: true }, PROOF_ALGORITHM),
  ]);
  return { privateKey, publicKey } as CryptoKeyPair;
}
