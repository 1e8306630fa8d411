/** DPoP nonces of a resource server (RFC 9449 §9): a MAC of the time under its secret, so that none is stored. */
import { MINUTE } from '../../../src/protocol/lifetimes.ts';

/** The time in which a nonce is issued; it is accepted for as long again. */
const STEP = 5 * MINUTE;

const encode = (text: string) => new TextEncoder().encode(text);

export function noncesOf(secret: string) {
  if (secret.length < 32) throw new TypeError('the secret of the nonces must have at least 32 random characters');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  let key: Promise<CryptoKey> | undefined;
  const nonceAt = async (steps: number) => {
    key ??= crypto.subtle.importKey('raw', encode(secret), algorithm, false, ['sign']);
    const mac = await crypto.subtle.sign(algorithm, await key, encode(`dpop-nonce ${steps}`));
    return Array.from(new Uint8Array(mac, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  const current = () => nonceAt(Math.floor(Date.now() / STEP));
  // A nonce is public, so the comparison need not be constant-time.
  const isFresh = async (nonce: string) => {
    const now = Math.floor(Date.now() / STEP);
    return (await Promise.all([now, now - 1, now + 1].map(nonceAt))).includes(nonce);
  };
  return { isRequired: true, isFresh, current };
}
