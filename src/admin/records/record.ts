/**
 * The definition of a record: its fields, lists and actions, each once. From it follow the routes of the admin API,
 * OpenAPI, the console's pages, the command and docs/reference.
 */
import * as z from 'zod';
import type { Texts } from '../../locales/index.ts';
import type { ActionDefinition } from './action.ts';
import type { RecordFields, Shown } from './field.ts';

type Section = keyof Texts['console']['sections'];

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
  sentence?(record: Shown): string;
  /** The sentence of the command where there is none, where it is not "There are no …". */
  none?: string;
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
  only?(record: Shown): boolean;
};

/** A further answer about one record. */
export type ViewDefinition = {
  /** Below the path of the record. */
  path: string;
  operationId: string;
  summary: string;
  query?: Readonly<Record<string, string>>;
  answer: { name: string; schema: z.ZodType };
  /**
   * The verb of the command, where it has one; the member and columns of a list, and the member with the sentence above
   * it; else the answer is shown whole.
   */
  command?: {
    verb: string;
    summary?: string;
    rows?: string;
    columns?: readonly string[];
    lead?: string;
    none?: string;
  };
};

/** A page about one record, of those that are linked side by side below its heading. */
export type TabDefinition = {
  /** Below the page of the record; empty for that page itself, which has the facts. */
  path: string;
  label: string;
  /** The type of the related records that it lists, where it is not content of the console's own. */
  relation?: string;
};

export type RecordDefinition = {
  /** The name of its schema, such as `ApiKey`. */
  type: string;
  /** In sentences, such as "API key". */
  one: string;
  many: string;
  /** The sentences above the console's list. */
  about: string;
  fields: RecordFields;
  /** The member that identifies it. */
  id: string;
  /** The members that its path holds, where they are not the one that identifies it. */
  key?: readonly string[];
  /** The parameter of the path that holds the id, where it is not `id`. */
  parameter?: string;
  /** The member that names it in sentences. */
  named: string;
  answer: z.ZodObject;
  /** The answer about one record, where it has more members than those in a list, and the name of that schema. */
  detail?: { schema: z.ZodObject; name: string };
  /** The body of POST. */
  create?: z.ZodObject;
  /** The name of that schema, where it is not that of the record with "New" and "Request". */
  createName?: string;
  /** The member by which a second record of the same name is refused: then a request needs no Idempotency-Key. */
  unique?: string;
  /** The members that are shown once, when it is created; the last is what the console shows. */
  once?: z.ZodObject;
  /** The answer with those members, where its schema has another use. */
  created?: z.ZodObject;
  /** The body of PATCH. */
  change?: z.ZodObject;
  /** The members that PUT writes: all that the record has. What a request leaves out stays as it is. */
  put?: z.ZodObject;
  /** Members of which a record has at most one: to name one removes the other. */
  exclusive?: readonly string[];
  /** The forms that need a sign-in within the last ten minutes. */
  fresh?: { create?: true; change?: true };
  /** Suggestions for the form of a new one. */
  suggested?: Shown;
  /** Warnings above its page. */
  warnings?(record: Shown): readonly (string | false)[];
  texts?: {
    /** The sentences above the forms. */
    creating?: string;
    changing?: string;
    created?: string;
    once?: string | ((once: Shown) => string);
    onceLabel?: string;
    /** The summaries of the routes, and of the verbs of the command. */
    getSummary?: string;
    createSummary?: string;
    changeSummary?: string;
  };
  /** Its routes; `names` are those of its operations, where they are not `list…s`, `get…`, `create…` and `delete…`. */
  api: { path: string; rows: string; names?: { list?: string; one?: string; create?: string } };
  /** Its pages; `page` says that one record has a page of its own. */
  console: {
    path: string;
    section: Section;
    listed?: true;
    page?: true;
    /** The pages about one record, the first of which is its own; one page where they are left out. */
    tabs?: readonly TabDefinition[];
    subtitle?: (record: Shown) => string | undefined;
  };
  command: {
    noun: string;
    /** The names of what its path holds; `e-mail` is the address of a user, whose id the path holds. */
    id: string;
    /** The members that are given by position. */
    positions?: readonly string[];
    create?: string;
    /** True where switches are given as yes or no, so that a change can also leave them as they are. */
    yesNo?: true;
    /** Adds the members that a new one has where no option sets them. */
    fill?(positions: Shown): Shown;
    /** The sentence about a new one, with its members in it. */
    created?: string | ((answer: Shown) => string);
  };
  list: ListDefinition;
  relations?: readonly RelationDefinition[];
  /** Types of records whose lists are linked from its page, by the filter that names it. */
  links?: readonly { path: string; label: string }[];
  views?: Readonly<Record<string, ViewDefinition>>;
  actions: Readonly<Record<string, ActionDefinition>>;
};

/** Keeps the exact type of a definition. */
export const defineRecord = <const Definition extends RecordDefinition>(definition: Definition): Definition =>
  definition;

/** The state of a session or a grant: active, or the reason why it is not. */
export const Status = z
  .enum(['active', 'ended', 'expired', 'unused', 'cut off'])
  .describe('"active", or why it is not: "cut off" is by a revocation of all that its client or user had.');

/** A time in an answer. */
export const Time = (meaning: string) => z.iso.datetime().describe(meaning);
