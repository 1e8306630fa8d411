/** The DPoP scheme (RFC 9449 §7): the token, and with each request a proof that its sender holds the token's key. */
import { PROOF_ALGORITHMS } from '../crypto/assertion.ts';
import { InvalidJwt } from '../crypto/jwt.ts';
import { type NoncePolicy, type Proof, proofError, verifyProof } from '../protocol/dpop.ts';
import { presentedToken } from './bearer.ts';
import type { Scheme } from './scheme.ts';

export type ProofPolicy = {
  /** The address of a request as its sender knows it; that of the request itself, unless a proxy changed it. */
  addressOf?: ((request: Request) => string) | undefined;
  nonces?: (NoncePolicy & { current: () => string | Promise<string> }) | undefined;
  /** Hears of each proof that is right, and may refuse it: the hook for whoever remembers those that came before. */
  accept?: ((proof: Proof) => void | Promise<void>) | undefined;
};

const NAME = 'DPoP';

export function dpop({ addressOf, nonces, accept }: ProofPolicy = {}): Scheme {
  return {
    name: NAME,
    // RFC 9449 §7.1: a space-delimited list of supported algorithms.
    attributes: { algs: PROOF_ALGORITHMS.join(' ') },
    async authenticate(credentials, request, verifier) {
      const token = presentedToken(credentials, NAME);
      const proof = await judge(token, request);
      const principal = await verifier.verify(token, proof.thumbprint);
      // RFC 9449 §7.1: the public key to which the access token is bound MUST match that of the proof.
      if (principal && principal.confirmation !== proof.thumbprint)
        throw new InvalidJwt('bound to another key, or to none');
      if (principal) await accept?.(proof);
      return principal;
    },
  };

  async function judge(token: string, request: Request): Promise<Proof> {
    try {
      const header = request.headers.get('dpop');
      if (header === null) throw new InvalidJwt('it is missing');
      const url = addressOf?.(request) ?? request.url;
      return await verifyProof(header, { method: request.method, url, now: Date.now(), accessToken: token, nonces });
    } catch (cause) {
      throw proofError(cause, 401, await nonces?.current());
    }
  }
}
