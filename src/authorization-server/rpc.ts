/** Introspection (RFC 7662) and revocation (RFC 7009) for another Worker of the same account: it is trusted as such. */

import type { Introspected, Revoked } from '../guard/token-service.ts';
import { type GrantId, shardOf } from '../protocol/credentials.ts';
import { findClientNear } from '../storage/clients.ts';
import { findActiveGrant, isRefreshable, revokeGrant } from '../storage/grants.ts';
import { revokeToken } from '../storage/tokens.ts';
import { answerRpc, type RpcDeps, unavailable } from '../web/rpc.ts';
import { describeAccess, describeGrant } from './introspect.ts';
import { issuedToken, openPresented } from './presented-token.ts';

/** Whoever the token was made for. One round. */
export function introspectForWorker(deps: RpcDeps, token: string): Promise<Introspected> {
  return answerRpc<Introspected>(
    deps,
    'introspect',
    async () => {
      const presented = await openPresented(deps, String(token));
      if (!presented) return { active: false };
      if (presented.is === 'access') return describeAccess(deps, presented.claims);
      return introspectRefresh(deps, presented.grant, presented.generation);
    },
    (error) => ({ active: false, ...unavailable(error) }),
  );
}

async function introspectRefresh(deps: RpcDeps, id: GrantId, generation: number): Promise<Introspected> {
  const { config, databases, moment } = deps;
  const settings = await deps.settings();
  const db = databases.shard(shardOf(id));
  const grant = db && (await findActiveGrant(db, id, moment.now, settings));
  const client = grant && (await findClientNear(databases, grant.clientId, moment.now));
  const graceSeconds = client?.refreshGraceSeconds ?? settings.refresh_grace_seconds;
  if (!grant || !isRefreshable(grant, generation, graceSeconds, moment.now)) return { active: false };
  return describeGrant(grant, client, config.issuer);
}

/** With a refresh token the grant ends, whichever generation it is of. One round. */
export function revokeForWorker(deps: RpcDeps, token: string): Promise<Revoked> {
  return answerRpc<Revoked>(
    deps,
    'revoke',
    async () => {
      const { actor, databases, moment } = deps;
      const presented = await openPresented(deps, String(token));
      if (!presented) return { revoked: false };
      if (presented.is === 'access') {
        await revokeToken(databases, moment, actor, issuedToken(presented.claims));
        return { revoked: true };
      }
      const db = databases.shard(shardOf(presented.grant));
      if (!db) return { revoked: false };
      await revokeGrant(db, moment, presented.grant, actor, 'another Worker ended it');
      return { revoked: true };
    },
    (error) => ({ revoked: false, ...unavailable(error) }),
  );
}
