/** The DPoP keys of this server as a client (RFC 9449). */
import { exportJWK, generateKeyPair, importJWK } from 'jose';
import * as z from 'zod';

/** The DPoP algorithm with the widest support, and small. */
export const DPOP_ALGORITHM = 'ES256';

/** A private key in its stored form. */
export const DpopKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
export type DpopKey = z.infer<typeof DpopKey>;

/** Generates a key. */
export async function generateDpopKey(): Promise<DpopKey> {
  const { privateKey } = await generateKeyPair(DPOP_ALGORITHM, { extractable: true });
  return DpopKey.parse(await exportJWK(privateKey));
}

/** The key pair as CryptoKeys, for libraries that sign; each proof embeds the public key. */
export async function importDpopKeyPair(key: DpopKey): Promise<CryptoKeyPair> {
  const { d: _, ...publicJwk } = key;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(key, DPOP_ALGORITHM),
    importJWK({ ...publicJwk, ext: true }, DPOP_ALGORITHM),
  ]);
  return { privateKey, publicKey } as CryptoKeyPair;
}
