/** The definition of the lists of a record: its own, and those of its page. */
import type { RecordValues } from './field.ts';

/** A list that is read whole, because an administrator typed each row; or one that is paged by key. */
export type ListDefinition = {
  summary: string;
  /** The members that the console and the command show. */
  columns: readonly string[];
  /** Those that the command shows, where they are others. */
  inCommand?: readonly string[];
  /** Of a list that is read whole: the members that the search looks through. */
  anywhere?: readonly string[];
  /** Of a paged list: its filters, each with its meaning. */
  filters?: Readonly<Record<string, string>>;
  /** True where several filters may be combined. */
  combinable?: true;
  /**
   * The filter that a searched text means, by the beginning of the text, or by a part of it after `*`; the empty one for
   * every other. `id` is the record itself.
   */
  searched?: Readonly<Record<string, string>>;
  search?: { label: string; hint?: string };
  /** True where its own order begins with the greatest. */
  descending?: true;
  /** True where the console's own order does, but not that of the API. */
  latestFirst?: true;
  /** True where it is read from every shard, so that some may not answer. */
  sharded?: true;
  /** True where the command shows every page without an option. */
  everyPage?: true;
  /** The name of its schema, where it is not that of the record with "List". */
  schema?: string;
  /** The sentence of the command about one, instead of columns. */
  sentence?(record: RecordValues): string;
  /** The sentence of the command where there is none, where it is not "There are no …". */
  none?: string;
};

const WORDS = 'The beginning of any word of it, or a whole ID.';

/** The search of a list that its user narrows. */
export const BY_USER = {
  searched: { u_: 'user', '': 'user' },
  search: { label: 'Name, e-mail address or ID of a user', hint: WORDS },
} as const;

/** The search of a list that a client, a user or a grant narrows. @param grant the filter that an ID of a grant is. */
export const byGrant = (grant: string) =>
  ({
    searched: { u_: 'user', g_: grant, '': 'client' },
    search: { label: 'Name or ID of a user or client, or ID of a grant', hint: WORDS },
  }) as const;

/** A list in the answer about one record, as its page shows it. */
export type TableDefinition = {
  /** The member that holds it: an array of objects whose members are fields of the record. */
  member: string;
  columns: readonly string[];
  heading: string;
  caption: string;
  none: string;
  /** The action on one of them, whose path names a member. */
  action?: string;
};

/** A list of other records that belong to one, as its page shows them: the latest, with their actions. */
export type RelationDefinition = {
  /** The type of the other record. */
  type: string;
  /** The filter of its list that names this record. */
  filter: string;
  columns: readonly string[];
  heading: string;
  none: string;
  /** Those that are shown; all where it is left out. */
  only?(record: RecordValues): boolean;
};
