/** The charts of the overview: what happened on each day, and what failed. */
import type { DailyCount } from '../../storage/server/daily-counts.ts';
import type { textsOf } from '../../ui/locale.ts';
import { Table } from '../../ui/table.tsx';
import { DayChart } from './chart.tsx';

export const DAYS = 30;

/** Each has a chart of its own, so that no colour has to tell them apart. */
export const DRAWN = ['sign-ins', 'grants', 'tokens', 'sign-ins.failed'] as const;

export type OverviewTexts = ReturnType<typeof textsOf<'consoleOverview'>>;

export const countOf = (counts: readonly DailyCount[], name: string, day: string): number =>
  counts.find((one) => one.name === name && one.day === day)?.count ?? 0;

type ChartProps = {
  name: (typeof DRAWN)[number];
  days: readonly string[];
  counts: readonly DailyCount[];
  say: OverviewTexts;
};

export function Chart({ name, days, counts, say }: ChartProps) {
  const bars = days.map((day) => ({ day, count: countOf(counts, name, day) }));
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  const today = bars.at(-1)?.count ?? 0;
  return (
    <section class="panel">
      <h2>{say.counters[name]}</h2>
      <p>{say.sum(total, today, Math.max(...bars.map(({ count }) => count)), DAYS)}</p>
      {total > 0 && (
        <DayChart title={say.chart(say.counters[name], DAYS)} bars={bars} bad={name === 'sign-ins.failed'} />
      )}
    </section>
  );
}

/** Refused requests of clients and users by error code, the most frequent first. */
export function Failures({ counts, say }: { counts: readonly DailyCount[]; say: OverviewTexts }) {
  const sums = new Map<string, number>();
  for (const { name, count } of counts) {
    if (name.startsWith('failed.')) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  const rows = [...sums].sort(([, a], [, b]) => b - a);
  return (
    <>
      <h2>{say.failures}</h2>
      {rows.length === 0 ? (
        <p>{say.noFailures}</p>
      ) : (
        <Table
          caption={say.failuresOf(DAYS)}
          columns={[say.kind, say.meaning, say.times]}
          rows={rows.map(([name, count]) => {
            const code = name.slice('failed.'.length);
            return [<code>{code}</code>, say.kinds[code] ?? say.kinds.other, count];
          })}
        />
      )}
    </>
  );
}
