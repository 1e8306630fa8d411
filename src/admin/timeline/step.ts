/** One step of a connection timeline. */
import type { TimelineStep } from '../records/timeline.ts';

export type StepState = TimelineStep['state'];

export const iso = (at: number): string => new Date(at).toISOString();

export const stepOf = (
  step: TimelineStep['step'],
  state: StepState,
  at: number | null | undefined,
  text: string,
): TimelineStep => ({
  step,
  state,
  at: at ? iso(at) : null,
  text,
});
