/** SHA-256, and comparison of secrets in constant time. */
import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of UTF-8 text, in base64url without padding. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/**
 * @returns true if two texts are equal, in a time that depends on their lengths alone. Where a length is a secret, compare
 * hashes.
 */
export function constantTimeEqual(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
