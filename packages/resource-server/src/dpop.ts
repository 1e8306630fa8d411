/** The DPoP scheme (RFC 9449 §7): the token, and with each request a proof that its sender holds the token's key. */

import { InvalidJwt } from '../../../src/crypto/invalid-jwt.ts';
import { DPOP_ALGORITHMS } from '../../../src/crypto/self-signed-jwt.ts';
import { type DpopProof, dpopProofError, type NoncePolicy, verifyDpopProof } from '../../../src/protocol/dpop.ts';
import { presentedToken } from './bearer.ts';
import type { Scheme } from './scheme.ts';

export type ProofPolicy = {
  /** The URL of a request as the client knows it. Default: the URL of the request, which a proxy may have changed. */
  addressOf?: ((request: Request) => string) | undefined;
  nonces?: (NoncePolicy & { current: () => string | Promise<string> }) | undefined;
  /** Receives each valid proof, and may refuse it, such as a replayed one. */
  accept?: ((proof: DpopProof) => void | Promise<void>) | undefined;
};

const NAME = 'DPoP';

export function dpop({ addressOf, nonces, accept }: ProofPolicy = {}): Scheme {
  return {
    name: NAME,
    // RFC 9449 §7.1: a space-delimited list of supported algorithms.
    attributes: { algs: DPOP_ALGORITHMS.join(' ') },
    async authenticate(credentials, request, verifier) {
      const token = presentedToken(credentials, NAME);
      const proof = await validateProof(token, request);
      const principal = await verifier.verify(token, proof.thumbprint);
      // RFC 9449 §7.1: the public key to which the access token is bound MUST match that of the proof.
      if (principal && principal.confirmation !== proof.thumbprint)
        throw new InvalidJwt('bound to another key, or to none');
      if (principal) await accept?.(proof);
      return principal;
    },
  };

  async function validateProof(token: string, request: Request): Promise<DpopProof> {
    try {
      const header = request.headers.get('dpop');
      if (header === null) throw new InvalidJwt('it is missing');
      const url = addressOf?.(request) ?? request.url;
      return await verifyDpopProof(header, {
        method: request.method,
        url,
        now: Date.now(),
        accessToken: token,
        nonces,
      });
    } catch (cause) {
      throw dpopProofError(cause, 401, await nonces?.current());
    }
  }
}
