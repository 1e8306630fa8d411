/**
 * Nonces for DPoP proofs (RFC 9449 §8, §9): the MAC of the time, so that every location makes and knows them without
 * keeping any. They bound how long before its use a proof can have been made.
 */
import type { RootSecrets } from '../crypto/seal.ts';
import { MINUTE } from './lifetimes.ts';

/** A nonce is handed out for this long, and taken for as long again. */
const STEP = 5 * MINUTE;

const stepOf = (now: number) => Math.floor(now / STEP);

export function currentNonce(root: Pick<RootSecrets, 'mac'>, now: number): string {
  return root.mac('dpop-nonce', String(stepOf(now)));
}

export function nonceIsFresh(root: Pick<RootSecrets, 'macMatches'>, now: number, nonce: string): boolean {
  // The clock of the location that made it may be a little ahead.
  return [0, -1, 1].some((steps) => root.macMatches('dpop-nonce', String(stepOf(now) + steps), nonce));
}
