/** Workers KV in the simulated world. */
import type { Waiting, WorldEnv } from './world-waiting.ts';

/** The values of Workers KV that the locations of a region have. */
const kvCaches = new Map<string, { value: unknown; until: number }>();

// The clock of the machine: that of the Worker is moved on.
const realNow = Date.now.bind(Date);

/** Workers KV: writes go to the central stores; a location answers with what it read for a minute (and no value, too). */
export function namespaceOf(env: WorldEnv, binding: string, waiting: Waiting) {
  const { cached, read, write, stale, central } = env.WORLD.kv;
  const namespace = env[binding] as KVNamespace;
  const distance = Math.min(...central.map((region) => waiting.to(region)));
  const keyOf = (key: string) => `${waiting.region} ${binding} ${key}`;
  const keep = (key: string, value: unknown) =>
    kvCaches.set(keyOf(key), { value, until: realNow() + stale * env.FRACTION });
  return {
    async get(key: string, options?: unknown) {
      const known = kvCaches.get(keyOf(key));
      const type = typeof options === 'string' ? options : (options as { type?: string } | undefined)?.type;
      const parsed = (text: string | null) => (type === 'json' && text !== null ? JSON.parse(text) : text);
      if (known && known.until > realNow()) return waiting.during(cached, async () => parsed(known.value as string));
      const value = await waiting.during(distance + read, () => namespace.get(key));
      keep(key, value);
      return parsed(value);
    },
    async put(key: string, value: string, options?: KVNamespacePutOptions) {
      await waiting.during(distance + write, () => namespace.put(key, value, options));
      keep(key, value);
    },
    async delete(key: string) {
      await waiting.during(distance + write, () => namespace.delete(key));
      keep(key, null);
    },
    list: (options?: KVNamespaceListOptions) => waiting.during(distance + read, () => namespace.list(options)),
  };
}
