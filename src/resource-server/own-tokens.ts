/** Access tokens of this server, judged where they were made: by its keys, and then by its storage. */
import type { Principal, TokenVerifier } from '../guard/principal.ts';
import { principalOf } from '../guard/principal-of-token.ts';
import { verifyAccessToken } from '../protocol/access-token.ts';
import { type GrantId, shardOf, type TokenId } from '../protocol/credentials.ts';
import { type Proof, proofCameBefore } from '../protocol/dpop.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { proofWasSpent, spendAll } from '../storage/spent.ts';
import { findTokenHolder } from '../storage/token-holder.ts';
import type { Deps } from '../web/context.ts';
import { spendOf } from '../web/dpop.ts';

type JudgeDeps = Pick<Deps, 'databases' | 'moment' | 'settings' | 'registry'>;

/** What the token says, by the keys at hand: storage is asked when all else is right. */
export function ownKeys({ config, moment }: Pick<Deps, 'config' | 'moment'>): TokenVerifier {
  const expected = { keys: config.signingKeys, issuer: config.issuer, now: moment.now };
  return { verify: async (token) => principalOf(await verifyAccessToken(token, expected)) };
}

/**
 * Whom a token that is right holds for, at this moment. One round.
 * @throws OAuthError invalid_token where it was revoked, its person is gone or disabled, or it is of a resource that
 * wants it bound; invalid_dpop_proof where the proof came before and that is remembered.
 */
export async function holderOf(deps: JudgeDeps, principal: Principal, proof: Proof | undefined) {
  const { tokenId, subject, clientId, grant, issuedAt, audience, confirmation } = principal;
  const token = { jti: tokenId as TokenId, sub: subject, client_id: clientId, grant: grant as GrantId, iat: issuedAt };
  const [holder, registry] = await Promise.all([
    findTokenHolder(deps.databases, token),
    deps.registry(),
    proof && rememberProof(deps, token.jti, proof),
  ]);
  if (!holder) throw new OAuthError('invalid_token', 'the token was revoked, or its owner is disabled.');
  if (confirmation === undefined && audience.some((resource) => registry.get(resource)?.dpop_required)) {
    throw new OAuthError('invalid_token', 'this resource takes only tokens that are bound to a key.');
  }
  return holder;
}

/** Where the setting wants it: in the shard of the token, beside everything else. */
async function rememberProof({ databases, moment, settings }: JudgeDeps, token: TokenId, proof: Proof): Promise<void> {
  const db = databases.shard(shardOf(token));
  if (!db || !(await settings()).dpop_proofs_once) return;
  await spendAll(db, moment, [spendOf(proof)]).catch((error: unknown) => {
    throw proofWasSpent(error) ? proofCameBefore() : error;
  });
}
