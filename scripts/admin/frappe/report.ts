/** The report of an import: what came, what did not, and why. It names records and never shows a secret. */
import type { ImportPlan, Remark } from './plan.ts';
import type { ImportedKind } from './send.ts';

export type ImportReport = {
  dry_run: boolean;
  imported: Record<string, number>;
  existing: Record<string, number>;
  left_out: Remark[];
  notes: Remark[];
};

/** Names of records with the same remark, at most. */
const MOST_NAMES = 20;

export function reportOf(plan: ImportPlan, sent: readonly ImportedKind[], dry: boolean): ImportReport {
  const count = (outcome: string) =>
    Object.fromEntries(
      sent.map(({ kind, outcomes }) => [kind, outcomes.filter((one) => one.outcome === outcome).length]),
    );
  const remarks = (isRefusal: boolean) =>
    sent.flatMap(({ kind, outcomes }) =>
      outcomes
        .filter((one) => (one.outcome === 'refused') === isRefusal && one.reason !== undefined)
        .map((one): Remark => ({ kind, name: one.source_name, text: one.reason ?? '' })),
    );
  return {
    dry_run: dry,
    imported: count('imported'),
    existing: count('exists'),
    left_out: [...plan.leftOut, ...remarks(true)],
    notes: [...plan.notes, ...remarks(false)],
  };
}

export function showReport({ dry_run, imported, existing, left_out, notes }: ImportReport): string {
  const rows = Object.entries(imported).map(([kind, count]) => {
    const out = left_out.filter((remark) => remark.kind === kind).length;
    return `  ${`${kind}s`.padEnd(20)} ${String(count).padStart(7)} ${String(existing[kind]).padStart(10)} ${String(out).padStart(9)}`;
  });
  const head = dry_run ? 'Dry run: nothing was imported. This is what an import does now:' : 'Imported.';
  const came = dry_run ? 'to come' : 'came';
  return [
    head,
    `  ${''.padEnd(20)} ${came.padStart(7)} ${'here before'.padStart(10)} ${'left out'.padStart(8)}`,
    ...rows,
    ...section('Left out, and why', left_out),
    ...section('To know', notes),
  ].join('\n');
}

function section(title: string, remarks: readonly Remark[]): string[] {
  const alike = Map.groupBy(remarks, ({ kind, text }) => `${kind}: ${text}`);
  const lines = [...alike].map(([text, group]) => {
    const names = group.slice(0, MOST_NAMES).map(({ name }) => name);
    const more = group.length > MOST_NAMES ? ` … and ${group.length - MOST_NAMES} more` : '';
    return `  ${group.length}  ${text}\n     ${names.join(', ')}${more}`;
  });
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}
