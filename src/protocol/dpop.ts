/**
 * DPoP (RFC 9449): whoever uses a token shows, by a proof made for this one request, that they hold the key that the
 * token is bound to. Pure: the clock, the nonces and the token come in.
 */
import { accessTokenHash, verifySelfSigned } from '../crypto/assertion.ts';
import { InvalidJwt } from '../crypto/jwt.ts';
import { MINUTE, SECOND } from './lifetimes.ts';
import { OAuthError } from './oauth-error.ts';

/** RFC 9449 §4.2 */
const TYP = 'dpop+jwt';

/** How long after it was made a proof is taken; clocks may be a minute ahead. */
const LONGEST_PROOF = 5 * MINUTE;
const AHEAD = MINUTE;

/** Longer than any proof has reason to be: an RSA key of 4096 bits needs less than half. */
const LONGEST_TEXT = 8 * 1024;

/** RFC 9449 §10: the form of a thumbprint. */
export const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** The proof is right otherwise, and must be made again with the nonce that the answer brings (RFC 9449 §8, §9). */
export class NonceNeeded extends Error {}

export type NoncePolicy = {
  /** Whether a proof without a nonce is refused. */
  isRequired: boolean;
  isFresh: (nonce: string) => boolean | Promise<boolean>;
};

export type ProofExpectations = {
  method: string;
  /** The address of the request; its query and fragment do not count. */
  url: string;
  /** Milliseconds. */
  now: number;
  /** At a resource: the token that comes with the proof. */
  accessToken?: string | undefined;
  /** Without one, nonces do not count. */
  nonces?: NoncePolicy | undefined;
};

/** What a proof proves, and until when it could come again. */
export type Proof = { thumbprint: string; jti: string; goodUntil: number };

/**
 * Checks a proof by all that RFC 9449 §4.3 says but that it comes once, which only storage can know.
 * @throws InvalidJwt with a reason that may be shown, or NonceNeeded.
 */
export async function verifyProof(text: string, expected: ProofExpectations): Promise<Proof> {
  const { method, url, now, accessToken, nonces } = expected;
  // RFC 9449 §4.3 (1): there is not more than one DPoP HTTP request header field. Several arrive joined by commas.
  if (text.length > LONGEST_TEXT || text.includes(',')) throw new InvalidJwt('it is not one short JWT');
  const { payload, thumbprint } = await verifySelfSigned(text, { typ: TYP, now });
  const { jti, htm, htu, iat, ath, nonce } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > 500) throw new InvalidJwt('its jti is not a short text');
  if (htm !== method) throw new InvalidJwt('its htm is not the method of this request');
  // RFC 9449 §4.3 (9): the htu claim matches the HTTP URI value, ignoring any query and fragment parts.
  if (typeof htu !== 'string' || !isSameAddress(htu, url))
    throw new InvalidJwt('its htu is not the address of this request');
  const madeAt = typeof iat === 'number' ? iat * SECOND : Number.NaN;
  if (!(madeAt > now - LONGEST_PROOF && madeAt <= now + AHEAD)) throw new InvalidJwt('its iat is not now');
  // RFC 9449 §4.3 (12): if presented with an access token, the ath claim equals the hash of that access token.
  if (accessToken !== undefined && ath !== (await accessTokenHash(accessToken)))
    throw new InvalidJwt('its ath is not of this token');
  if (nonces) await checkNonce(nonce, nonces);
  return { thumbprint, jti, goodUntil: madeAt + LONGEST_PROOF };
}

/** Last of all: only who did the rest right is asked to come again. */
async function checkNonce(nonce: unknown, { isRequired, isFresh }: NoncePolicy): Promise<void> {
  if (nonce === undefined && !isRequired) return;
  if (typeof nonce !== 'string' || nonce.length > 500 || !(await isFresh(nonce))) throw new NonceNeeded();
}

/** RFC 9449 §4.3: syntax-based and scheme-based normalization (RFC 3986 §6.2.2, §6.2.3) before comparing. */
function isSameAddress(htu: string, url: string): boolean {
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
 * What the sender of a proof is told that did not pass.
 * @param status 400 at the token endpoint (RFC 9449 §5, §8), 401 at a resource (§7.1, §9).
 * @param nonce the one to use from now on.
 */
export function proofError(cause: unknown, status: 400 | 401, nonce?: string): unknown {
  const headers: Record<string, string> = nonce === undefined ? {} : { 'DPoP-Nonce': nonce };
  if (cause instanceof NonceNeeded) {
    return new OAuthError('use_dpop_nonce', 'use the nonce that this answer brings.', { status, headers });
  }
  if (!(cause instanceof InvalidJwt)) return cause;
  const description = `the DPoP proof is not valid: ${cause.message}.`;
  return new OAuthError('invalid_dpop_proof', description, { cause, status, headers });
}

/** RFC 9449 §11.1: at a resource that remembers. */
export const proofCameBefore = (): OAuthError =>
  new OAuthError('invalid_dpop_proof', 'the DPoP proof was used before.', { status: 401 });
