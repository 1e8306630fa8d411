/** The id_token (OpenID Connect Core §2) and its user claims. No `azp`: `aud` is always the client alone. */
import { createHash } from 'node:crypto';
import { signJwt } from '../../crypto/jwt.ts';
import type { Deps } from '../../http/context.ts';
import type { SessionId, UserId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { sidOf } from '../../protocol/sid.ts';
import { idTokenSigningKey } from '../client-signing-key.ts';
import type { Client } from '../clients/client.ts';

/** The authentication that an id_token describes. */
export type IdTokenAuthentication = {
  userId: UserId;
  /** Milliseconds; null if unknown. */
  authTime: number | null;
  nonce: string | undefined;
  sessionId: SessionId;
  /** Absent for device authorization: the user authenticated on another device. */
  amr?: string[];
  acr?: string | undefined;
  /** User claims requested by name. */
  idTokenClaims?: readonly string[];
};

type IdTokenContent = IdTokenAuthentication & {
  access_token: string;
  iat: number;
  exp: number;
  /** Claims about the user. */
  claims: Record<string, unknown>;
};

/** Signs an id_token with the client's registered algorithm, else the default. */
export async function signIdToken(
  deps: Pick<Deps, 'config' | 'settings'>,
  client: Client,
  signIn: IdTokenContent,
): Promise<string> {
  const { issuer } = deps.config;
  const signer = idTokenSigningKey(deps, await deps.settings(), client.metadata);
  return signJwt(signer, 'JWT', {
    ...signIn.claims,
    iss: issuer,
    sub: signIn.userId,
    aud: client.id,
    exp: signIn.exp,
    iat: signIn.iat,
    ...(signIn.authTime !== null && { auth_time: Math.floor(signIn.authTime / SECOND) }),
    acr: signIn.acr,
    ...(signIn.amr && signIn.amr.length > 0 ? { amr: signIn.amr } : {}),
    // OpenID Connect Core §2: If present in the Authentication Request, Authorization Servers MUST include a nonce Claim.
    ...(signIn.nonce === undefined ? {} : { nonce: signIn.nonce }),
    at_hash: accessTokenHalfHash(signer.alg, signIn.access_token),
    sid: sidOf(signIn.sessionId, client.id),
  });
}

/** `at_hash`: the left half of the hash, by the hash function of the signing algorithm (OpenID Connect Core §3.1.3.6). */
function accessTokenHalfHash(alg: string, accessToken: string): string {
  const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(accessToken, 'ascii')
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
