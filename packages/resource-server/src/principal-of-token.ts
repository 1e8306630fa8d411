/** The principal of a validated access token. */
import type { ActingParty, Principal } from './principal.ts';

/** The claims of an access token that the principal has (RFC 9068 §2.2). Times are in seconds. */
export type PrincipalClaims = {
  sub: string;
  client_id: string;
  aud: string | string[];
  jti: string;
  iat: number;
  exp: number;
  scope?: string | undefined;
  grant?: string | undefined;
  act?: ActingParty | undefined;
  cnf?: { jkt: string } | undefined;
};

/** @returns a principal that shares nothing with the claims, which the verifier may hold: a handler may change it. */
export function principalOf(claims: PrincipalClaims): Principal {
  return {
    kind: claims.sub === claims.client_id ? 'client' : 'user',
    subject: claims.sub,
    clientId: claims.client_id,
    scopes: (claims.scope ?? '').split(' ').filter((scope) => scope !== ''),
    audience: [claims.aud].flat(),
    grant: claims.grant,
    actor: actingPartyOf(claims.act),
    confirmation: claims.cnf?.jkt,
    tokenId: claims.jti,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  };
}

const actingPartyOf = (act: ActingParty | undefined): ActingParty | undefined =>
  act && { ...act, ...(act.act && { act: actingPartyOf(act.act) }) };
