/** /api/admin/events, /counts and /cutoffs: the audit log, and revocations that some shard does not have yet. */
import type { Context } from 'hono';
import { type ApiTable, requireParsed } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { listPendingCutoffs } from '../../storage/grants/cutoff-delivery.ts';
import { DISABLED } from '../../storage/grants/cutoff-subjects.ts';
import { listCutoffs as readCutoffs } from '../../storage/grants/cutoffs.ts';
import { listDailyCounts } from '../../storage/server/daily-counts.ts';
import { EVENT_SORTS, listEvents as readEvents } from '../../storage/server/lists.ts';
import {
  PAGE_SIZE,
  parseFilter,
  parseOrder,
  parseTime,
  readListRequest,
  time,
  writeCursor,
} from '../query-parameters.ts';
import { CountsQuery } from '../request-schemas.ts';
import { after, sorted } from './queries.ts';
import * as answers from './response-schemas.ts';

/** At most one of subject, actor and type; and a stretch of time. */
async function listEvents(c: Context<Web>) {
  const query = {
    ...parseOrder(c, EVENT_SORTS, true),
    ...parseFilter(c, 'subject', 'actor', 'type'),
    since: parseTime(c, 'since'),
    until: parseTime(c, 'until'),
  };
  const { rows, next, unreachable } = await readEvents(c.get('deps').databases, query, readListRequest(c));
  const events = rows.map(({ at, type, subject, actor, detail, requestId }) => ({
    at: time(at),
    type,
    subject,
    actor,
    detail,
    request_id: requestId,
  }));
  return c.json({ events, next: writeCursor(next), shards_that_did_not_answer: unreachable });
}

/** GET /counts: the number of events by name and UTC day, which the console draws. */
async function listCounts(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { days } = requireParsed(CountsQuery.safeParse({ days: c.req.query('days') }));
  const { counts, unreachable } = await listDailyCounts(databases, moment.now - (days - 1) * DAY);
  const byDay = counts.sort((one, other) => one.day.localeCompare(other.day) || one.name.localeCompare(other.name));
  return c.json({ counts: byDay, shards_that_did_not_answer: unreachable });
}

/** Those that some shard does not have yet: empty where every shard has everything. With `all=true` every one. */
async function listCutoffs(c: Context<Web>) {
  const { databases } = c.get('deps');
  if (c.req.query('all') !== 'true') {
    return c.json({ pending: (await listPendingCutoffs(databases)).map(showCutoff) });
  }
  const rows = await readCutoffs(databases, c.req.query('after') ?? '', PAGE_SIZE);
  const next = rows.length === PAGE_SIZE ? rows.at(-1)?.subject : undefined;
  return c.json({ pending: rows.map(showCutoff), next });
}

const showCutoff = ({ subject, pendingShards, writtenAt, at }: Awaited<ReturnType<typeof readCutoffs>>[number]) => ({
  subject,
  at: at === DISABLED ? null : time(at),
  owing: pendingShards,
  since: time(writtenAt),
});

export const EVENT_ROUTES: ApiTable['routes'] = {
  listEvents: {
    method: 'GET',
    path: '/events',
    summary: 'What happened',
    query: {
      ...sorted(EVENT_SORTS, 'desc'),
      subject: 'Only what happened to this. One of the three at most.',
      actor: 'Only what this did.',
      type: 'Only events of this type.',
      since: 'Only from this date or time on.',
      until: 'Only before this date or time.',
    },
    response: answers.EventListSchema,
    handle: listEvents,
  },
  listCounts: {
    method: 'GET',
    path: '/counts',
    summary: 'How much happened on each day',
    query: { days: 'How many days, today included: 30 where it is left out, 400 at most.' },
    response: answers.CountListSchema,
    handle: listCounts,
  },
  listCutoffs: {
    method: 'GET',
    path: '/cutoffs',
    summary: 'Revocations that some database does not have yet',
    query: { all: 'true: also those that every database has, in pages by subject.', after },
    response: answers.CutoffListSchema,
    handle: listCutoffs,
  },
};
