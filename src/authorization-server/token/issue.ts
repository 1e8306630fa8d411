/** Issuing of tokens: the successful response of the token endpoint (RFC 6749 §5.1). */
import type { Deps } from '../../http/context.ts';
import { type Actor, signAccessToken } from '../../protocol/access-token.ts';
import { mappedClaims } from '../../protocol/claim-mapping.ts';
import type { GrantId } from '../../protocol/credentials.ts';
import { REFRESH_TOKEN } from '../../protocol/grant-type.ts';
import { DAY, SECOND } from '../../protocol/lifetimes.ts';
import { audienceFor } from '../../protocol/resource.ts';
import { OPENID_SCOPE } from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import { formatRefreshToken, type RefreshTokenContent, refreshTokenBody } from '../../protocol/token-format.ts';
import type { UserAttributes } from '../../protocol/user-claims.ts';
import type { NewGrant, NewToken } from '../../storage/grants/new-grant.ts';
import type { AuthenticatedClient } from '../clients/authenticate/method.ts';
import { type Client, isPublicClient } from '../clients/client.ts';
import { type IdTokenAuthentication, signIdToken } from './id-token.ts';

export type TokenResponse = {
  /** Only for token exchange (RFC 8693 §2.2.1). */
  issued_token_type?: string;
  access_token: string;
  /** `N_A` for what is no access token (RFC 8693 §2.2.1). */
  token_type: 'Bearer' | 'DPoP' | 'N_A';
  expires_in: number;
  scope: string;
  refresh_token?: string;
  /** The idle timeout of the refresh token, in seconds, by its common name. */
  refresh_token_expires_in?: number;
  /** The same by draft-ietf-oauth-refresh-token-expiration. */
  refresh_token_timeout?: number;
  /** Seconds until the user must authorize again. */
  authorization_expires_in?: number;
  id_token?: string;
};

/** The start of the refresh token's idle time, and the expiry of the authorization, in milliseconds. */
type Expiry = { idleSince: number; until: number };

/** The content of a token response. */
export type TokenIssue = {
  token: NewToken;
  /** The user; the client for client credentials. */
  sub: string;
  /** The actor (RFC 8693 §4.1). */
  act?: Actor | undefined;
  grant?: GrantId | undefined;
  /** The content of the refresh token, if one is issued. */
  refresh?: (RefreshTokenContent & Expiry) | undefined;
  /** The authentication, if an id_token may be issued. */
  authentication?: IdTokenAuthentication | undefined;
  /** The user, if claims need their attributes. */
  user?: UserAttributes | undefined;
};

/** The key of a public client's refresh tokens (RFC 9449 §5); null for others, which client authentication binds. */
export function refreshTokenThumbprint({ client, thumbprint }: AuthenticatedClient): string | null {
  return isPublicClient(client) ? (thumbprint ?? null) : null;
}

/** The content of a grant's first refresh token; undefined if the client does not use refresh tokens. */
export function firstRefreshTokenContent(
  { metadata }: Client,
  { id: grant, userId, scopes, expiresAt: until }: Pick<NewGrant, 'id' | 'userId' | 'scopes' | 'expiresAt'>,
  now: number,
): TokenIssue['refresh'] {
  if (!metadata.grant_types.includes(REFRESH_TOKEN)) return undefined;
  return { grant, generation: 0, userId, openid: scopes.includes(OPENID_SCOPE), idleSince: now, until };
}

/** The lifetimes of refresh token and authorization, in seconds (draft-ietf-oauth-refresh-token-expiration). */
function expirationMembers({ idleSince, until }: Expiry, now: number, { refresh_idle_days }: Settings) {
  const secondsUntil = (time: number) => Math.max(0, Math.floor((time - now) / SECOND));
  // The refresh token MUST NOT expire later than the user authorization expires.
  const timeout = secondsUntil(Math.min(idleSince + refresh_idle_days * DAY, until));
  return {
    refresh_token_expires_in: timeout,
    refresh_token_timeout: timeout,
    authorization_expires_in: secondsUntil(until),
  };
}

/** Signs the granted tokens, bound to the DPoP key, if any. Accesses no storage. */
export async function issueTokens(
  deps: Pick<Deps, 'config' | 'moment' | 'settings'>,
  { client, thumbprint }: AuthenticatedClient,
  { token, sub, act, grant, refresh, authentication, user }: TokenIssue,
): Promise<TokenResponse> {
  const { issuer, signers, root } = deps.config;
  const [signer] = signers;
  if (!signer) throw new Error('no signing key');
  const iat = Math.floor(deps.moment.now / SECOND);
  const exp = Math.floor(token.expiresAt / SECOND);
  const { scopes, resource } = token;
  const mapped = mappedClaims(client.claimMapping, user, { resource }, scopes);
  const claims = {
    iss: issuer,
    sub,
    aud: audienceFor(resource, scopes, issuer),
    client_id: client.id,
    scope: scopes.join(' '),
    jti: token.id,
    ...(grant && { grant }),
    ...(act && { act }),
    // RFC 9449 §6.1
    ...(thumbprint !== undefined && { cnf: { jkt: thumbprint } }),
    iat,
    exp,
  };
  const access_token = await signAccessToken(signer, claims, mapped);
  const response: TokenResponse = {
    access_token,
    // RFC 9449 §5: token_type DPoP: the access token was bound to the public key of the proof.
    token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: exp - iat,
    scope: scopes.join(' '),
  };
  if (refresh) {
    response.refresh_token = formatRefreshToken(refresh, root.mac('refresh', refreshTokenBody(refresh)));
    Object.assign(response, expirationMembers(refresh, deps.moment.now, await deps.settings()));
  }
  if (authentication && scopes.includes(OPENID_SCOPE)) {
    const issuing = { client, scopes, resource };
    response.id_token = await signIdToken(deps, issuing, authentication, { access_token, iat, exp }, user);
  }
  return response;
}
