/** The issuer over a service binding, as the verifier of a guard: a token that was revoked is refused at once. */
import { temporarilyUnavailable } from '../protocol/oauth-error.ts';
import type { TokenVerifier } from './principal.ts';
import type { Expected, Verified } from './token-service.ts';

/**
 * @param service the binding to the entry point `Tokens`.
 * @param resource of the guard itself: nothing else is asked about.
 */
export function overRpc(
  service: { verify: (credentials: string, expected: Expected) => Promise<Verified> },
  resource: string,
): TokenVerifier {
  return {
    async verify(token, confirmation) {
      const verified = await service.verify(token, { resource, ...(confirmation && { confirmation }) });
      if (verified.valid) return verified.principal;
      if (verified.status >= 500) throw temporarilyUnavailable(new Error(verified.description));
      return undefined;
    },
  };
}
