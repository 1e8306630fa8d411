/** Encrypting for this server itself (RFC 7516). */
import { type CryptoKey, decodeProtectedHeader, errors, FlattenedEncrypt, flattenedDecrypt } from 'jose';

/** The additional data of a JWE is its protected header and, where there is any, `.` and this (RFC 7516 §5.1). */
const additional = (boundTo: string | undefined) =>
  boundTo === undefined ? undefined : new TextEncoder().encode(boundTo);

/**
 * JWE under a shared key, `dir` with A256GCM (RFC 7518 §4.5, §5.3), in the compact form. Bound to a text, it has that
 * as its additional data, which is not part of the form: whoever decrypts must know it.
 */
export async function encryptCompact(
  key: CryptoKey,
  kid: string,
  plaintext: Uint8Array,
  boundTo?: string,
): Promise<string> {
  const encrypt = new FlattenedEncrypt(plaintext).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid });
  const aad = additional(boundTo);
  if (aad) encrypt.setAdditionalAuthenticatedData(aad);
  const { protected: header, iv, ciphertext, tag } = await encrypt.encrypt(key);
  return [header, '', iv, ciphertext, tag].join('.');
}

/** The plaintext, or undefined when no key fits, the text was tampered with, or it is bound to something else. */
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
        if (!key) throw new NoSuchSlot();
        return key;
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    );
    return plaintext;
  } catch (error) {
    if (error instanceof NoSuchSlot || error instanceof errors.JOSEError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}

/** Sealed under a root secret that is gone. */
class NoSuchSlot extends Error {}

/** The `kid` of a JWE or JWS, not verified. */
export function decodeKid(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}
