/** A verifier over a service binding to the issuer's own Worker: no HTTP, no keys, and revocation is known at once. */
import { temporarilyUnavailable } from '../protocol/oauth-error.ts';
import type { TokenService } from '../protocol/token-service.ts';
import type { RemoteVerifier } from './principal.ts';

/** @param tokens the binding to the entry point `Tokens`. */
export function serviceBinding(tokens: Pick<TokenService, 'verify'>): RemoteVerifier {
  return {
    async verify(token, { resource }) {
      const verified = await tokens.verify(token, { resource });
      if (verified.valid) return verified.principal;
      // It says so where its stores do not answer: that is no word about the token.
      if (verified.status >= 500) throw temporarilyUnavailable(new Error(verified.description));
      return undefined;
    },
  };
}
