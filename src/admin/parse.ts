/** Reading what an administrator sends. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { OAuthError } from '../protocol/oauth-error.ts';
import { readJson } from '../web/body.ts';
import type { Web } from '../web/context.ts';

/** @throws OAuthError invalid_request that names the field and what is wrong with it. */
export async function parseBody<S extends z.ZodType>(c: Context<Web>, schema: S): Promise<z.infer<S>> {
  return parsed(schema.safeParse(await readJson(c, 'invalid_request')));
}

/** @throws OAuthError invalid_request */
export function parsed<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.');
  throw new OAuthError('invalid_request', `${field ? `${field}: ` : ''}${issue?.message}.`);
}

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
