/** GET /console: how this server is doing, and what needs attention. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { type DailyCount, dayOf, listDailyCounts } from '../../storage/server/daily-counts.ts';
import { listEvents } from '../../storage/server/shard-lists.ts';
import { Table } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { type Attention, attentionOf } from './attention.ts';
import { AUDIT } from './audit.tsx';
import { DayChart } from './chart.tsx';
import { Checklist, tasksOf } from './checklist.tsx';
import { consolePage, type Operator } from './console-page.tsx';
import { EventSentence, referencesOfEvents } from './event-sentence.tsx';
import { Figures } from './figures.tsx';
import { namesFor } from './names.ts';

const DAYS = 30;

/** Events of the audit log that are shown. */
const LATEST = 8;

/** Each has a chart of its own, so that no colour has to tell them apart. */
const DRAWN = ['sign-ins', 'grants', 'tokens', 'sign-ins.failed'] as const;

type Say = ReturnType<typeof textsOf<'consoleOverview'>>;

export async function showOverview(c: Context<Web>, here: Operator) {
  const deps = c.get('deps');
  const { now } = deps.moment;
  const say = textsOf(c, 'consoleOverview');
  const counting = listDailyCounts(deps.databases, now - (DAYS - 1) * DAY);
  const latest = { sort: 'at', descending: true } as const;
  const [{ counts }, attention, tasks, { rows: events }] = await Promise.all([
    counting,
    attentionOf(deps, counting, say.attention),
    tasksOf(deps, here.user, say.checklist),
    listEvents(deps.databases, latest, { after: undefined, most: LATEST }),
  ]);
  const names = await namesFor(deps, referencesOfEvents(events));
  const days = Array.from({ length: DAYS }, (_, index) => dayOf(now - (DAYS - 1 - index) * DAY));
  return consolePage(
    c,
    here,
    { title: say.title, section: 'overview' },
    <>
      <h1>{say.title}</h1>
      <h2>{say.attention.title}</h2>
      <Attentions all={attention} say={say} />
      <Checklist tasks={tasks} say={say.checklist} />
      <Figures names={DRAWN} days={days} counts={counts} say={say} />
      <div class="charts">
        {DRAWN.map((name) => (
          <Chart name={name} days={days} counts={counts} say={say} />
        ))}
      </div>
      <details>
        <summary>{say.asTable}</summary>
        <Table
          caption={say.perDay}
          columns={[say.day, ...DRAWN.map((name) => say.counters[name])]}
          rows={days.toReversed().map((day) => [day, ...DRAWN.map((name) => countOf(counts, name, day))])}
        />
      </details>
      <Failures counts={counts} say={say} />
      <h2>{say.latest}</h2>
      <ul class="rows panel">
        {events.map((event) => (
          <li>
            <span>
              <EventSentence event={event} names={names} say={textsOf(c, 'consoleAudit')} />
            </span>
            <Minute time={event.at} />
          </li>
        ))}
      </ul>
      <p>
        <a href={AUDIT}>{say.toAudit}</a>
      </p>
    </>,
  );
}

const countOf = (counts: readonly DailyCount[], name: string, day: string): number =>
  counts.find((one) => one.name === name && one.day === day)?.count ?? 0;

function Attentions({ all, say }: { all: readonly Attention[]; say: Say }) {
  if (all.length === 0) return <p>{say.attention.nothing}</p>;
  return (
    <ul>
      {all.map(({ text, href }) => (
        <li>
          {text} {href && <a href={href}>{say.attention.look}</a>}
        </li>
      ))}
    </ul>
  );
}

type ChartProps = { name: (typeof DRAWN)[number]; days: readonly string[]; counts: readonly DailyCount[]; say: Say };

function Chart({ name, days, counts, say }: ChartProps) {
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
function Failures({ counts, say }: { counts: readonly DailyCount[]; say: Say }) {
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
