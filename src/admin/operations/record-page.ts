/** The pages of a list of records: the query, and the rows with their cursor. */
import { writeCursor } from '../../http/api/cursor.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isKeyOf } from '../../protocol/table.ts';
import type { Cursor } from '../../storage/database/list-page.ts';

export type RecordListQuery = {
  sort: string;
  descending: boolean;
  filters: Readonly<Record<string, string | undefined>>;
  /** The cursor of the page, as an address has it. */
  after: string | undefined;
  most: number;
};

export type RecordPage<Row> = {
  rows: readonly Row[];
  next?: string | undefined;
  /** Shards that did not answer. */
  unreachable?: readonly string[];
};

/** A page of storage, with its cursor as addresses have it. */
export const written = <Row>(page: {
  rows: readonly Row[];
  next: Cursor | undefined;
  unreachable?: readonly string[];
}): RecordPage<Row> => ({ ...page, next: writeCursor(page.next) });

/** The order of a list, among those that it has. @throws OAuthError invalid_request */
export function requireSort<Sorts extends object>(sorts: Sorts, sort: string): keyof Sorts & string {
  if (isKeyOf(sorts, sort)) return sort;
  throw new OAuthError('invalid_request', `sort must be one of: ${Object.keys(sorts).join(', ')}.`);
}
