/** POST /introspect: token introspection (RFC 7662). */
import type { Context } from 'hono';
import type { Deps, Web } from '../http/context.ts';
import type { Parameters } from '../http/parameters.ts';
import type { AccessTokenClaims } from '../protocol/access-token.ts';
import { shardOf } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { isKnownResource, type ResourceRegistry } from '../protocol/resource.ts';
import { EMAIL_SCOPE, OPENID_SCOPE } from '../protocol/scope-names.ts';
import { userClaims } from '../protocol/user-claims.ts';
import { findClientFromReplica } from '../storage/clients/clients.ts';
import { findActiveGrant, type Grant } from '../storage/grants/grants.ts';
import { isRefreshable } from '../storage/grants/refresh-grant.ts';
import { useAllOnce } from '../storage/grants/single-use.ts';
import { findTokenHolder, recordTokenUse } from '../storage/grants/token-holder.ts';
import { withChallenge } from './clients/authenticate/index.ts';
import type { AuthenticatedClient } from './clients/authenticate/method.ts';
import { type Client, isPublicClient } from './clients/client.ts';
import { type PresentedToken, parsePresentedToken } from './token-parameter.ts';

/** The response for any other token (RFC 7662 §2.2), which does not reveal the reason. */
const INACTIVE = { active: false as const };

export async function introspect(c: Context<Web>, { client, singleUses }: AuthenticatedClient, form: Parameters) {
  const deps = c.get('deps');
  // RFC 7662 §2.1: the endpoint MUST also require some form of authorization: a client_id alone is none.
  if (isPublicClient(client)) {
    throw withChallenge(
      deps,
      new OAuthError('invalid_client', 'a client that does not authenticate cannot introspect tokens.'),
    );
  }
  const presented = await parsePresentedToken(deps, form.required('token'));
  const [answer] = await Promise.all([
    presented ? introspectToken(deps, client, presented) : INACTIVE,
    useAllOnce(deps.databases.global, deps.moment, singleUses),
  ]);
  return answer;
}

async function introspectToken(deps: Deps, client: Client, presented: PresentedToken) {
  if (presented.is === 'refresh') return introspectRefreshToken(deps, client, presented);
  const { claims } = presented;
  return (await mayIntrospect(deps, client, claims)) ? introspectAccessToken(deps, claims, client) : INACTIVE;
}

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

/** @returns true if the token was issued to the client, or is for its resource (RFC 7662 §4). */
async function mayIntrospect(deps: Deps, client: Client, { client_id, aud }: AccessTokenClaims): Promise<boolean> {
  if (client_id === client.id) return true;
  const [resource = ''] = [aud].flat();
  const isTheirs = (registry: ResourceRegistry) => isResourceServer(client, resource, registry);
  // The cached registry may be stale: a refusal is based on the primary.
  return isTheirs(await deps.registry()) || isTheirs(await deps.latestRegistry());
}

const isResourceServer = ({ id }: Client, resource: string, registry: ResourceRegistry): boolean =>
  registry.get(resource)?.client_id === id;

async function introspectRefreshToken(
  deps: Deps,
  client: Client,
  { grant: id, generation }: PresentedToken & { is: 'refresh' },
) {
  const settings = await deps.settings();
  const { now } = deps.moment;
  const db = await deps.databases.resolveShard(shardOf(id));
  const grant = db && (await findActiveGrant(db, id, now, settings));
  const graceSeconds = client.refreshGraceSeconds ?? settings.refresh_grace_seconds;
  if (grant?.clientId !== client.id || !isRefreshable(grant, generation, graceSeconds, now)) return INACTIVE;
  return refreshTokenResponse(grant, client, deps.config.issuer);
}

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
