/** Reading what an administrator sends. */
import { OAuthError } from '../protocol/oauth-error.ts';

/** How many rows a list shows at once. */
export const PAGE_SIZE = 100;

/**
 * The page after a cursor of ours, `<created at>.<id>`.
 * @throws OAuthError invalid_request
 */
export function parseCursor(text: string | undefined): { createdAt: number; id: string } | undefined {
  if (text === undefined) return undefined;
  const [, createdAt, id] = /^(\d{1,15})\.([A-Za-z0-9_-]{1,100})$/.exec(text) ?? [];
  if (!createdAt || !id) throw new OAuthError('invalid_request', 'after is not a cursor of this list.');
  return { createdAt: Number(createdAt), id };
}

/** The cursor behind a full page; nothing behind the last one. */
export function cursorAfter(rows: readonly { createdAt: number; id: string }[]): string | undefined {
  const last = rows.at(-1);
  return last && rows.length === PAGE_SIZE ? `${last.createdAt}.${last.id}` : undefined;
}
