/** Figures of the last days, each with its change against as many days before. */
import type { Texts } from '../../locales/index.ts';
import type { DailyCount } from '../../storage/server/daily-counts.ts';

/** Days of a figure. */
const FIGURE_DAYS = 7;

type Say = Texts['consoleOverview'];
type Name = keyof Say['counters'];

/** @param days of the counts, in order; the last ones are compared with those before. */
export function Figures(props: {
  names: readonly Name[];
  days: readonly string[];
  counts: readonly DailyCount[];
  say: Say;
}) {
  const { names, days, counts, say } = props;
  const [now, before] = [days.slice(-FIGURE_DAYS), days.slice(-2 * FIGURE_DAYS, -FIGURE_DAYS)];
  const sumOf = (name: Name, among: readonly string[]) =>
    counts.reduce((sum, one) => (one.name === name && among.includes(one.day) ? sum + one.count : sum), 0);
  return (
    <ul class="figures">
      {names.map((name) => (
        <li class="panel">
          <span>{say.figure(say.counters[name], FIGURE_DAYS)}</span>
          <strong>{sumOf(name, now).toLocaleString('en')}</strong>
          <Change now={sumOf(name, now)} before={sumOf(name, before)} say={say} />
        </li>
      ))}
    </ul>
  );
}

function Change({ now, before, say }: { now: number; before: number; say: Say }) {
  if (before === 0) return <small>{say.noneBefore}</small>;
  const percent = Math.round((100 * (now - before)) / before);
  return <small>{say.change(percent)}</small>;
}
