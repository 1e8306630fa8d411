/** Short-lived cache in the memory of the isolate. */
import { ISOLATE_CACHE_AGE } from '../../protocol/lifetimes.ts';

const allCaches = new Set<IsolateCache<unknown>>();

/** Values by key, each for 30 seconds at most. Values and no promises: those belong to one request. */
export class IsolateCache<T> {
  readonly #values = new Map<string, { value: T; until: number }>();
  readonly #maxEntries: number;

  constructor(most = 1000) {
    this.#maxEntries = most;
    allCaches.add(this as IsolateCache<unknown>);
  }

  get(key: string, now: number): T | undefined {
    const entry = this.#values.get(key);
    return entry && entry.until > now ? entry.value : undefined;
  }

  /** The time in milliseconds for which a value is still used; 0 where there is none. */
  freshFor(key: string, now: number): number {
    return Math.max(0, (this.#values.get(key)?.until ?? now) - now);
  }

  set(key: string, value: T, now: number): void {
    if (this.#values.size >= this.#maxEntries) this.#values.clear();
    this.#values.set(key, { value, until: now + ISOLATE_CACHE_AGE });
  }

  clear(): void {
    this.#values.clear();
  }
}

/** Clears all caches after an administrator's change in this isolate, and between tests. */
export function clearIsolateCaches(): void {
  for (const cache of allCaches) cache.clear();
}
