/** POST /introspect: token introspection (RFC 7662). */
import type { Context } from 'hono';
import type { Deps, Web } from '../http/context.ts';
import type { Parameters } from '../http/parameters.ts';
import type { AccessTokenClaims } from '../protocol/access-token.ts';
import { shardOf } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ResourceRegistry } from '../protocol/resource.ts';
import { findActiveGrant } from '../storage/grants/grants.ts';
import { isRefreshable } from '../storage/grants/refresh-grant.ts';
import { useAllOnce } from '../storage/grants/single-use.ts';
import { withChallenge } from './clients/authenticate/index.ts';
import type { AuthenticatedClient } from './clients/authenticate/method.ts';
import { type Client, isPublicClient } from './clients/client.ts';
import { INACTIVE, introspectAccessToken, isResourceServer, refreshTokenResponse } from './introspection-response.ts';
import { type PresentedToken, parsePresentedToken } from './token-parameter.ts';

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

/** @returns true if the token was issued to the client, or is for its resource (RFC 7662 §4). */
async function mayIntrospect(deps: Deps, client: Client, { client_id, aud }: AccessTokenClaims): Promise<boolean> {
  if (client_id === client.id) return true;
  const [resource = ''] = [aud].flat();
  const isTheirs = (registry: ResourceRegistry) => isResourceServer(client, resource, registry);
  // The cached registry may be stale: a refusal is based on the primary.
  return isTheirs(await deps.registry()) || isTheirs(await deps.latestRegistry());
}

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
