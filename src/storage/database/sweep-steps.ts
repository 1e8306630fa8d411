/** Sweeping a database step by step: short statements, table after table, within a budget of time and statements. */

/**
 * One short statement.
 * @param most the number of rows that it may delete or examine.
 * @returns the time that it held the database, in milliseconds, and whether the step has nothing left to do.
 */
export type SweepStep = (most: number) => Promise<{ isDone: boolean; duration: number }>;

/** A step that deletes rows until there are fewer than it may delete. */
export const deleteStep =
  (statement: (most: number) => PromiseLike<D1Result>): SweepStep =>
  async (most) => {
    const { meta } = await statement(most);
    return { isDone: meta.changes < most, duration: meta.duration };
  };

/** Time from `Date.now()` on, in milliseconds, and statements. */
export type SweepBudget = { time: number; statements: number };

/** Rows of the first statement of a step. */
export const CHUNK = 1000;
const MIN_CHUNK = 100;
const MAX_CHUNK = 20_000;

/** The intended time of a statement, for which requests to the database wait, in milliseconds. */
const STATEMENT_TIME = 50;

/** More rows after a short statement, fewer after a long one. */
function nextChunk(chunk: number, duration: number): number {
  if (duration > STATEMENT_TIME) return Math.max(MIN_CHUNK, Math.floor(chunk / 2));
  return duration < STATEMENT_TIME / 4 ? Math.min(MAX_CHUNK, chunk * 2) : chunk;
}

/**
 * Runs the steps in turns, one statement of each, so that a table with many rows delays no other. Those that are not done
 * when the budget is used wait for the next run.
 */
export async function runSteps(steps: readonly SweepStep[], { time, statements }: SweepBudget): Promise<void> {
  const end = Date.now() + time;
  let left = statements;
  let pending = steps.map((step) => ({ step, chunk: CHUNK }));
  while (pending.length > 0) {
    const unfinished: typeof pending = [];
    for (const { step, chunk } of pending) {
      if (left-- <= 0 || Date.now() > end) return;
      const { isDone, duration } = await step(chunk);
      if (!isDone) unfinished.push({ step, chunk: nextChunk(chunk, duration) });
      // Half of the time is for requests.
      await new Promise((resolve) => setTimeout(resolve, duration));
    }
    pending = unfinished;
  }
}
