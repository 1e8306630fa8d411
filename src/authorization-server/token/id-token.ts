/**
 * The id_token: what a client may know of a sign-in (OpenID Connect Core §2). Of the person's profile only what was
 * asked for by name: the rest is at /userinfo. No `azp`: it is for extensions, in which `aud` is another than the client.
 */
import { createHash } from 'node:crypto';
import { signJwt } from '../../crypto/jwt.ts';
import type { PersonId, SessionId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { sidOf } from '../../protocol/sid.ts';
import type { Deps } from '../../web/context.ts';
import type { Client } from '../clients/client.ts';
import { signerFor } from '../signer.ts';

/** How somebody signed in. */
export type Authentication = {
  personId: PersonId;
  /** Milliseconds. */
  authTime: number;
  nonce: string | undefined;
  sessionId: SessionId;
  /** Nothing where it is not known: the person signed in elsewhere than where the client runs. */
  amr?: string[];
  acr?: string | undefined;
  /** What was asked for by name, with its values. */
  claims?: Record<string, unknown>;
};

type SignIn = Authentication & { access_token: string; iat: number; exp: number };

/** Signed with the algorithm that the client registered, else with the default. */
export function signIdToken(deps: Pick<Deps, 'config'>, client: Client, signIn: SignIn): Promise<string> {
  const { issuer } = deps.config;
  const signer = signerFor(deps, client.metadata.id_token_signed_response_alg);
  return signJwt(signer, 'JWT', {
    ...signIn.claims,
    iss: issuer,
    sub: signIn.personId,
    aud: client.id,
    exp: signIn.exp,
    iat: signIn.iat,
    auth_time: Math.floor(signIn.authTime / SECOND),
    acr: signIn.acr,
    ...(signIn.amr && signIn.amr.length > 0 ? { amr: signIn.amr } : {}),
    // OpenID Connect Core §2: If present in the Authentication Request, Authorization Servers MUST include a nonce Claim.
    ...(signIn.nonce === undefined ? {} : { nonce: signIn.nonce }),
    at_hash: leftHalf(signer.alg, signIn.access_token),
    sid: sidOf(signIn.sessionId, client.id),
  });
}

/** OpenID Connect Core §3.1.3.6: the left half of the hash that the signing algorithm uses. */
function leftHalf(alg: string, accessToken: string): string {
  const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(accessToken, 'ascii')
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
