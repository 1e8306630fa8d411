/** PUT of a record: the members that it has, and those that the request names. */
import type * as z from 'zod';
import { undefinedIfMissing } from '../../http/api/if-match.ts';
import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { RecordValues } from '../records/field.ts';
import type { BoundRecord } from './record.ts';

/** The record with this id as the API answers with it; undefined where there is none. */
export async function findRecord(
  { operations }: BoundRecord,
  deps: Deps,
  id: string,
): Promise<RecordValues | undefined> {
  const row = await undefinedIfMissing(operations.find(deps, id));
  return row === undefined ? undefined : operations.show(row, deps);
}

/** All members after the request: a member left out is unchanged, null removes one. */
export async function putMembers(
  record: BoundRecord,
  deps: Deps,
  id: string,
  request: RecordValues,
): Promise<z.ZodSafeParseResult<unknown>> {
  const { put, exclusive = [] } = record.definition;
  if (!put) throw new OAuthError('not_found', 'this record is not written as a whole.');
  const before = (await findRecord(record, deps, id)) ?? {};
  const replaced = exclusive.some((name) => request[name] !== undefined && request[name] !== null) ? exclusive : [];
  const kept = Object.entries(before).filter(([name]) => Object.hasOwn(put.shape, name) && !replaced.includes(name));
  const members = Object.entries({ ...Object.fromEntries(kept), ...request });
  return put.safeParse(Object.fromEntries(members.filter(([, value]) => value !== null && value !== undefined)));
}
