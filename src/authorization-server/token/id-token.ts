/**
 * The id_token (OpenID Connect Core §2), and the user claims of issued tokens: those of the granted scopes, those
 * requested by name, and the mapped ones. No `azp`: `aud` is always the client alone.
 */
import { createHash } from 'node:crypto';
import { signJwt } from '../../crypto/jwt.ts';
import type { Deps } from '../../http/context.ts';
import { amrClaim } from '../../protocol/amr.ts';
import { mappedClaims, mappingNeedsUser } from '../../protocol/claim-mapping.ts';
import type { SessionId, UserId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { OPENID_SCOPE } from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import { sidOf } from '../../protocol/sid.ts';
import { claimsByName, haveUserClaims, type UserAttributes, userClaims } from '../../protocol/user-claims.ts';
import { idTokenSigningKey } from '../client-signing-key.ts';
import type { Client } from '../clients/client.ts';

/** The authentication that an id_token describes. */
export type IdTokenAuthentication = {
  userId: UserId;
  /** Milliseconds; null if unknown. */
  authTime: number | null;
  nonce: string | undefined;
  sessionId: SessionId;
  /** Of the session in which the user approved; for device authorization, that of another device. */
  amr?: string[];
  acr?: string | undefined;
  /** User claims requested by name. */
  idTokenClaims?: readonly string[];
};

/** The tokens to be issued. */
type TokenContext = {
  client: Client;
  settings: Settings;
  scopes: readonly string[];
  /** Claims requested by name (OpenID Connect Core §5.5). */
  requestedClaims?: readonly string[] | undefined;
  resource: string;
};

/** @returns true if id_tokens of the client include the claims of granted scopes: by the client, else by the setting. */
const includesUserClaims = ({ client, settings }: Pick<TokenContext, 'client' | 'settings'>): boolean =>
  client.claimsInIdToken === null ? settings.claims_in_id_token : client.claimsInIdToken === 'include';

/** @returns true if the tokens need attributes of the user. */
export function needsUser(issuing: TokenContext): boolean {
  const { client, scopes, requestedClaims = [], resource } = issuing;
  if (mappingNeedsUser(client.claimMapping, { resource }, scopes)) return true;
  if (!scopes.includes(OPENID_SCOPE)) return false;
  const ofScopes = includesUserClaims(issuing) && haveUserClaims(scopes);
  return ofScopes || requestedClaims.length > 0 || mappingNeedsUser(client.claimMapping, 'id_token', scopes);
}

/** Signs an id_token with the client's registered algorithm, else the default. */
export async function signIdToken(
  deps: Pick<Deps, 'config' | 'settings'>,
  issuing: Omit<TokenContext, 'settings' | 'requestedClaims'>,
  signIn: IdTokenAuthentication,
  accessToken: { access_token: string; iat: number; exp: number },
  user: UserAttributes | undefined,
): Promise<string> {
  const { client } = issuing;
  const { iat, exp } = accessToken;
  const settings = await deps.settings();
  const signer = idTokenSigningKey(deps, settings, client.metadata);
  return signJwt(signer, 'JWT', {
    ...idTokenClaims({ ...issuing, settings, requestedClaims: signIn.idTokenClaims }, user),
    iss: deps.config.issuer,
    sub: signIn.userId,
    aud: client.id,
    exp,
    iat,
    ...(signIn.authTime !== null && { auth_time: Math.floor(signIn.authTime / SECOND) }),
    acr: signIn.acr,
    ...(signIn.amr && signIn.amr.length > 0 ? { amr: amrClaim(signIn.amr) } : {}),
    // OpenID Connect Core §2: If present in the Authentication Request, Authorization Servers MUST include a nonce Claim.
    ...(signIn.nonce === undefined ? {} : { nonce: signIn.nonce }),
    at_hash: accessTokenHalfHash(signer.alg, accessToken.access_token),
    sid: sidOf(signIn.sessionId, client.id),
  });
}

/** The user claims of an id_token. */
function idTokenClaims(issuing: TokenContext, user: UserAttributes | undefined): Record<string, unknown> {
  const { client, scopes, requestedClaims = [] } = issuing;
  return {
    ...(user && includesUserClaims(issuing) ? userClaims(user, scopes) : {}),
    ...(user ? claimsByName(user, requestedClaims) : {}),
    ...mappedClaims(client.claimMapping, user, 'id_token', scopes),
  };
}

/** `at_hash`: the left half of the hash, by the hash function of the signing algorithm (OpenID Connect Core §3.1.3.6). */
function accessTokenHalfHash(alg: string, accessToken: string): string {
  const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(accessToken, 'ascii')
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
