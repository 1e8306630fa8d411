/**
 * The entry of a Worker in the simulated world: gives it bindings that wait as those of a region do, and says in a header
 * how long its request waited for them. Waiting is counted on a clock of the request, so that a busy machine adds nothing;
 * real time passes as well, by a fraction, so that concurrent operations meet in the order in which they would.
 */

// The built Worker, which stands beside this module when it runs.
import worker from './built.js';
import { databaseOf } from './world-database.ts';
import type { Region } from './world-latencies.ts';
import { namespaceOf } from './world-namespace.ts';
import { Waiting, type WorldEnv } from './world-waiting.ts';

/** The places that `request.cf` says a request comes from. */
const PLACES: Record<Region, { continent: string; longitude: string }> = {
  wnam: { continent: 'NA', longitude: '-120' },
  enam: { continent: 'NA', longitude: '-75' },
  weur: { continent: 'EU', longitude: '5' },
  eeur: { continent: 'EU', longitude: '25' },
  apac: { continent: 'AS', longitude: '104' },
  oc: { continent: 'OC', longitude: '151' },
};

let skipped = 0;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + skipped;

function bindingsOf(env: WorldEnv, waiting: Waiting, context: ExecutionContext): Record<string, unknown> {
  const wrapped: Record<string, unknown> = {};
  for (const [name, binding] of Object.entries(env)) {
    const shard = /^SHARD_(\w+)$/.exec(name)?.[1]?.toLowerCase() as Region | undefined;
    if (name === 'REPLICA' || (shard && env.LAYOUT !== 'with shards')) continue;
    if (name === 'DB' || shard) wrapped[name] = databaseOf(env, name, shard ?? env.WORLD.primary, waiting, context);
    else if (['CODES', 'CACHE', 'OAUTH_KV'].includes(name)) wrapped[name] = namespaceOf(env, name, waiting);
    else wrapped[name] = binding;
  }
  return wrapped;
}

export default {
  async fetch(request: Request, env: WorldEnv, context: ExecutionContext): Promise<Response> {
    const region = (request.headers.get('x-world-region') ?? env.WORLD.primary) as Region;
    // A cold isolate: whatever it holds for 30 seconds has expired.
    if (request.headers.has('x-world-cold')) skipped += 31_000;
    const waiting = new Waiting(env, region);
    // By the address that clients know.
    const address = new URL(request.url);
    address.host = 'localhost:8787';
    const placed = new Request(address, new Request(request, { cf: PLACES[region] } as RequestInit));
    const response = await worker.fetch(placed, bindingsOf(env, waiting, context), context);
    const told = new Response(response.body, response);
    told.headers.set('x-world-ms', String(env.WORLD.userToEdge + waiting.now));
    return told;
  },
};
