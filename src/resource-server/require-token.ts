/** The guard of what is protected here (RFC 6750, RFC 9068 §4). A token that was revoked is refused at once. */
import type { MiddlewareHandler } from 'hono';
import { admit } from '../guard/admit.ts';
import type { Principal, TokenVerifier } from '../guard/principal.ts';
import { principalOf } from '../guard/principal-of-token.ts';
import { schemesFor } from '../guard/schemes.ts';
import { verifyAccessToken } from '../protocol/access-token.ts';
import { type GrantId, type PersonId, shardOf, type TokenId } from '../protocol/credentials.ts';
import { type Proof, proofCameBefore } from '../protocol/dpop.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { resourcesHolding } from '../protocol/resource.ts';
import { findClientNear } from '../storage/clients.ts';
import { findPerson } from '../storage/people.ts';
import { proofWasSpent, spendAll } from '../storage/spent.ts';
import { tokenHolds } from '../storage/tokens.ts';
import type { Deps, Web } from '../web/context.ts';
import { ownProofs, spendOf } from '../web/dpop.ts';

/** Lets a request in whose token holds, was made for this path, and has every one of the scopes. One round. */
export function requireToken(...scopes: string[]): MiddlewareHandler<Web> {
  return async function guard(c, next) {
    const deps = c.get('deps');
    let proof: Proof | undefined;
    const proofs = await ownProofs(c, (found) => {
      proof = found;
    });
    const principal = await admit(c.req.raw, {
      ...{ schemes: schemesFor(proofs, false), verifier: ownKeys(deps), scopes },
      audiences: resourcesHolding(c.req.path, deps.config.issuer),
    });
    const person = await stillHolding(deps, principal, proof);
    Object.assign(c.get('facts'), { client: principal.clientId, person: person.id });
    c.set('clientOrigins', await originsOf(deps, principal.clientId, c.req.header('origin')));
    c.set('principal', { ...principal, person });
    await next();
  };
}

/** What the token says, by the keys at hand: storage is asked when all else is right. */
function ownKeys({ config, moment }: Deps): TokenVerifier {
  const expected = { keys: config.signingKeys, issuer: config.issuer, now: moment.now };
  return { verify: async (token) => principalOf(await verifyAccessToken(token, expected)) };
}

/**
 * @throws OAuthError invalid_token where it was revoked, is of a resource that wants it bound, or whom it speaks for is
 * gone or disabled; invalid_dpop_proof where the proof came before and that is remembered.
 */
async function stillHolding(deps: Deps, principal: Principal, proof: Proof | undefined) {
  const { databases } = deps;
  const { tokenId, subject, clientId, grant, issuedAt } = principal;
  const issued = { jti: tokenId as TokenId, sub: subject, client_id: clientId, grant: grant as GrantId, iat: issuedAt };
  const [person, holds, registry] = await Promise.all([
    findPerson(databases, subject as PersonId),
    tokenHolds(databases, issued),
    deps.registry(),
    proof && rememberProof(deps, issued.jti, proof),
  ]);
  if (!holds || !person || person.disabledAt !== null) {
    throw new OAuthError('invalid_token', 'the token was revoked, or its owner is disabled.');
  }
  const wantsProof = principal.audience.some((resource) => registry.get(resource)?.dpop_required);
  if (wantsProof && principal.confirmation === undefined) {
    throw new OAuthError('invalid_token', 'this resource takes only tokens that are bound to a key.');
  }
  return person;
}

/** Where the setting wants it: in the shard of the token, beside everything else. */
async function rememberProof({ databases, moment, settings }: Deps, token: TokenId, proof: Proof): Promise<void> {
  const db = databases.shard(shardOf(token));
  if (!db || !(await settings()).dpop_proofs_once) return;
  await spendAll(db, moment, [spendOf(proof)]).catch((error: unknown) => {
    throw proofWasSpent(error) ? proofCameBefore() : error;
  });
}

/** Only a browser's request needs them. */
async function originsOf(deps: Deps, clientId: string, origin: string | undefined): Promise<string[]> {
  if (origin === undefined) return [];
  return (await findClientNear(deps.databases, clientId, deps.moment.now))?.allowedOrigins ?? [];
}
