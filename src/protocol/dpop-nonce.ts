/**
 * Nonces for DPoP proofs (RFC 9449 §8, §9): the MAC of the time, which every location can compute. They limit the time
 * between creation and use of a proof.
 */
import type { RootSecrets } from '../crypto/seal.ts';
import { MINUTE } from './lifetimes.ts';

/** A nonce is issued for this long, and accepted for as long again. */
const ROTATION_INTERVAL = 5 * MINUTE;

const stepOf = (now: number) => Math.floor(now / ROTATION_INTERVAL);

/** The nonce to issue. `now` is in milliseconds. */
export function currentDpopNonce(root: Pick<RootSecrets, 'mac'>, now: number): string {
  return root.mac('dpop-nonce', String(stepOf(now)));
}

/** @returns true for a nonce of the current interval or one beside it. */
export function isFreshDpopNonce(root: Pick<RootSecrets, 'macMatches'>, now: number, nonce: string): boolean {
  // The clock of the issuing location may be ahead.
  return [0, -1, 1].some((steps) => root.macMatches('dpop-nonce', String(stepOf(now) + steps), nonce));
}
