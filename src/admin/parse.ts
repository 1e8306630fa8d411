/** Reading what an administrator asks for, and how times are written in the answers. */
import type { Context } from 'hono';
import * as z from 'zod';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Asked, By } from '../storage/lists.ts';
import type { Cursor } from '../storage/page.ts';
import type { Web } from '../web/context.ts';

/** How many rows a list shows at once. */
export const PAGE_SIZE = 100;

const CursorText = z.tuple([z.union([z.number(), z.string().max(2000)]), z.string().max(20), z.number().int()]);

/** The cursor of the next page, as it stands in an address. It says nothing that its list does not show. */
export const writeCursor = (cursor: Cursor | undefined): string | undefined =>
  cursor && Buffer.from(JSON.stringify([cursor.key, cursor.shard, cursor.row])).toString('base64url');

/** @throws OAuthError invalid_request */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    const [key, shard, row] = CursorText.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { key, shard, row };
  } catch {
    throw new OAuthError('invalid_request', 'after is not a cursor of this list.');
  }
}

/** Which page of a list is asked for. */
export function askedPage(c: Context<Web>, most = PAGE_SIZE): Asked {
  const after = readCursor(c.req.query('after'));
  if (after && c.get('deps').databases.shard(after.shard) === undefined) {
    throw new OAuthError('invalid_request', 'after is not a cursor of this list.');
  }
  return { after, most };
}

/**
 * In which order: by the first of the sorts where none is asked for.
 * @param descending the direction where none is asked for.
 * @throws OAuthError invalid_request for an order that the list does not have.
 */
export function askedOrder<Sorts extends object>(c: Context<Web>, sorts: Sorts, descending = false): By<Sorts> {
  const names = Object.keys(sorts);
  const sort = c.req.query('sort') ?? names[0] ?? '';
  if (!names.includes(sort)) throw new OAuthError('invalid_request', `sort must be one of: ${names.join(', ')}.`);
  const order = c.req.query('order') ?? (descending ? 'desc' : 'asc');
  if (!['asc', 'desc'].includes(order)) throw new OAuthError('invalid_request', 'order must be asc or desc.');
  return { sort: sort as keyof Sorts & string, descending: order === 'desc' };
}

/**
 * What the list is narrowed to: one at most of those that have an index of their own.
 * @throws OAuthError invalid_request
 */
export function askedFilter<Name extends string>(
  c: Context<Web>,
  ...names: Name[]
): { [N in Name]?: string | undefined } {
  const given = names.filter((name) => c.req.query(name) !== undefined);
  if (given.length > 1) throw new OAuthError('invalid_request', `name one of: ${given.join(', ')}.`);
  return Object.fromEntries(given.map((name) => [name, c.req.query(name)])) as { [N in Name]?: string };
}

const Time = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text).getTime());

/**
 * A time in the query, in milliseconds.
 * @throws OAuthError invalid_request
 */
export function askedTime(c: Context<Web>, name: string): number | undefined {
  const text = c.req.query(name);
  if (text === undefined || text === '') return undefined;
  const time = Time.safeParse(text);
  if (!time.success)
    throw new OAuthError('invalid_request', `${name} must be a date, or a time such as 2026-01-31T12:00:00Z.`);
  return time.data;
}

/** A time as the API shows it (RFC 3339). */
export const time = (milliseconds: number): string => new Date(milliseconds).toISOString();
