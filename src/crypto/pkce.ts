/** Proof Key for Code Exchange, method S256 (RFC 7636 §4). */
import { constantTimeEqual, sha256 } from './digest.ts';

/** A `code_challenge` of S256: 32 bytes in base64url (RFC 7636 §4.2). */
export const CODE_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** RFC 7636 §4.1: code-verifier = 43*128unreserved. */
const CODE_VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** @returns true for a text with the alphabet and length of a code_verifier. */
export const isCodeVerifier = (text: string): boolean => CODE_VERIFIER.test(text);

/** Compares the code_verifier with the code_challenge (RFC 7636 §4.6). */
export function verifierMatchesChallenge(verifier: string, challenge: string): boolean {
  return isCodeVerifier(verifier) && constantTimeEqual(sha256(verifier), challenge);
}
