/** The waiting of a request in the simulated world. */
import type { Layout, Region, World } from './world-latencies.ts';

export type WorldEnv = Record<string, unknown> & { WORLD: World; LAYOUT: Layout; FRACTION: number };

/** The waiting of one request, in milliseconds of the simulated world. */
export class Waiting {
  now = 0;
  readonly #env: WorldEnv;
  readonly region: Region;

  constructor(env: WorldEnv, region: Region) {
    this.#env = env;
    this.region = region;
  }

  /** The distance to another region. */
  to(other: Region): number {
    const { roundTrips, withinRegion } = this.#env.WORLD;
    if (other === this.region) return withinRegion;
    return withinRegion + (roundTrips[`${this.region}-${other}`] ?? roundTrips[`${other}-${this.region}`] ?? 0);
  }

  /** Does something that takes so long. What begins before it has ended shares its time. */
  async during<T>(ms: number, work: () => Promise<T>): Promise<T> {
    const { jitter, slow } = this.#env.WORLD;
    const varied = ms * (1 - jitter + 2 * jitter * Math.random()) * (Math.random() < 0.01 ? slow : 1);
    const ends = this.now + varied;
    const [result] = await Promise.all([work(), sleep(varied * this.#env.FRACTION)]);
    this.now = Math.max(this.now, ends);
    return result;
  }
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
