/** What a verified access token says, as a principal. */
import type { AccessTokenClaims } from '../protocol/access-token.ts';
import type { Principal } from './principal.ts';

export function principalOf(claims: AccessTokenClaims): Principal {
  return {
    kind: claims.sub === claims.client_id ? 'client' : 'person',
    subject: claims.sub,
    clientId: claims.client_id,
    scopes: (claims.scope ?? '').split(' ').filter((scope) => scope !== ''),
    audience: [claims.aud].flat(),
    grant: claims.grant,
    actor: claims.act,
    confirmation: claims.cnf?.jkt,
    tokenId: claims.jti,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  };
}
