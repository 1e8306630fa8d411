/** What a grant ends in: the tokens, as the token endpoint answers them (RFC 6749 §5.1). */
import { type Actor, signAccessToken } from '../../protocol/access-token.ts';
import { formatRefreshToken, type GrantId, refreshTokenBody } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { audienceOf } from '../../protocol/resource.ts';
import type { NewToken } from '../../storage/grants.ts';
import type { Deps } from '../../web/context.ts';
import type { Caller } from '../clients/authenticate/method.ts';
import { isPublic } from '../clients/client.ts';
import { type Authentication, signIdToken } from './id-token.ts';

export type TokenResponse = {
  /** RFC 8693 §2.2.1: only where a token was exchanged. */
  issued_token_type?: string;
  access_token: string;
  token_type: 'Bearer' | 'DPoP';
  expires_in: number;
  scope: string;
  refresh_token?: string;
  id_token?: string;
};

export type Issue = {
  token: NewToken;
  /** The person, or the client where it acts by itself. */
  sub: string;
  /** Who acts for the person (RFC 8693 §4.1). */
  act?: Actor | undefined;
  grant?: GrantId | undefined;
  /** The generation of the refresh token, where there is one. */
  generation?: number | undefined;
  /** How the person signed in: at a code, and not at a refresh. */
  authentication?: Authentication | undefined;
};

/** RFC 9449 §5: refresh tokens of a public client are bound to its key; another client is bound by its proof of itself. */
export function refreshKey({ client, thumbprint }: Caller): string | null {
  return isPublic(client) ? (thumbprint ?? null) : null;
}

/** Signs what was granted, bound to the caller's key where it showed one. Asks no storage, and never reads the person. */
export async function issueTokens(
  deps: Pick<Deps, 'config' | 'moment'>,
  { client, thumbprint }: Caller,
  { token, sub, act, grant, generation, authentication }: Issue,
): Promise<TokenResponse> {
  const { issuer, signers, root } = deps.config;
  const [signer] = signers;
  if (!signer) throw new Error('no key signs');
  const iat = Math.floor(deps.moment.now / SECOND);
  const exp = Math.floor(token.expiresAt / SECOND);
  const access_token = await signAccessToken(signer, {
    iss: issuer,
    sub,
    aud: audienceOf(token.resource, token.scopes, issuer),
    client_id: client.id,
    scope: token.scopes.join(' '),
    jti: token.id,
    ...(grant && { grant }),
    ...(act && { act }),
    // RFC 9449 §6.1
    ...(thumbprint !== undefined && { cnf: { jkt: thumbprint } }),
    iat,
    exp,
  });
  const response: TokenResponse = {
    access_token,
    // RFC 9449 §5: token_type DPoP: the access token was bound to the public key of the proof.
    token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: exp - iat,
    scope: token.scopes.join(' '),
  };
  if (grant && generation !== undefined) {
    response.refresh_token = formatRefreshToken(
      grant,
      generation,
      root.mac('refresh', refreshTokenBody(grant, generation)),
    );
  }
  if (authentication && token.scopes.includes('openid')) {
    response.id_token = await signIdToken(deps, client, { access_token, iat, exp, ...authentication });
  }
  return response;
}
