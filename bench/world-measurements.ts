/** Measurements of a server in the simulated world: its legs from each region, and flows that move between regions. */
import type { Legs, WorldSubject } from './world-flows.ts';
import { REGIONS, type Region } from './world-latencies.ts';

/** The legs of each flow, by region. */
export type Measured = { name: string; warm: Map<Region, Legs[]>; cold: Map<Region, Legs[]> };

/** Flows at the same time. */
const WARM_CALLERS = 4;
const MOVING_CALLERS = 16;

/** Flows between two lines of progress. */
const PROGRESS_INTERVAL = 1000;

/** @param samples warm flows of each region; a quarter as many are cold. */
export async function measureLegs(name: string, subject: WorldSubject, samples: number): Promise<Measured> {
  const measured: Measured = { name, warm: new Map(), cold: new Map() };
  for (const region of REGIONS) {
    // The first warms up what an isolate holds.
    await subject.flow(region, false);
    const warm: Legs[] = [];
    for (let done = 0; done < samples; done += WARM_CALLERS)
      warm.push(...(await Promise.all(Array.from({ length: WARM_CALLERS }, () => subject.flow(region, false)))));
    measured.warm.set(region, warm);
  }
  for (const region of REGIONS) {
    const cold: Legs[] = [];
    for (let done = 0; done < samples / 4; done++) cold.push(await subject.flow(region, true));
    measured.cold.set(region, cold);
  }
  return measured;
}

/** `reasons` are those of the flows that failed, the most frequent first. */
export type Moved = { name: string; flows: number; failed: number; reasons: string[] };

/** Flows between regions, and how many of them a server refused although they were right. */
export async function moveBetweenRegions(name: string, subject: WorldSubject, flows: number): Promise<Moved> {
  let begun = 0;
  const reasons: string[] = [];
  const caller = async () => {
    while (begun < flows) {
      if (begun > 0 && begun % PROGRESS_INTERVAL === 0) console.log(`   ${begun} of ${flows} flows between regions`);
      const home = REGIONS[begun % REGIONS.length] ?? 'weur';
      const away = REGIONS[(begun + 1 + (Math.floor(begun / 6) % 5)) % REGIONS.length] ?? 'enam';
      begun++;
      try {
        await subject.moving(home, away);
      } catch (error) {
        reasons.push(error instanceof Error ? error.message.slice(0, 120) : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: MOVING_CALLERS }, caller));
  const byReason = [...Map.groupBy(reasons, (reason) => reason)].sort(([, a], [, b]) => b.length - a.length);
  return { name, flows, failed: reasons.length, reasons: byReason.map(([reason]) => reason) };
}
