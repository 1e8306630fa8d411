/**
 * The access tokens that the keys of one publication have verified, held by this isolate: a token that is sent again needs
 * no second verification of its signature. What else decides about a request is checked each time: expiry, audience,
 * scopes, the DPoP proof and, by a verifier that asks the issuer, revocation (RFC 9068 §4).
 */
import type { AccessTokenClaims } from '../../../src/protocol/access-token.ts';

/** The most tokens of one issuer, and the sum of their lengths in bytes: what they hold in memory is proportional to it. */
export const MAX_TOKENS = 2000;
export const MAX_BYTES = 2 * 1024 * 1024;

type Validated = { claims: AccessTokenClaims; bytes: number };

const encoder = new TextEncoder();

export class ValidatedTokens {
  /** By digest, so that the memory of an isolate holds no tokens; in order of their last use. */
  readonly #tokens = new Map<string, Validated>();
  #bytes = 0;

  /** The number of tokens that are held. */
  get size(): number {
    return this.#tokens.size;
  }

  /**
   * @param now the time in milliseconds; `tolerance` in seconds after `exp` in which a token is still valid.
   * @param verify verifies a token that was not verified before, or has expired since.
   * @returns the verified claims of a token, which callers share.
   */
  async claimsOf(
    token: string,
    { now, tolerance }: { now: number; tolerance: number },
    verify: () => Promise<AccessTokenClaims>,
  ): Promise<AccessTokenClaims> {
    const digest = await digestOf(token);
    const known = this.#forget(digest);
    // RFC 7519 §4.1.4: the current date/time MUST be before the expiration date/time, with leeway for clock skew.
    const isValid = known !== undefined && known.claims.exp > Math.floor(now / 1000) - tolerance;
    const claims = isValid ? known.claims : await verify();
    this.#hold(digest, { claims, bytes: token.length });
    return claims;
  }

  /** Holds a token as the one that was used last, and forgets what was not used for longest beyond the bounds. */
  #hold(digest: string, validated: Validated): void {
    // Another request may have verified the same token meanwhile.
    this.#forget(digest);
    this.#tokens.set(digest, validated);
    this.#bytes += validated.bytes;
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size <= MAX_TOKENS && this.#bytes <= MAX_BYTES) break;
      this.#forget(oldest);
    }
  }

  #forget(digest: string): Validated | undefined {
    const validated = this.#tokens.get(digest);
    if (!validated) return undefined;
    this.#tokens.delete(digest);
    this.#bytes -= validated.bytes;
    return validated;
  }
}

/** SHA-256, as a string of 16 code units: shorter than any text form, and the key of a map all the same. */
async function digestOf(token: string): Promise<string> {
  return String.fromCharCode(...new Uint16Array(await crypto.subtle.digest('SHA-256', encoder.encode(token))));
}
