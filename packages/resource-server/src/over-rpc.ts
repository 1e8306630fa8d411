/** The verifier of a guard by a service binding to the issuer: a revoked token is refused at once. */
import * as z from 'zod/mini';
import { ResourceOption, validateOptions } from '../../../src/protocol/valid-options.ts';
import type { TokenVerifier } from './principal.ts';
import { issuerUnavailable } from './refused.ts';
import type { TokenExpectations, VerificationAnswer } from './token-service.ts';

// An RPC stub has every property.
const Parameters = z.object({ service: z.custom((value) => Boolean(value)), resource: ResourceOption });

/**
 * Validates tokens over RPC.
 * @param service the binding to the entry point `Tokens`.
 * @param resource the resource of the guard.
 * @throws TypeError without a binding or resource.
 */
export function overRpc(
  service: { verify: (credentials: string, expected: TokenExpectations) => Promise<VerificationAnswer> },
  resource: string,
): TokenVerifier {
  validateOptions(Parameters, { service, resource }, 'overRpc');
  return {
    async verify(token, confirmation) {
      const expected = { resource, ...(confirmation && { confirmation }) };
      const verified = await service.verify(token, expected).catch((cause: unknown) => {
        // A TypeError is a programming error; any other failure says nothing about the token.
        throw cause instanceof TypeError ? cause : issuerUnavailable(cause);
      });
      if (verified.valid) return verified.principal;
      if (verified.status >= 500) throw issuerUnavailable(new Error(verified.description));
      return undefined;
    },
  };
}
