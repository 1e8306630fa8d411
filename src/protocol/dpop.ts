/** DPoP proofs (RFC 9449): validation without I/O; clock, nonces and token are arguments. */

import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import { serverTimeHint } from '../crypto/jwt.ts';
import { accessTokenHash, verifySelfSigned } from '../crypto/self-signed-jwt.ts';
import { MINUTE, SECOND } from './lifetimes.ts';
import { OAuthError } from './oauth-error.ts';

/** RFC 9449 §4.2 */
const TYP = 'dpop+jwt';

/** The accepted age of a proof, and the accepted clock difference into the future. */
const MAX_PROOF_AGE = 5 * MINUTE;
const MAX_CLOCK_AHEAD = MINUTE;

/** The longest accepted proof, in characters: an RSA key of 4096 bits needs less than half. */
const MAX_PROOF_LENGTH = 8 * 1024;

/** The form of a JWK SHA-256 thumbprint (RFC 9449 §10, RFC 7638). */
export const JWK_THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** Thrown for an otherwise valid proof without a fresh nonce: the response has one (RFC 9449 §8, §9). */
class NonceRequired extends Error {}

export type NoncePolicy = {
  /** True if a proof without a nonce is refused. */
  isRequired: boolean;
  isFresh: (nonce: string) => boolean | Promise<boolean>;
};

export type DpopProofExpectations = {
  method: string;
  /** The URL of the request; query and fragment are ignored. */
  url: string;
  /** Milliseconds. */
  now: number;
  /** The access token of a request to a protected resource. */
  accessToken?: string | undefined;
  /** Undefined: nonces are not checked. */
  nonces?: NoncePolicy | undefined;
};

/** A validated proof: the key's thumbprint, and the time in milliseconds until which it could be replayed. */
export type DpopProof = { thumbprint: string; jti: string; replayableUntil: number };

/**
 * Validates a proof (RFC 9449 §4.3), except for replay, which storage detects.
 * @throws InvalidJwt with a public reason, or NonceRequired.
 */
export async function verifyDpopProof(text: string, expected: DpopProofExpectations): Promise<DpopProof> {
  const { method, url, now, accessToken, nonces } = expected;
  // RFC 9449 §4.3 (1): there is not more than one DPoP HTTP request header field. Several arrive joined by commas.
  if (text.length > MAX_PROOF_LENGTH || text.includes(',')) throw new InvalidJwt('it is not one short JWT');
  const { payload, thumbprint } = await verifySelfSigned(text, { typ: TYP, now });
  const { jti, htm, htu, iat, ath, nonce } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > 500) throw new InvalidJwt('its jti is not a short text');
  if (htm !== method) throw new InvalidJwt('its htm is not the method of this request');
  // RFC 9449 §4.3 (9): the htu claim matches the HTTP URI value, ignoring any query and fragment parts.
  if (typeof htu !== 'string' || !isSameUri(htu, url))
    throw new InvalidJwt('its htu is not the address of this request');
  const issuedAt = typeof iat === 'number' ? iat * SECOND : Number.NaN;
  if (!(issuedAt > now - MAX_PROOF_AGE && issuedAt <= now + MAX_CLOCK_AHEAD)) {
    throw new InvalidJwt(`its iat is not now: ${serverTimeHint(now)}`);
  }
  // RFC 9449 §4.3 (12): if presented with an access token, the ath claim equals the hash of that access token.
  if (accessToken !== undefined && ath !== (await accessTokenHash(accessToken)))
    throw new InvalidJwt('its ath is not of this token');
  if (nonces) await checkNonce(nonce, nonces);
  return { thumbprint, jti, replayableUntil: issuedAt + MAX_PROOF_AGE };
}

/** Runs last: only an otherwise valid proof is answered with use_dpop_nonce. */
async function checkNonce(nonce: unknown, { isRequired, isFresh }: NoncePolicy): Promise<void> {
  if (nonce === undefined && !isRequired) return;
  if (typeof nonce !== 'string' || nonce.length > 500 || !(await isFresh(nonce))) throw new NonceRequired();
}

/** Compares after syntax-based and scheme-based normalization (RFC 9449 §4.3, RFC 3986 §6.2.2, §6.2.3). */
function isSameUri(htu: string, url: string): boolean {
  const form = normalForm(htu);
  return form !== undefined && form === normalForm(url);
}

function normalForm(text: string): string | undefined {
  if (text.length > 2000 || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname } = new URL(text);
  const path = pathname.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escaped.toUpperCase();
  });
  return origin + path;
}

/**
 * The error response for an invalid proof.
 * @param status 400 at the token endpoint (RFC 9449 §5, §8), 401 at a resource (§7.1, §9).
 * @param nonce a fresh nonce for the response.
 */
export function dpopProofError(cause: unknown, status: 400 | 401, nonce?: string): unknown {
  const headers: Record<string, string> = nonce === undefined ? {} : { 'DPoP-Nonce': nonce };
  if (cause instanceof NonceRequired) {
    return new OAuthError('use_dpop_nonce', 'use the nonce of this response (DPoP-Nonce).', { status, headers });
  }
  if (!(cause instanceof InvalidJwt)) return cause;
  const description = `the DPoP proof is not valid: ${cause.message}.`;
  return new OAuthError('invalid_dpop_proof', description, { cause, status, headers });
}

/** The error of a replayed proof at a protected resource (RFC 9449 §11.1). */
export const dpopProofReplayed = (): OAuthError =>
  new OAuthError('invalid_dpop_proof', 'the DPoP proof was used before.', { status: 401 });
