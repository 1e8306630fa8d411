/** The DPoP header of a request (RFC 9449 §4.1), validated at this server's own endpoints and resources. */

import type { ProofPolicy } from '@postern/resource-server/building-blocks';
import type { Context } from 'hono';
import { type DpopProof, dpopProofError, verifyDpopProof } from '../protocol/dpop.ts';
import { currentDpopNonce, isFreshDpopNonce } from '../protocol/dpop-nonce.ts';
import { MINUTE } from '../protocol/lifetimes.ts';
import type { SingleUse } from '../storage/grants/single-use.ts';
import type { Deps, Web } from './context.ts';

/** A validated DPoP proof: the thumbprint of its key, and the single-use record of its `jti`. */
export type ProofOfPossession = { thumbprint: string; singleUse: SingleUse };

/** Sends the nonce for the following proofs (RFC 9449 §8.2). */
export function setNonceHeader(c: Context<Web>): void {
  const { config, moment } = c.get('deps');
  c.header('DPoP-Nonce', currentDpopNonce(config.root, moment.now));
}

/** The single-use record that refuses a replayed proof (RFC 9449 §11.1); it allows a minute of clock skew. */
export const proofUse = ({ thumbprint, jti, replayableUntil }: DpopProof): SingleUse => ({
  kind: 'proof',
  text: `proof:${thumbprint}:${jti}`,
  expiresAt: replayableUntil + MINUTE,
});

/**
 * Validates the proof of a request to an endpoint of the authorization server.
 * @returns undefined without a proof.
 * @throws OAuthError invalid_dpop_proof or use_dpop_nonce
 */
export async function readProofOfPossession(c: Context<Web>): Promise<ProofOfPossession | undefined> {
  const header = c.req.header('dpop');
  if (header === undefined) return undefined;
  setNonceHeader(c);
  const deps = c.get('deps');
  const expected = {
    method: c.req.method,
    url: requestUrl(c),
    now: deps.moment.now,
    nonces: await nonceValidation(deps),
  };
  try {
    const proof = await verifyDpopProof(header, expected);
    return { thumbprint: proof.thumbprint, singleUse: proofUse(proof) };
  } catch (cause) {
    throw dpopProofError(cause, 400);
  }
}

/** The proof policy of this server's own resources. @param accept receives the validated proof. */
export async function ownResourceProofPolicy(
  c: Context<Web>,
  accept: (proof: DpopProof) => void,
): Promise<ProofPolicy> {
  if (c.req.header('dpop') === undefined) return {};
  setNonceHeader(c);
  return { addressOf: () => requestUrl(c), nonces: await nonceValidation(c.get('deps')), accept };
}

/** The public URL of the request, under the issuer, whatever host the request named. */
const requestUrl = (c: Context<Web>) => c.get('deps').config.issuer + new URL(c.req.url).pathname;

/** The nonce policy of this server (RFC 9449 §8). */
export async function nonceValidation({ config, moment, settings }: Pick<Deps, 'config' | 'moment' | 'settings'>) {
  const { now } = moment;
  return {
    isRequired: (await settings()).dpop_nonce_required,
    isFresh: (nonce: string) => isFreshDpopNonce(config.root, now, nonce),
    current: () => currentDpopNonce(config.root, now),
  };
}
