/** The introspection response (RFC 7662 §2.2) for an access token and for a refresh token. */
import type { Deps } from '../http/context.ts';
import type { AccessTokenClaims } from '../protocol/access-token.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { isKnownResource, type ResourceRegistry } from '../protocol/resource.ts';
import { EMAIL_SCOPE, OPENID_SCOPE } from '../protocol/scope-names.ts';
import { userClaims } from '../protocol/user-claims.ts';
import { findClientFromReplica } from '../storage/clients/clients.ts';
import type { Grant } from '../storage/grants/grants.ts';
import { findTokenHolder, recordTokenUse } from '../storage/grants/token-holder.ts';
import type { Client } from './clients/client.ts';

/** The response for any other token (RFC 7662 §2.2), which does not reveal the reason. */
export const INACTIVE = { active: false as const };

/** The state of an access token. @param requester saves the lookup of its client if they are the same. */
export async function introspectAccessToken(
  deps: Pick<Deps, 'config' | 'databases' | 'moment' | 'registry' | 'latestRegistry' | 'waitUntil'>,
  claims: AccessTokenClaims,
  requester?: Client,
) {
  const { databases, moment } = deps;
  const scopes = (claims.scope ?? '').split(' ');
  const [resource = ''] = [claims.aud].flat();
  const [hasResource, holder, owner] = await Promise.all([
    resourceExists(deps, resource),
    findTokenHolder(databases, claims, 'primary'),
    claims.client_id === requester?.id ? requester : findClientFromReplica(databases, claims.client_id, moment.now),
  ]);
  if (!holder || !hasResource) return INACTIVE;
  // A client that introspects its own token did not call the resource with it.
  if (requester?.id !== claims.client_id || isResourceServer(requester, resource, await deps.registry())) {
    recordTokenUse(deps, { grant: claims.grant, lastUsedAt: holder.lastUsedAt });
  }
  const { user, claims: named } = holder;
  const { scope, client_id, exp, iat, sub, aud, iss, jti, act, cnf } = claims;
  return {
    active: true as const,
    scope,
    client_id,
    token_type: cnf ? 'DPoP' : 'Bearer',
    exp,
    iat,
    sub,
    aud,
    iss,
    jti,
    act,
    // RFC 9449 §6.2
    ...(cnf && { cnf }),
    trusted_client: owner?.trusted ?? false,
    ...(user && scopes.includes(EMAIL_SCOPE) ? { username: user.email } : {}),
    ...(user && scopes.includes(OPENID_SCOPE) ? { ...userClaims(user, scopes, named), sub } : {}),
  };
}

/** @returns true if the resource still exists: tokens of a deleted one are inactive. */
async function resourceExists(deps: Pick<Deps, 'config' | 'registry' | 'latestRegistry'>, resource: string) {
  const { issuer } = deps.config;
  return (
    isKnownResource(resource, issuer, await deps.registry()) ||
    isKnownResource(resource, issuer, await deps.latestRegistry())
  );
}

export const isResourceServer = ({ id }: Client, resource: string, registry: ResourceRegistry): boolean =>
  registry.get(resource)?.client_id === id;

/** The introspection response for a refresh token of the grant. */
export function refreshTokenResponse(grant: Grant, client: Client | undefined, issuer: string) {
  return {
    active: true as const,
    scope: grant.scopes.join(' '),
    client_id: grant.clientId,
    token_type: 'refresh_token',
    exp: Math.floor(grant.expiresAt / SECOND),
    iat: Math.floor(grant.createdAt / SECOND),
    sub: grant.userId,
    iss: issuer,
    ...(grant.jkt !== null && { cnf: { jkt: grant.jkt } }),
    trusted_client: client?.trusted ?? false,
  };
}
