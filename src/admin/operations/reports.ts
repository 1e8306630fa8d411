/** The reports of the whole server: each reads what one view of its definition answers with. */
import * as z from 'zod';
import { requestedPage } from '../../http/api/cursor.ts';
import { requireParsed } from '../../http/api/routes.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { IDENTITY_PROVIDERS, TEMPLATES } from '../../providers/index.ts';
import { listPendingCutoffs } from '../../storage/grants/cutoff-delivery.ts';
import { DISABLED } from '../../storage/grants/cutoff-subjects.ts';
import { listCutoffs } from '../../storage/grants/cutoffs.ts';
import { listDailyCounts } from '../../storage/server/daily-counts.ts';
import { EVENT_SORTS, listEvents } from '../../storage/server/shard-lists.ts';
import { type LogoutDelivery, listDeliveries } from '../../storage/users/logout-deliveries.ts';
import { PAGE_SIZE, parseFilter, parseOrder, parseTime, type Query, time, writeCursor } from '../query-parameters.ts';
import type { Acting } from './acting.ts';

/** The number of days counted back from today. */
const CountsQuery = z.object({ days: z.coerce.number().int().min(1).max(400).default(30) });

/** Clients that are to be notified, or were within the last day or two, that a session has ended. */
async function logouts({ deps: { databases } }: Acting) {
  const { rows, unreachable } = await listDeliveries(databases, PAGE_SIZE);
  const deliveries = rows.map((row) => ({
    session: row.sessionId,
    client_id: row.clientId,
    user: row.userId,
    attempts: row.attempts,
    status: statusOf(row),
    problem: row.problem,
    ended_at: time(row.createdAt),
  }));
  return { deliveries, shards_that_did_not_answer: unreachable };
}

const statusOf = ({ doneAt, problem }: LogoutDelivery) =>
  doneAt === null ? 'waiting' : problem === null ? 'told' : 'given up';

/** At most one of subject, actor and type; and a stretch of time. */
async function events({ deps: { databases } }: Acting, asked: Query) {
  const query = {
    ...parseOrder(asked, EVENT_SORTS, true),
    ...parseFilter(asked, 'subject', 'actor', 'type'),
    since: parseTime(asked, 'since'),
    until: parseTime(asked, 'until'),
  };
  const page = requestedPage(databases, { after: asked.after, most: PAGE_SIZE });
  const { rows, next, unreachable } = await listEvents(databases, query, page);
  return {
    events: rows.map(({ at, type, subject, actor, detail, requestId }) => ({
      at: time(at),
      type,
      subject,
      actor,
      detail,
      request_id: requestId,
    })),
    next: writeCursor(next),
    shards_that_did_not_answer: unreachable,
  };
}

/** The number of events by name and UTC day, which the console draws. */
async function counts({ deps: { databases, moment } }: Acting, asked: Query) {
  const { days } = requireParsed(CountsQuery.safeParse({ days: asked.days }));
  const { counts: found, unreachable } = await listDailyCounts(databases, moment.now - (days - 1) * DAY);
  const byDay = found.sort((one, other) => one.day.localeCompare(other.day) || one.name.localeCompare(other.name));
  return { counts: byDay, shards_that_did_not_answer: unreachable };
}

/** Those that some shard does not have yet: empty where every shard has everything. With `all=true` every one. */
async function cutoffs({ deps: { databases } }: Acting, { all, after = '' }: Query) {
  if (all !== 'true') return { pending: (await listPendingCutoffs(databases)).map(showCutoff) };
  const rows = await listCutoffs(databases, after, PAGE_SIZE);
  return { pending: rows.map(showCutoff), next: rows.length === PAGE_SIZE ? rows.at(-1)?.subject : undefined };
}

const showCutoff = ({ subject, pendingShards, writtenAt, at }: Awaited<ReturnType<typeof listCutoffs>>[number]) => ({
  subject,
  at: at === DISABLED ? null : time(at),
  owing: pendingShards,
  since: time(writtenAt),
});

/** The data of each known provider of connected apps. */
async function templates() {
  const known = Object.entries(TEMPLATES).map(([template, { title, documentation, readOn: read, connectedApp }]) => {
    const { scopes, requires: needs = [] } = connectedApp;
    return { template, title, documentation, read, scopes, needs };
  });
  return { templates: known };
}

/** The data of each known provider of social logins. */
async function providers() {
  const known = Object.entries(IDENTITY_PROVIDERS).map(
    ([provider, { title, documentation, readOn: read, socialLogin }]) => {
      const { scopes, requires: needs = [] } = socialLogin;
      return { provider, title, documentation, read, scopes, needs };
    },
  );
  return { providers: known };
}

export const REPORTS = { logouts, events, counts, cutoffs, templates, providers };
