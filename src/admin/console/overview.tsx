/** GET /console: how this server is doing, and what needs attention. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { dayOf, listDailyCounts } from '../../storage/server/daily-counts.ts';
import { listEvents } from '../../storage/server/shard-lists.ts';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { Table } from '../../ui/table.tsx';
import { type Attention, attentionOf } from './attention.ts';
import { AUDIT } from './audit.tsx';
import { Checklist, tasksOf } from './checklist.tsx';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import { EventSentence, referencesOfEvents } from './event-sentence.tsx';
import { Figures } from './figures.tsx';
import { namesFor } from './names.ts';
import { Chart, countOf, DAYS, DRAWN, Failures, type OverviewTexts } from './overview-charts.tsx';

/** Events of the audit log that are shown. */
const LATEST = 8;

export async function showOverview(c: Context<Web>, here: ConsoleUser) {
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

function Attentions({ all, say }: { all: readonly Attention[]; say: OverviewTexts }) {
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
