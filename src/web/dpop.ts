/** The DPoP header of a request (RFC 9449 §4.1), judged at this server's own endpoints and resources. */
import type { Context } from 'hono';
import { InvalidJwt } from '../crypto/jwt.ts';
import { NonceNeeded, type NoncePolicy, verifyProof } from '../protocol/dpop.ts';
import { currentNonce, nonceIsFresh } from '../protocol/dpop-nonce.ts';
import { MINUTE } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
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
 * @returns undefined where there is no proof.
 * @throws OAuthError invalid_dpop_proof or use_dpop_nonce
 */
export async function readPossession(c: Context<Web>): Promise<Possession | undefined> {
  const header = c.req.header('dpop');
  if (header === undefined) return undefined;
  offerNonce(c);
  const deps = c.get('deps');
  const { config, moment } = deps;
  try {
    const { thumbprint, jti, goodUntil } = await verifyProof(header, {
      method: c.req.method,
      // As the world knows it, whatever name the request came by.
      url: config.issuer + c.req.path,
      now: moment.now,
      nonces: await noncePolicy(deps),
    });
    return { thumbprint, spend: { is: 'proof', text: `proof:${thumbprint}:${jti}`, expiresAt: goodUntil + MINUTE } };
  } catch (cause) {
    throw proofError(cause);
  }
}

export async function noncePolicy({ config, moment, settings }: Pick<Deps, 'config' | 'moment' | 'settings'>) {
  return {
    isRequired: (await settings()).dpop_nonce_required,
    isFresh: (nonce) => nonceIsFresh(config.root, moment.now, nonce),
  } satisfies NoncePolicy;
}

function proofError(cause: unknown): unknown {
  if (cause instanceof NonceNeeded) return new OAuthError('use_dpop_nonce', 'use the nonce that this answer brings.');
  if (!(cause instanceof InvalidJwt)) return cause;
  return new OAuthError('invalid_dpop_proof', `the DPoP proof is not valid: ${cause.message}.`, { cause });
}
