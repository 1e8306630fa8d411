/** Encryption for this server itself (RFC 7516). */
import { type CryptoKey, decodeProtectedHeader, errors, FlattenedEncrypt, flattenedDecrypt } from 'jose';

/** The additional authenticated data of a JWE beside its protected header (RFC 7516 §5.1). */
const additionalData = (boundTo: string | undefined) =>
  boundTo === undefined ? undefined : new TextEncoder().encode(boundTo);

/**
 * Encrypts as JWE under a shared key, `dir` with A256GCM (RFC 7518 §4.5, §5.3), in compact serialization.
 * @param boundTo additional authenticated data, which is not part of the result and is needed for decryption.
 */
export async function encryptCompact(
  key: CryptoKey,
  kid: string,
  plaintext: Uint8Array,
  boundTo?: string,
): Promise<string> {
  const encrypt = new FlattenedEncrypt(plaintext).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid });
  const aad = additionalData(boundTo);
  if (aad) encrypt.setAdditionalAuthenticatedData(aad);
  const { protected: header, iv, ciphertext, tag } = await encrypt.encrypt(key);
  return [header, '', iv, ciphertext, tag].join('.');
}

/** Decrypts. @returns undefined for an unknown key, a modified text, or other additional data. */
export async function decryptCompact(
  jwe: string,
  keyOf: (kid: string) => Promise<CryptoKey> | undefined,
  boundTo?: string,
): Promise<Uint8Array | undefined> {
  const [header = '', encryptedKey, iv = '', ciphertext = '', tag = '', ...rest] = jwe.split('.');
  if (encryptedKey !== '' || rest.length > 0) return undefined;
  const aad = boundTo === undefined ? {} : { aad: Buffer.from(boundTo).toString('base64url') };
  try {
    const { plaintext } = await flattenedDecrypt(
      { protected: header, iv, ciphertext, tag, ...aad },
      (header?: { kid?: unknown }) => {
        const key = keyOf(String(header?.kid));
        if (!key) throw new UnknownSlot();
        return key;
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    );
    return plaintext;
  } catch (error) {
    if (error instanceof UnknownSlot || error instanceof errors.JOSEError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}

/** Thrown for a key slot that no longer exists. */
class UnknownSlot extends Error {}

/** The `kid` of a JWE or JWS, not verified. */
export function decodeKid(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}
