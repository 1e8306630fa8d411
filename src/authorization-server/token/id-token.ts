/** The id_token: what a client may know of a sign-in (OpenID Connect Core §2). No profile: that is at /userinfo. */
import { createHash } from 'node:crypto';
import { signJwt } from '../../crypto/jwt.ts';
import type { PersonId, SessionId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Deps } from '../../web/context.ts';
import type { Client } from '../clients/client.ts';

type SignIn = {
  access_token: string;
  personId: PersonId;
  iat: number;
  exp: number;
  authTime: number;
  nonce: string | undefined;
  sessionId: SessionId;
};

/** Signed with the algorithm that the client registered, else with the default. */
export function signIdToken(deps: Pick<Deps, 'config'>, client: Client, signIn: SignIn): Promise<string> {
  const { issuer, signers } = deps.config;
  const wanted = client.metadata.id_token_signed_response_alg;
  const signer = signers.find((key) => key.alg === wanted) ?? signers[0];
  if (!signer) throw new Error('no key signs');
  return signJwt(signer, 'JWT', {
    iss: issuer,
    sub: signIn.personId,
    aud: client.id,
    exp: signIn.exp,
    iat: signIn.iat,
    auth_time: Math.floor(signIn.authTime / SECOND),
    // OpenID Connect Core §2: If present in the Authentication Request, Authorization Servers MUST include a nonce Claim.
    ...(signIn.nonce === undefined ? {} : { nonce: signIn.nonce }),
    at_hash: leftHalf(signer.alg, signIn.access_token),
    sid: signIn.sessionId,
  });
}

/** OpenID Connect Core §3.1.3.6: the left half of the hash that the signing algorithm uses. */
function leftHalf(alg: string, accessToken: string): string {
  const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(accessToken, 'ascii')
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
