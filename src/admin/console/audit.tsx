/** GET /console/audit: what happened. And /console/audit/export: the same as JSON lines, sent as it is read. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Deps, Web } from '../../http/context.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Cursor } from '../../storage/database/list-page.ts';
import type { AuditRow } from '../../storage/server/audit.ts';
import { EVENT_SORTS, type EventQuery, listEvents } from '../../storage/server/shard-lists.ts';
import { Field, Select } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { parseOrder, writeCursor } from '../query-parameters.ts';
import { Head } from './action-links.tsx';
import { consolePage, type Operator } from './console-page.tsx';
import { EventSentence, referencesOfEvents } from './event-sentence.tsx';
import { addressOf, List, listPage, listQuery } from './list.tsx';
import { type Match, matchesOf, WhichOne } from './matches.tsx';
import { namesFor } from './names.ts';

export const AUDIT = '/console/audit';
export const AUDIT_EXPORT = '/console/audit/export';

/** Reads a search as an actor, an event type or a subject. */
function soughtBy(text: string): Pick<EventQuery, 'actor' | 'type' | 'subject'> {
  if (text === '') return {};
  if (/^(user|client|api-key):|^(command|system)$/.test(text)) return { actor: text };
  return EVENT_TYPE.test(text) ? { type: text } : { subject: text };
}

/** A type of events: a noun, and what happened to it. */
const EVENT_TYPE = /^[a-z]+(-[a-z]+)*(\.[a-z-]+)?$/;

/** The type that is asked for beside the search. */
function typeAsked(c: Context<Web>): string | undefined {
  const type = c.req.query('type') ?? '';
  return EVENT_TYPE.test(type) ? type.slice(0, 60) : undefined;
}

const typeChoices = ({ acts, anyType }: ReturnType<typeof textsOf<'consoleAudit'>>) => [
  { value: '', label: anyType },
  ...Object.keys(acts)
    .sort()
    .map((type) => ({ value: type, label: type })),
];

type Days = {
  /** As they stand in the address. */
  said: { from?: string | undefined; to?: string | undefined };
  range: Pick<EventQuery, 'since' | 'until'>;
  problems: { from?: string; to?: string };
};

/** The days that are asked for, the first and the last included. */
function daysAsked(c: Context<Web>): Days {
  const say = textsOf(c, 'consoleAudit').days;
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
  const say = textsOf(c, 'consoleAudit');
  const query = listQuery(c, ['at'], true);
  const by = { sort: query.sort, descending: query.descending };
  const { said, range, problems } = daysAsked(c);
  const found = await namedBy(c.get('deps'), query.search);
  const [only] = found;
  const type = typeAsked(c);
  const sought = {
    ...(only && found.length === 1 ? { subject: only.id } : soughtBy(query.search)),
    ...(type && { type }),
  };
  const isWrong = Object.keys(problems).length > 0;
  const page = isWrong
    ? { rows: [], next: undefined, unreachable: [] }
    : await listEvents(databases, { ...by, ...sought, ...range }, listPage(c));
  const names = await namesFor(c.get('deps'), referencesOfEvents(page.rows));
  const isNarrowed = query.search !== '' || type !== undefined || said.from !== undefined || said.to !== undefined;
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
  return consolePage(
    c,
    here,
    { title: say.title, section: 'audit', status: isWrong ? 400 : 200 },
    <>
      <Head
        title={say.title}
        acts={[
          !isWrong && {
            label: isNarrowed ? say.exportFound : say.exportAll,
            href: addressOf(AUDIT_EXPORT, {
              q: (found.length === 1 ? only?.id : query.search) || undefined,
              type,
              ...said,
            }),
          },
        ]}
      />
      <p>{say.lead((await settings()).audit_days)}</p>
      {found.length > 1 && <WhichOne path={AUDIT} found={found} keep={{ ...said, type }} say={say.which} />}
      <List
        c={c}
        query={query}
        caption={say.title}
        search={say.search}
        more={{
          said: { ...said, type },
          fields: (
            <>
              <Select name="type" label={say.column.type} value={type} choices={typeChoices(say)} />
              {day('from')}
              {day('to')}
            </>
          ),
        }}
        columns={[
          { label: say.column.at, sort: 'at' },
          { label: say.column.event },
          { label: say.column.type },
          { label: say.column.detail },
        ]}
        rows={page.rows.map((event) => [
          <Minute time={event.at} />,
          <EventSentence event={event} names={names} say={say} />,
          <EventType type={event.type} />,
          Object.keys(event.detail).length === 0 ? '' : <code>{JSON.stringify(event.detail)}</code>,
        ])}
        next={writeCursor(page.next)}
        unreachable={page.unreachable}
      />
    </>,
  );
}

/** A text that is no type, actor or ID: the name or address of a user or client. */
const isName = (text: string): boolean =>
  text !== '' && (/[\s@]/.test(text) || /^\p{Lu}/u.test(text)) && !/^(user|client|api-key|https):/.test(text);

async function namedBy(deps: Pick<Deps, 'databases'>, text: string): Promise<Match[]> {
  if (!isName(text)) return [];
  const found = await Promise.all([matchesOf(deps, 'user', text), matchesOf(deps, 'client', text)]);
  return found.flat();
}

/** The name of an event type; a narrow column breaks the line behind the dot. */
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
  const type = typeAsked(c);
  const query = { ...parseOrder(c.req.query(), EVENT_SORTS), ...sought, ...(type && { type }), ...range };
  const encoder = new TextEncoder();
  let after: Cursor | undefined;
  const lines = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const page = await listEvents(databases, query, { after, most: CHUNK });
      // A log with an unnoticed gap is worse than none: the download fails instead.
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
