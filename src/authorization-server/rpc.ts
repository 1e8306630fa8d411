/** Introspection (RFC 7662) and revocation (RFC 7009) for another Worker of the same account: it is trusted as such. */

import type { IntrospectionAnswer, RevocationAnswer } from '@postern/resource-server';
import { type RpcDeps, runRpc, unavailableError } from '../http/rpc.ts';
import { type GrantId, shardOf } from '../protocol/credentials.ts';
import { requireCanonicalResource } from '../protocol/resource.ts';
import { findClientFromReplica } from '../storage/clients/clients.ts';
import type { Database } from '../storage/database/database.ts';
import { findActiveGrant, revokeGrant } from '../storage/grants/grants.ts';
import { revokeToken } from '../storage/grants/record-token.ts';
import { isRefreshable } from '../storage/grants/refresh-grant.ts';
import { introspectAccessToken, refreshTokenResponse } from './introspection-response.ts';
import { parsePresentedToken, toIssuedToken } from './token-parameter.ts';

/** Introspects a token of any client. One round. */
export function introspectForWorker(deps: RpcDeps, token: string): Promise<IntrospectionAnswer> {
  return runRpc<IntrospectionAnswer>(
    deps,
    'introspect',
    async () => {
      const presented = await parsePresentedToken(deps, String(token));
      if (!presented) return { active: false };
      if (presented.is === 'access') {
        if (!isAllowedResource(deps, [presented.claims.aud].flat())) return { active: false };
        return introspectAccessToken(deps, presented.claims);
      }
      return introspectRefreshForWorker(deps, presented.grant, presented.generation);
    },
    (error) => ({ active: false, ...unavailableError(error) }),
  );
}

/** Restricts a caller with `props.resources` to tokens of those resources (RFC 7662 §4, RFC 7009 §2.1). */
const isAllowedResource = (
  { allowedResources }: Pick<RpcDeps, 'allowedResources'>,
  resources: readonly string[],
): boolean =>
  allowedResources === undefined ||
  resources.some((resource) => allowedResources.includes(requireCanonicalResource(resource)));

async function introspectRefreshForWorker(
  deps: RpcDeps,
  id: GrantId,
  generation: number,
): Promise<IntrospectionAnswer> {
  const { config, databases, moment } = deps;
  const settings = await deps.settings();
  const db = await databases.resolveShard(shardOf(id));
  const grant = db && (await findActiveGrant(db, id, moment.now, settings));
  const client = grant && (await findClientFromReplica(databases, grant.clientId, moment.now));
  const graceSeconds = client?.refreshGraceSeconds ?? settings.refresh_grace_seconds;
  if (!grant || !isRefreshable(grant, generation, graceSeconds, moment.now)) return { active: false };
  if (!isAllowedResource(deps, grant.resources)) return { active: false };
  return refreshTokenResponse(grant, client, config.issuer);
}

/** Revokes a token; a refresh token of any generation revokes the grant. One round. */
export function revokeForWorker(deps: RpcDeps, token: string): Promise<RevocationAnswer> {
  return runRpc<RevocationAnswer>(
    deps,
    'revoke',
    async () => {
      const { actor, databases, moment } = deps;
      const presented = await parsePresentedToken(deps, String(token));
      if (!presented) return { revoked: false };
      if (presented.is === 'access') {
        if (!isAllowedResource(deps, [presented.claims.aud].flat())) return { revoked: false };
        await revokeToken(databases, moment, actor, toIssuedToken(presented.claims));
        return { revoked: true };
      }
      const db = await databases.resolveShard(shardOf(presented.grant));
      if (!db || !(await mayRevoke(deps, db, presented.grant))) return { revoked: false };
      await revokeGrant(db, moment, presented.grant, actor, 'revoked by another Worker');
      return { revoked: true };
    },
    (error) => ({ revoked: false, ...unavailableError(error) }),
  );
}

/** One further round, for a caller with `props.resources`. */
async function mayRevoke(deps: RpcDeps, db: Database, id: GrantId): Promise<boolean> {
  if (deps.allowedResources === undefined) return true;
  const grant = await findActiveGrant(db, id, deps.moment.now, await deps.settings());
  return grant !== undefined && isAllowedResource(deps, grant.resources);
}
