/** Validation of access tokens at their issuer: by its keys, then by its storage. */
import type { Principal, TokenVerifier } from '@postern/resource-server';
import { principalOf } from '@postern/resource-server/building-blocks';
import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import type { Deps } from '../http/context.ts';
import { proofUse } from '../http/dpop.ts';
import { verifyAccessToken } from '../protocol/access-token.ts';
import { isSameResource } from '../protocol/canonical-resource.ts';
import { type GrantId, shardOf, type TokenId } from '../protocol/credentials.ts';
import { type DpopProof, dpopProofReplayed } from '../protocol/dpop.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { proofWasUsed, useAllOnce } from '../storage/grants/single-use.ts';
import { findTokenHolder, recordTokenUse } from '../storage/grants/token-holder.ts';
import type { UserSource } from '../storage/users/user-attributes.ts';

type TokenStatusDeps = Pick<Deps, 'databases' | 'moment' | 'settings' | 'registry' | 'waitUntil'>;

/**
 * A verifier with the keys of this server, without storage.
 * @param resources the accepted resources; undefined also accepts the issuer as second audience.
 */
export function ownTokenVerifier(
  { config, moment }: Pick<Deps, 'config' | 'moment'>,
  resources: readonly string[] | undefined,
): TokenVerifier {
  const expected = { keys: config.signingKeys, issuer: config.issuer, now: moment.now };
  return {
    verify: async (token) => {
      const principal = principalOf(await verifyAccessToken(token, expected));
      const [resource = ''] = principal.audience;
      if (resources && !resources.some((own) => isSameResource(own, resource)))
        throw new InvalidJwt('issued for another resource');
      return principal;
    },
  };
}

/**
 * The user of a validated token that is still active. One round.
 * @throws OAuthError invalid_token if it was revoked, its user is deleted or disabled, or its resource requires DPoP;
 * invalid_dpop_proof for a replayed proof.
 */
export async function requireActiveToken(
  deps: TokenStatusDeps,
  principal: Principal,
  proof: DpopProof | undefined,
  source: UserSource,
) {
  const { tokenId, subject, clientId, grant, issuedAt, audience, confirmation } = principal;
  const token = { jti: tokenId as TokenId, sub: subject, client_id: clientId, grant: grant as GrantId, iat: issuedAt };
  const [holder, registry] = await Promise.all([
    findTokenHolder(deps.databases, token, source),
    deps.registry(),
    proof && recordProof(deps, token.jti, proof),
  ]);
  if (!holder) throw new OAuthError('invalid_token', 'the token was revoked, or its owner is disabled.');
  if (confirmation === undefined && audience.some((resource) => registry.get(resource)?.dpop_required)) {
    throw new OAuthError('invalid_token', 'this resource requires DPoP-bound tokens.');
  }
  recordTokenUse(deps, { grant: token.grant, lastUsedAt: holder.lastUsedAt });
  return holder;
}

/** Records the proof in the token's shard, if the setting dpop_proofs_once is enabled. */
async function recordProof(
  { databases, moment, settings }: TokenStatusDeps,
  token: TokenId,
  proof: DpopProof,
): Promise<void> {
  const db = databases.shard(shardOf(token));
  if (!db || !(await settings()).dpop_proofs_once) return;
  await useAllOnce(db, moment, [proofUse(proof)]).catch((error: unknown) => {
    throw proofWasUsed(error) ? dpopProofReplayed() : error;
  });
}
