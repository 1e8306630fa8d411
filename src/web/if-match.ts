/** ETags of records, and what a request demands of one (RFC 9110 §8.8.3 and §13.1). */
import type { Context } from 'hono';
import { sha256 } from '../crypto/digest.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type Condition, preconditionFailed } from '../storage/precondition.ts';
import type { Web } from './context.ts';

/** A record that can be read: how it is shown, and what holds for as long as it is shown like that. */
export type Readable = {
  show: (c: Context<Web>) => Response | Promise<Response>;
  isAsRead: (c: Context<Web>) => Promise<Condition>;
};

/** 200 with an ETag; 304 for whoever has it already. */
export async function withTag(c: Context<Web>, response: Response): Promise<Response> {
  const etag = await tagOf(response);
  if (tagsIn(c.req.header('if-none-match')).includes(etag)) return c.body(null, 304, { ETag: etag });
  response.headers.set('ETag', etag);
  return response;
}

/**
 * Looks at `If-Match` and `If-None-Match` before anything is done, and has the change itself look again, in the very
 * statement that makes it: between the two somebody else may have been here.
 * @param record what the path shows by GET; undefined where nothing has an ETag, so that none can match.
 * @throws OAuthError precondition_failed
 */
export async function demandAsked(c: Context<Web>, record: Readable | undefined): Promise<void> {
  const match = c.req.header('if-match');
  const noneMatch = c.req.header('if-none-match');
  if (match === undefined && noneMatch === undefined) return;
  if (!record) throw preconditionFailed();
  const { databases, moment } = c.get('deps');
  // In this order: what changes between the two reads fails the one or the other.
  const condition = await unlessMissing(record.isAsRead(c));
  const shown = await unlessMissing(Promise.resolve(record.show(c)));
  const etag = shown && (await tagOf(shown));
  if (match !== undefined && !matches(match, etag)) throw preconditionFailed();
  if (noneMatch !== undefined && matches(noneMatch, etag)) throw preconditionFailed();
  if (condition) databases.demand(condition, moment.requestId);
}

/** `*` is any record that is there; weak tags match nothing here (RFC 9110 §13.1.1). */
const matches = (header: string, etag: string | undefined): boolean =>
  etag !== undefined && (header.trim() === '*' || tagsIn(header).includes(etag));

const tagsIn = (header = ''): string[] => header.split(',').map((tag) => tag.trim());

const tagOf = async (response: Response): Promise<string> => `"${sha256(await response.clone().text()).slice(0, 22)}"`;

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'not_found') return undefined;
    throw error;
  }
}
