/** Proof Key for Code Exchange, method S256 (RFC 7636 §4). */
import { equalInConstantTime, sha256 } from './digest.ts';

/** A `code_challenge` of S256: 32 bytes in base64url (RFC 7636 §4.2). */
export const CODE_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** RFC 7636 §4.1: code-verifier = 43*128unreserved. */
export const CODE_VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Whether the verifier is the one that the challenge was made from (RFC 7636 §4.6). */
export function verifierMatches(verifier: string, challenge: string): boolean {
  return CODE_VERIFIER.test(verifier) && equalInConstantTime(sha256(verifier), challenge);
}
