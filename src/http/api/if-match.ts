/** ETags of records, and conditional requests (RFC 9110 §8.8.3 and §13.1). */
import type { Context } from 'hono';
import { sha256 } from '../../crypto/digest.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type Precondition, preconditionFailed } from '../../storage/database/precondition.ts';
import { requirePrecondition } from '../build-deps.ts';
import type { Web } from '../context.ts';

/** A record with an ETag: its representation, and the storage condition that holds while it is unchanged. */
export type EtaggedRecord = {
  show: (c: Context<Web>) => Response | Promise<Response>;
  precondition: (c: Context<Web>) => Promise<Precondition>;
};

/** 200 with an ETag, or 304 where `If-None-Match` has it. */
export async function withETag(c: Context<Web>, response: Response): Promise<Response> {
  const etag = await etagOf(response);
  if (etagsIn(c.req.header('if-none-match')).includes(etag)) return c.body(null, 304, { ETag: etag });
  response.headers.set('ETag', etag);
  return response;
}

/**
 * Checks `If-Match` and `If-None-Match` before a change, and adds the condition to the statement that changes the
 * record, against a concurrent change in between.
 * @param record the record that GET on this path returns; undefined where it has no ETag, so that none matches.
 * @throws OAuthError precondition_failed
 */
export async function requireIfMatch(c: Context<Web>, record: EtaggedRecord | undefined): Promise<void> {
  const match = c.req.header('if-match');
  const noneMatch = c.req.header('if-none-match');
  if (match === undefined && noneMatch === undefined) return;
  if (!record) throw preconditionFailed();
  // The condition is read first: a change between the two reads fails one or the other.
  const condition = await undefinedIfMissing(record.precondition(c));
  const current = await undefinedIfMissing(Promise.resolve(record.show(c)));
  const etag = current && (await etagOf(current));
  if (match !== undefined && !matches(match, etag)) throw preconditionFailed();
  if (noneMatch !== undefined && matches(noneMatch, etag)) throw preconditionFailed();
  if (condition) requirePrecondition(c, condition);
}

/** `*` matches every existing record; a weak tag matches none (RFC 9110 §13.1.1). */
const matches = (header: string, etag: string | undefined): boolean =>
  etag !== undefined && (header.trim() === '*' || etagsIn(header).includes(etag));

const etagsIn = (header = ''): string[] => header.split(',').map((tag) => tag.trim());

/** The ETag of a representation. */
export const etagOfText = (text: string): string => `"${sha256(text).slice(0, 22)}"`;

const etagOf = async (response: Response): Promise<string> => etagOfText(await response.clone().text());

/** Resolves to undefined for `not_found`. */
export async function undefinedIfMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'not_found') return undefined;
    throw error;
  }
}
