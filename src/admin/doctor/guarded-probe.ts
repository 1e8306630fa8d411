/** The requests of a diagnosis through the guarded fetch module: public addresses, bounded answers and time. */
import type { GuardDeps } from '../../http/outbound/outbound-budget.ts';
import { safeSend } from '../../http/outbound/safe-fetch.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { ProbeFetch } from './probe.ts';

/** More bytes than any document of the protocol has. */
const LIMITS = { budget: 'recorded', maxBytes: 256 * 1024, timeout: 10 * SECOND } as const;

export const guardedProbe =
  (deps: GuardDeps): ProbeFetch =>
  (address, sending) =>
    safeSend(deps, address, sending, LIMITS);
