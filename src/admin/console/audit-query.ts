/** The query of the audit log in the console: a search, a type of events, and days. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Deps, Web } from '../../http/context.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import type { EventQuery } from '../../storage/server/shard-lists.ts';
import { textsOf } from '../../ui/locale.ts';
import { type Match, matchesOf } from './matches.tsx';

/** Reads a search as an actor, an event type or a subject. */
export function soughtBy(text: string): Pick<EventQuery, 'actor' | 'type' | 'subject'> {
  if (text === '') return {};
  if (/^(user|client|api-key):|^(command|system)$/.test(text)) return { actor: text };
  return EVENT_TYPE.test(text) ? { type: text } : { subject: text };
}

/** A type of events: a noun, and what happened to it. */
const EVENT_TYPE = /^[a-z]+(-[a-z]+)*(\.[a-z-]+)?$/;

/** The type that is asked for beside the search. */
export function eventTypeFilter(c: Context<Web>): string | undefined {
  const type = c.req.query('type') ?? '';
  return EVENT_TYPE.test(type) ? type.slice(0, 60) : undefined;
}

type Days = {
  /** As they stand in the address. */
  query: { from?: string | undefined; to?: string | undefined };
  range: Pick<EventQuery, 'since' | 'until'>;
  problems: { from?: string; to?: string };
};

/** The days that are asked for, the first and the last included. */
export function dayFilter(c: Context<Web>): Days {
  const say = textsOf(c, 'consoleAudit').days;
  const [from, to] = ['from', 'to'].map((name) => c.req.query(name)?.slice(0, 20) || undefined);
  const [since, last] = [from, to].map((day) => (day === undefined ? undefined : startOf(day)));
  const isTurned = since !== undefined && last !== undefined && since > last;
  return {
    query: { from, to },
    range: { since, until: last === undefined ? undefined : last + DAY },
    problems: {
      ...(Number.isNaN(since) && { from: say.wrong }),
      ...(Number.isNaN(last) ? { to: say.wrong } : isTurned && { to: say.turned }),
    },
  };
}

/** In UTC, in milliseconds; NaN for what is no day. */
const startOf = (day: string): number => (z.iso.date().safeParse(day).success ? Date.parse(day) : Number.NaN);

/** A text that is no type, actor or ID: the name or address of a user or client. */
const isName = (text: string): boolean =>
  text !== '' && (/[\s@]/.test(text) || /^\p{Lu}/u.test(text)) && !/^(user|client|api-key|https):/.test(text);

export async function namedBy(deps: Pick<Deps, 'databases'>, text: string): Promise<Match[]> {
  if (!isName(text)) return [];
  const found = await Promise.all([matchesOf(deps, 'user', text), matchesOf(deps, 'client', text)]);
  return found.flat();
}
