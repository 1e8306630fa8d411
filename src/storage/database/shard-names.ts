/** The names of shards, and those nearest to a client by the location that Cloudflare names. */
import type { Shard } from '../../protocol/credentials.ts';

/** The shard name of `DB`. */
export const FIRST_SHARD: Shard = '0';

/** The shard of tokens that have no session, which would name one. */
export const SESSIONLESS_SHARD = FIRST_SHARD;

/** The nearest regions of each of Cloudflare's continents (`request.cf.continent`), best first. */
const REGIONS: Record<string, Shard[]> = {
  NA: ['enam', 'wnam'],
  SA: ['enam', 'wnam'],
  EU: ['weur', 'eeur'],
  AF: ['weur', 'eeur'],
  AS: ['apac', 'oc'],
  OC: ['oc', 'apac'],
};

export type ClientLocation = { continent?: string | undefined; longitude?: string | undefined };

/** The names that shards near a location have, nearest first. */
export function nearestRegions({ continent = '', longitude }: ClientLocation): Shard[] {
  const regions = [...(REGIONS[continent] ?? [])];
  // The Americas and Europe have two regions each: west or east of the middle.
  const west = longitude !== undefined && Number(longitude) < (continent === 'EU' ? 15 : -95);
  if (continent === 'NA' && west) regions.reverse();
  if (continent === 'EU' && longitude !== undefined && !west) regions.reverse();
  return regions;
}
