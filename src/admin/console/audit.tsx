/** GET /console/audit: what happened. And /console/audit/export: the same as JSON lines, sent as it is read. */
import type { Context } from 'hono';
import * as z from 'zod';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { AuditRow } from '../../storage/audit.ts';
import { EVENT_SORTS, type EventQuery, listEvents } from '../../storage/lists.ts';
import type { Cursor } from '../../storage/page.ts';
import type { Web } from '../../web/context.ts';
import { Field } from '../../web/fields.tsx';
import { Minute } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { askedOrder, writeCursor } from '../parse.ts';
import { consolePage, type Operator } from './frame.tsx';
import { addressOf, List, listPage, listQuery } from './list.tsx';

export const AUDIT = '/console/audit';
export const AUDIT_EXPORT = '/console/audit/export';

/** What a search means: who did it, what happened, or to whom or what. */
function soughtBy(text: string): Pick<EventQuery, 'actor' | 'type' | 'subject'> {
  if (text === '') return {};
  if (/^(person|client|api-key):|^(command|system)$/.test(text)) return { actor: text };
  return /^[a-z]+(-[a-z]+)*(\.[a-z-]+)?$/.test(text) ? { type: text } : { subject: text };
}

type Days = {
  /** As they stand in the address. */
  said: { from?: string | undefined; to?: string | undefined };
  range: Pick<EventQuery, 'since' | 'until'>;
  problems: { from?: string; to?: string };
};

/** The days that are asked for, the first and the last included. */
function daysAsked(c: Context<Web>): Days {
  const say = wordsOf(c, 'consoleAudit').days;
  const [from, to] = ['from', 'to'].map((name) => c.req.query(name)?.slice(0, 20) || undefined);
  const [since, last] = [from, to].map((day) => (day === undefined ? undefined : startOf(day)));
  const isTurned = since !== undefined && last !== undefined && since > last;
  return {
    said: { from, to },
    range: { since, until: last === undefined ? undefined : last + DAY },
    problems: {
      ...(Number.isNaN(since) && { from: say.wrong }),
      ...(Number.isNaN(last) ? { to: say.wrong } : isTurned && { to: say.turned }),
    },
  };
}

/** In UTC, in milliseconds; NaN for what is no day. */
const startOf = (day: string): number => (z.iso.date().safeParse(day).success ? Date.parse(day) : Number.NaN);

export async function showAudit(c: Context<Web>, here: Operator) {
  const { databases, settings } = c.get('deps');
  const say = wordsOf(c, 'consoleAudit');
  const query = listQuery(c, ['at'], true);
  const by = { sort: query.sort, descending: query.descending };
  const { said, range, problems } = daysAsked(c);
  const isWrong = Object.keys(problems).length > 0;
  const page = isWrong
    ? { rows: [], next: undefined, unreachable: [] }
    : await listEvents(databases, { ...by, ...soughtBy(query.search), ...range }, listPage(c));
  const isNarrowed = query.search !== '' || said.from !== undefined || said.to !== undefined;
  const day = (name: 'from' | 'to') => (
    <Field
      name={name}
      label={say.days[name]}
      type="date"
      autocomplete="off"
      optional
      value={said[name]}
      hint={say.days.hint}
      error={problems[name]}
    />
  );
  const search = query.search || undefined;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'audit', status: isWrong ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead((await settings()).audit_days)}</p>
      {!isWrong && (
        <div class="actions">
          <a class="button secondary" href={addressOf(AUDIT_EXPORT, { q: search, ...said })} download>
            {isNarrowed ? say.exportFound : say.exportAll}
          </a>
        </div>
      )}
      <List
        c={c}
        query={query}
        caption={say.title}
        search={say.search}
        more={{
          said,
          fields: (
            <>
              {day('from')}
              {day('to')}
            </>
          ),
        }}
        columns={[
          { label: say.column.at, sort: 'at' },
          ...[{ label: say.column.type }, { label: say.column.subject }, { label: say.column.actor }],
          { label: say.column.detail },
        ]}
        rows={page.rows.map((event) => [
          <Minute time={event.at} />,
          <EventType type={event.type} />,
          <code>{event.subject}</code>,
          <code>{event.actor}</code>,
          Object.keys(event.detail).length === 0 ? '' : <code>{JSON.stringify(event.detail)}</code>,
        ])}
        next={writeCursor(page.next)}
        unreachable={page.unreachable}
      />
    </>,
  );
}

/** Where there is little room a line ends behind the dot. */
function EventType({ type }: { type: string }) {
  const [noun, ...rest] = type.split('.');
  return (
    <>
      {noun}
      {rest.length > 0 && (
        <>
          .<wbr />
          {rest.join('.')}
        </>
      )}
    </>
  );
}

/** Rows that the export reads at once: what it holds in memory, however long the log is. */
const CHUNK = 500;

export function exportAudit(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { range, problems } = daysAsked(c);
  const [problem] = Object.entries(problems);
  if (problem) throw new OAuthError('invalid_request', problem.join(': '));
  const sought = soughtBy((c.req.query('q') ?? '').trim().slice(0, 200));
  const query = { ...askedOrder(c, EVENT_SORTS), ...sought, ...range };
  const encoder = new TextEncoder();
  let after: Cursor | undefined;
  const lines = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const page = await listEvents(databases, query, { after, most: CHUNK });
      // A log with a gap that nobody sees is worse than none: the download fails instead.
      if (page.unreachable.length > 0)
        throw new Error(`these databases did not answer: ${page.unreachable.join(', ')}`);
      if (page.rows.length > 0) controller.enqueue(encoder.encode(page.rows.map(asLine).join('')));
      after = page.next;
      if (!after) controller.close();
    },
  });
  return c.body(lines, 200, {
    'Content-Type': 'application/jsonl; charset=utf-8',
    'Content-Disposition': 'attachment; filename="audit-log.jsonl"',
    'Cache-Control': 'no-store',
  });
}

const asLine = ({ at, type, subject, actor, detail, requestId }: AuditRow): string =>
  `${JSON.stringify({ at: new Date(at).toISOString(), type, subject, actor, detail, request_id: requestId })}\n`;
