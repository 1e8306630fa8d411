/** The guarded fetch of the Worker for a diagnosis from the command line: the same addresses, bounds and time. */
import { guardedProbe } from '../../src/admin/doctor/guarded-probe.ts';
import type { ProbeFetch } from '../../src/admin/doctor/probe.ts';
import { isLoopbackHost } from '../../src/config/issuer.ts';

/** One diagnosis by its administrator: nothing is rationed. */
const limit: RateLimit = { limit: async () => ({ success: true }) };
const UNLIMITED = {
  outbound: limit,
  outboundNetwork: limit,
  outboundNetworkOrigin: limit,
  outboundOrigin: limit,
  outboundRecorded: limit,
};

/** @param url the server that is diagnosed: only one on loopback may name other addresses on loopback. */
export const guardedFetch = (url: string): ProbeFetch =>
  guardedProbe({ config: { isLoopback: isLoopbackHost(new URL(url).hostname) }, rateLimits: UNLIMITED, site: '' });
