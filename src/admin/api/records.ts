/** /api/admin/codes, /events and /cutoffs: what is outstanding, what happened, what some shard does not know yet. */
import type { Context } from 'hono';
import { DAY } from '../../protocol/lifetimes.ts';
import { listCodes as readCodes } from '../../storage/codes.ts';
import { listPendingCutoffs } from '../../storage/cutoffs.ts';
import { listDailyCounts } from '../../storage/daily-counts.ts';
import { EVENT_SORTS, listEvents as readEvents } from '../../storage/lists.ts';
import { type ApiTable, parsed } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { endCode, findWaitingCode, type WaitingCode } from '../acts/waiting.ts';
import { askedFilter, askedOrder, askedPage, askedTime, PAGE_SIZE, time, writeCursor } from '../parse.ts';
import { CountsQuery } from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf } from './authenticate.ts';
import { after, sorted } from './queries.ts';

async function listCodes(c: Context<Web>) {
  const { codes, moment } = c.get('deps');
  // The cursor is KV's own.
  const { rows, next } = await readCodes(codes, moment.now, { after: c.req.query('after'), most: PAGE_SIZE });
  return c.json({
    codes: rows.map(showCode),
    next,
  });
}

const codeOf = (c: Context<Web>) => findWaitingCode(c.get('deps'), c.req.param('hash') ?? '');

const getCode = async (c: Context<Web>) => c.json(showCode(await codeOf(c)));

const showCode = ({ hash, client, person, scopes, issuedAt, expiresAt }: WaitingCode) => ({
  ...{ hash, client_id: client, person, scope: scopes.join(' ') },
  ...{ issued_at: time(issuedAt), expires_at: time(expiresAt) },
});

async function deleteCode(c: Context<Web>) {
  await endCode(c.get('deps'), actorOf(c), await codeOf(c));
  return c.body(null, 204);
}

/** At most one of subject, actor and type; and a stretch of time. */
async function listEvents(c: Context<Web>) {
  const query = {
    ...{ ...askedOrder(c, EVENT_SORTS, true), ...askedFilter(c, 'subject', 'actor', 'type') },
    ...{ since: askedTime(c, 'since'), until: askedTime(c, 'until') },
  };
  const { rows, next, unreachable } = await readEvents(c.get('deps').databases, query, askedPage(c));
  const events = rows.map(({ at, type, subject, actor, detail, requestId }) => ({
    ...{ at: time(at), type, subject, actor, detail },
    request_id: requestId,
  }));
  return c.json({ events, next: writeCursor(next), shards_that_did_not_answer: unreachable });
}

/** What the console draws: how often something happened on each day of UTC. */
async function listCounts(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { days } = parsed(CountsQuery.safeParse({ days: c.req.query('days') }));
  const { counts, unreachable } = await listDailyCounts(databases, moment.now - (days - 1) * DAY);
  const byDay = counts.sort((one, other) => one.day.localeCompare(other.day) || one.name.localeCompare(other.name));
  return c.json({ counts: byDay, shards_that_did_not_answer: unreachable });
}

/** Empty where every shard knows everything. */
async function listCutoffs(c: Context<Web>) {
  const rows = await listPendingCutoffs(c.get('deps').databases);
  return c.json({ pending: rows.map(({ subject, owing, writtenAt }) => ({ subject, owing, since: time(writtenAt) })) });
}

/** What the API table says of them. */
export const RECORD_ROUTES: ApiTable['routes'] = {
  listCodes: {
    ...{ method: 'GET', path: '/codes', summary: 'Authorization codes that wait to be redeemed' },
    query: { after },
    ...{ answer: answers.CodeList, handle: listCodes },
  },
  getCode: {
    ...{ method: 'GET', path: '/codes/{hash}', summary: 'One code that waits' },
    ...{ answer: answers.Code, handle: getCode },
  },
  deleteCode: { method: 'DELETE', path: '/codes/{hash}', summary: 'Ends a code', handle: deleteCode },
  listEvents: {
    ...{ method: 'GET', path: '/events', summary: 'What happened' },
    query: {
      ...sorted(EVENT_SORTS, 'desc'),
      ...{ subject: 'Only what happened to this. One of the three at most.', actor: 'Only what this did.' },
      type: 'Only events of this type.',
      ...{ since: 'Only from this date or time on.', until: 'Only before this date or time.' },
    },
    ...{ answer: answers.EventList, handle: listEvents },
  },
  listCounts: {
    ...{ method: 'GET', path: '/counts', summary: 'How much happened on each day' },
    query: { days: 'How many days, today included: 30 where it is left out, 400 at most.' },
    ...{ answer: answers.CountList, handle: listCounts },
  },
  listCutoffs: {
    ...{ method: 'GET', path: '/cutoffs', summary: 'What was taken away and some database does not know yet' },
    ...{ answer: answers.CutoffList, handle: listCutoffs },
  },
};
