/** Pauses that a test need not wait for. */
import { vi } from 'vitest';

/** The longest pause of the Worker between two attempts, in milliseconds: timers beyond it are time limits. */
const LONGEST = 2000;

/** From here to the end of the test each pause ends at once, and the clock has gone on by it. */
export function shortenPauses(): void {
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  const startTimer = globalThis.setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, pause = 0) => {
    if (!vi.isFakeTimers() || pause > LONGEST) return startTimer(callback, pause);
    vi.setSystemTime(Date.now() + pause);
    return startTimer(callback, 0);
  }) as typeof setTimeout);
}
