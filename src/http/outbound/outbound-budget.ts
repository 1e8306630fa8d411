/** The budget of outbound requests: per network, per origin and in all. */
import type { Deps } from '../context.ts';

type OutboundRateLimits =
  | 'outbound'
  | 'outboundNetwork'
  | 'outboundNetworkOrigin'
  | 'outboundOrigin'
  | 'outboundRecorded';

/** The dependencies of a single outbound request. */
export type GuardDeps = Pick<Deps, 'site'> & {
  config: Pick<Deps['config'], 'isLoopback'>;
  rateLimits: Pick<Deps['rateLimits'], OutboundRateLimits>;
};

/** A failed outbound request. The message has the reason, and may be sent to the client that named the address. */
export class OutboundFailure extends Error {}

/**
 * The budget by the source of the address: an unauthenticated request (`unauthenticated`), a client that is enabled or
 * was used recently (`client`), or an administrator, whose addresses are called all day (`recorded`).
 */
export type OutboundBudget = 'unauthenticated' | 'client' | 'recorded';

/**
 * Keeps clients from using this server to flood an origin. The limits of one network and one origin are checked first,
 * so that requests they refuse do not count against the limit of all; clients in use have a limit for each address.
 */
export async function enforceBudget(
  { rateLimits, site }: GuardDeps,
  { origin, href }: URL,
  budget: OutboundBudget,
): Promise<void> {
  const isOver = async (ceiling: RateLimit, key: string) => !(await ceiling.limit({ key })).success;
  const tooOften = () => new OutboundFailure(`${origin} was called too often in the last minute`);
  if (budget === 'recorded') {
    if (await isOver(rateLimits.outboundRecorded, origin)) throw tooOften();
    return;
  }
  if (budget === 'client') {
    if (await isOver(rateLimits.outboundNetworkOrigin, `client ${href}`)) throw tooOften();
    return;
  }
  if (await isOver(rateLimits.outboundNetwork, site))
    throw new OutboundFailure('your network named too many addresses in the last minute');
  if (await isOver(rateLimits.outboundNetworkOrigin, `${site} ${origin}`)) throw tooOften();
  if ((await isOver(rateLimits.outboundOrigin, origin)) || (await isOver(rateLimits.outbound, 'all'))) throw tooOften();
}
