/** Reading what an administrator asks for, and how times are written in the answers. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Web } from '../http/context.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { isKeyOf } from '../protocol/table.ts';
import type { ListOrder } from '../storage/server/list-query.ts';
import type { ActedOn } from './records/record.ts';

export { PAGE_SIZE, readCursor, readListRequest, writeCursor } from '../http/api/cursor.ts';

/** The query of an address. */
export type Query = Readonly<Record<string, string | undefined>>;

/**
 * In which order: by the first of the sorts where none is asked for.
 * @param descending the direction where none is asked for.
 * @throws OAuthError invalid_request for an order that the list does not have.
 */
export function parseOrder<Sorts extends object>(query: Query, sorts: Sorts, descending = false): ListOrder<Sorts> {
  const names = Object.keys(sorts);
  const sort = query.sort ?? names[0] ?? '';
  if (!isKeyOf(sorts, sort)) throw new OAuthError('invalid_request', `sort must be one of: ${names.join(', ')}.`);
  const order = query.order ?? (descending ? 'desc' : 'asc');
  if (!['asc', 'desc'].includes(order)) throw new OAuthError('invalid_request', 'order must be asc or desc.');
  return { sort, descending: order === 'desc' };
}

/**
 * Parses the filter of a list: at most one of the parameters that have an index of their own.
 * @throws OAuthError invalid_request
 */
export function parseFilter<Name extends string>(query: Query, ...names: Name[]): { [N in Name]?: string | undefined } {
  const given = names.filter((name) => query[name] !== undefined);
  if (given.length > 1) throw new OAuthError('invalid_request', `name one of: ${given.join(', ')}.`);
  return Object.fromEntries(given.map((name) => [name, query[name]])) as { [N in Name]?: string };
}

const Time = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text).getTime());

/**
 * A time in the query, in milliseconds.
 * @throws OAuthError invalid_request
 */
export function parseTime(query: Query, name: string): number | undefined {
  const text = query[name];
  if (text === undefined || text === '') return undefined;
  const time = Time.safeParse(text);
  if (!time.success)
    throw new OAuthError('invalid_request', `${name} must be a date, or a time such as 2026-01-31T12:00:00Z.`);
  return time.data;
}

/** A time as the API shows it (RFC 3339). */
export const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The same; null where there is none. */
export const timeOrNull = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : time(milliseconds);

/** The parameters of the path of one record. */
export const keyOf = ({ key, parameter = 'id' }: Pick<ActedOn, 'key' | 'parameter'>): readonly string[] =>
  key ?? [parameter];

/** The id of the record that the path names. */
export const idIn = (c: Context<Web>, definition: Pick<ActedOn, 'key' | 'parameter'>): string =>
  keyOf(definition)
    .map((name) => c.req.param(name) ?? '')
    .join('/');
