/** Outcomes of imported records. */
import type { ImportOutcome } from './schemas.ts';

export const refused = (source_name: string, reason: string): ImportOutcome => ({
  source_name,
  outcome: 'refused',
  reason,
});

export const exists = (source_name: string): ImportOutcome => ({ source_name, outcome: 'exists' });

export const imported = (source_name: string, reason?: string): ImportOutcome => ({
  source_name,
  outcome: 'imported',
  ...(reason !== undefined && { reason }),
});

/** One outcome after another: what an earlier record of a request stores, a later one meets. */
export async function eachInTurn<Imported>(
  records: readonly Imported[],
  run: (record: Imported) => Promise<ImportOutcome>,
): Promise<ImportOutcome[]> {
  const outcomes: ImportOutcome[] = [];
  for (const record of records) outcomes.push(await run(record));
  return outcomes;
}
