/** The DPoP header of a request (RFC 9449 §4.1), judged at this server's own endpoints and resources. */
import type { Context } from 'hono';
import type { ProofPolicy } from '../guard/dpop.ts';
import { type Proof, proofError, verifyProof } from '../protocol/dpop.ts';
import { currentNonce, nonceIsFresh } from '../protocol/dpop-nonce.ts';
import { MINUTE } from '../protocol/lifetimes.ts';
import type { Spend } from '../storage/spent.ts';
import type { Deps, Web } from './context.ts';

/** The key that a request shows to hold, and what showing it uses up. */
export type Possession = { thumbprint: string; spend: Spend };

/** RFC 9449 §8.2: the nonce to use from now on. */
export function offerNonce(c: Context<Web>): void {
  const { config, moment } = c.get('deps');
  c.header('DPoP-Nonce', currentNonce(config.root, moment.now));
}

/**
 * What stands in the way of using a proof once more. Clocks may be a minute apart.
 */
export const spendOf = ({ thumbprint, jti, goodUntil }: Proof): Spend => ({
  ...{ is: 'proof', text: `proof:${thumbprint}:${jti}` },
  expiresAt: goodUntil + MINUTE,
});

/**
 * At an endpoint of the authorization server.
 * @returns undefined where there is no proof.
 * @throws OAuthError invalid_dpop_proof or use_dpop_nonce
 */
export async function readPossession(c: Context<Web>): Promise<Possession | undefined> {
  const header = c.req.header('dpop');
  if (header === undefined) return undefined;
  offerNonce(c);
  const deps = c.get('deps');
  const expected = { method: c.req.method, url: addressOf(c), now: deps.moment.now, nonces: await noncesOf(deps) };
  try {
    const proof = await verifyProof(header, expected);
    return { thumbprint: proof.thumbprint, spend: spendOf(proof) };
  } catch (cause) {
    throw proofError(cause, 400);
  }
}

/** How proofs are judged at a resource of this server: `accept` hears of the one that is right. */
export async function ownProofs(c: Context<Web>, accept: (proof: Proof) => void): Promise<ProofPolicy> {
  if (c.req.header('dpop') === undefined) return {};
  offerNonce(c);
  return { addressOf: () => addressOf(c), nonces: await noncesOf(c.get('deps')), accept };
}

/** As the world knows it, whatever name the request came by. */
const addressOf = (c: Context<Web>) => c.get('deps').config.issuer + c.req.path;

/** The nonces of this server, as proofs are judged by them. */
export async function noncesOf({ config, moment, settings }: Pick<Deps, 'config' | 'moment' | 'settings'>) {
  const { now } = moment;
  return {
    isRequired: (await settings()).dpop_nonce_required,
    isFresh: (nonce: string) => nonceIsFresh(config.root, now, nonce),
    current: () => currentNonce(config.root, now),
  };
}
