/** Distances of the simulated world, in milliseconds. `--latencies FILE` replaces any of them by JSON of the same form. */

export const REGIONS = ['wnam', 'enam', 'weur', 'eeur', 'apac', 'oc'] as const;
export type Region = (typeof REGIONS)[number];

export type World = {
  /** The round trip between two regions, by `from-to` in the order of REGIONS. */
  roundTrips: Record<string, number>;
  /** The round trip from a Cloudflare location to a database or store of its own region. */
  withinRegion: number;
  /** The round trip from a user to the nearest location. */
  userToEdge: number;
  /** The region of `DB`'s primary. */
  primary: Region;
  /** The time for which a replica misses a write. */
  replicaLag: number;
  /** Work of D1 beside the distance: one batch. */
  d1: number;
  /** Workers KV: a value that the location has, work of the central stores beside the distance, and staleness. */
  kv: { cached: number; read: number; write: number; stale: number; central: Region[] };
  /** Each wait varies by this share, both ways; one of a hundred takes `slow` times as long. */
  jitter: number;
  slow: number;
};

/**
 * Round trips between regions: medians of Azure's network round-trip latency statistics (West US, East US, West Europe,
 * Poland Central, Southeast Asia, Australia East), rounded to 5. The distance within a region, and that to the user: typical
 * of 95 % of users within 50 ms of a Cloudflare location. KV: writes go to central stores, a location keeps what it read
 * for at least 60 seconds (Cloudflare: How KV works).
 */
export const WORLD: World = {
  roundTrips: {
    'wnam-enam': 70,
    'wnam-weur': 145,
    'wnam-eeur': 165,
    'wnam-apac': 170,
    'wnam-oc': 140,
    'enam-weur': 80,
    'enam-eeur': 105,
    'enam-apac': 220,
    'enam-oc': 200,
    'weur-eeur': 25,
    'weur-apac': 160,
    'weur-oc': 245,
    'eeur-apac': 180,
    'eeur-oc': 265,
    'apac-oc': 95,
  },
  withinRegion: 30,
  userToEdge: 15,
  primary: 'weur',
  replicaLag: 300,
  d1: 8,
  kv: { cached: 3, read: 15, write: 60, stale: 60_000, central: ['enam', 'weur'] },
  jitter: 0.15,
  slow: 3,
};

/** The databases that Postern has: one, one with replicas, or one with replicas and six shards. */
export type Layout = 'one database' | 'with replicas' | 'with shards';
export const LAYOUTS: readonly Layout[] = ['one database', 'with replicas', 'with shards'];
