/** `npm run bench`: measurements of the built Worker. Each is a file in `scripts/bench`, and its parts are in `bench`. */
import { parseArgs } from 'node:util';
import { benchFill } from './bench/fill.ts';
import { benchFloor } from './bench/floor.ts';
import { benchMixed } from './bench/mixed.ts';
import { benchPeers } from './bench/peers.ts';
import { staySignedIn } from './bench/staying-signed-in.ts';
import { benchWorld } from './bench/world.ts';
import { Failure, orExplain } from './failure.ts';

const USAGE = `Usage: npm run bench -- [--seconds 2] [--turns 4] [--only NAME] [--write]
       npm run bench -- --peers [--seconds 2] [--turns 4] [--only NAME]
       npm run bench -- --world [--samples 24] [--flows 300] [--latencies FILE]
       npm run bench -- fill [--minutes 10]
       npm run bench -- mixed [--minutes 10]
       npm run bench -- staying-signed-in [--refreshes 100000]`;

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => bench(parameters));
}

const OPTIONS = {
  seconds: { type: 'string', default: '2' },
  turns: { type: 'string', default: '4' },
  only: { type: 'string' },
  write: { type: 'boolean', default: false },
  peers: { type: 'boolean', default: false },
  world: { type: 'boolean', default: false },
  samples: { type: 'string', default: '24' },
  flows: { type: 'string', default: '300' },
  latencies: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  refreshes: { type: 'string', default: '100000' },
} as const;

async function bench(parameters: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: parameters, allowPositionals: true, options: OPTIONS });
  const named = positionals.join();
  if (values.world)
    return benchWorld({ samples: Number(values.samples), flows: Number(values.flows), latencies: values.latencies });
  if (named === 'fill') return benchFill(Number(values.minutes));
  if (named === 'mixed') return benchMixed(Number(values.minutes));
  if (named === 'staying-signed-in') return staySignedIn(Number(values.refreshes));
  const [seconds, turns] = [Number(values.seconds), Number(values.turns)];
  if (named !== '' || !(seconds > 0 && seconds <= 60 && turns >= 1 && turns <= 100)) throw new Failure(USAGE);
  if (process.platform !== 'linux') throw new Failure('CPU time is read from /proc: the benchmark needs Linux.');
  if (values.peers) return benchPeers(seconds, turns, values.only);
  return benchFloor({ seconds, turns, only: values.only, write: values.write });
}
