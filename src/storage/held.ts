/** What an isolate holds for a short while, so that a warm request need not ask for it. */
import { HELD } from '../protocol/lifetimes.ts';

const everything = new Set<Held<unknown>>();

/** Values by key, each for 30 seconds and never longer. Values, not promises: those belong to one request. */
export class Held<T> {
  readonly #values = new Map<string, { value: T; until: number }>();
  readonly #most: number;

  constructor(most = 1000) {
    this.#most = most;
    everything.add(this as Held<unknown>);
  }

  get(key: string, now: number): T | undefined {
    const held = this.#values.get(key);
    return held && held.until > now ? held.value : undefined;
  }

  set(key: string, value: T, now: number): void {
    if (this.#values.size >= this.#most) this.#values.clear();
    this.#values.set(key, { value, until: now + HELD });
  }

  forget(): void {
    this.#values.clear();
  }
}

/** After an administrator's change in this isolate, and between tests. */
export function forgetEverything(): void {
  for (const held of everything) held.forget();
}
