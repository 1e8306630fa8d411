/** Pagination of lists by key: the cursor in the query, and the requested page. */
import type { Context } from 'hono';
import * as z from 'zod';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Databases } from '../../storage/database/database.ts';
import type { Cursor } from '../../storage/database/list-page.ts';
import type { ListRequest } from '../../storage/server/list-query.ts';
import type { Web } from '../context.ts';

/** Rows on one page of a list. */
export const PAGE_SIZE = 100;

const CursorText = z.tuple([z.union([z.number(), z.string().max(2000)]), z.string().max(20), z.number().int()]);

/** The cursor of the next page, for the query. It discloses nothing that its list does not show. */
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

/** Validates the cursor of a list request. @throws OAuthError invalid_request */
export function requestedPage(
  databases: Pick<Databases, 'shard'>,
  { after: text, most }: { after: string | undefined; most: number },
): ListRequest {
  const after = readCursor(text);
  if (after && databases.shard(after.shard) === undefined) {
    throw new OAuthError('invalid_request', 'after is not a cursor of this list.');
  }
  return { after, most };
}

/** The requested page, from the query `after`. @throws OAuthError invalid_request */
export const readListRequest = (c: Context<Web>, most = PAGE_SIZE): ListRequest =>
  requestedPage(c.get('deps').databases, { after: c.req.query('after'), most });
