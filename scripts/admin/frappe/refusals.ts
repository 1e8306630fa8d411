/** The outcome of one record of an import, and the refusals of the server. */
import { Failure } from '../../failure.ts';

export type Outcome = { source_name: string; outcome: 'imported' | 'exists' | 'refused'; reason?: string };

/** The status in the sentence of a refused request. */
export const statusIn = (error: unknown): number =>
  error instanceof Failure ? Number(/^The server refused \((\d+)\)/.exec(error.message)?.[1]) : Number.NaN;

export function explain(error: unknown): never {
  if (!(error instanceof Failure)) throw error;
  throw new Failure(`${error.message}\nWhat was imported stays: run the same command again, and it goes on.`);
}
