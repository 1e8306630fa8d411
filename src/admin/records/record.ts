/**
 * The definition of a record: its fields, lists and actions, each once. From it follow the routes of the admin API,
 * OpenAPI, the console's pages, the command and docs/reference.
 */
import * as z from 'zod';
import type { Texts } from '../../locales/index.ts';
import type { ActionDefinition } from './action.ts';
import type { RecordFields, RecordValues } from './field.ts';
import type { ListDefinition, RelationDefinition, TableDefinition } from './list.ts';
import type { TabDefinition, ViewDefinition } from './view.ts';

type Section = keyof Texts['console']['sections'];

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
  suggested?: RecordValues;
  /** Warnings above its page. */
  warnings?(record: RecordValues): readonly (string | false)[];
  texts?: {
    /** The sentences above the forms. */
    creating?: string;
    changing?: string;
    created?: string;
    once?: string | ((once: RecordValues) => string);
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
    subtitle?: (record: RecordValues) => string | undefined;
    /** The parameter below the page of a new one by which its kind is chosen first. */
    presets?: string;
    /** The reason why it has pages of its own, which do not follow from its definition. */
    own?: string;
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
    fill?(positions: RecordValues): RecordValues;
    /** The sentence about a new one, with its members in it. */
    created?: string | ((answer: RecordValues) => string);
    /** The verbs that other names are usual for. */
    verbs?: { show?: string; put?: string };
    /** The request of PUT where the members that it writes are given by position. @returns what its schema says. */
    read?(positions: RecordValues): z.ZodSafeParseResult<RecordValues>;
    /** The sentence about one that PUT wrote. */
    written?(answer: RecordValues): string;
  };
  list: ListDefinition;
  relations?: readonly RelationDefinition[];
  tables?: readonly TableDefinition[];
  /** Types of records whose lists are linked from its page, by the filter that names it. */
  links?: readonly { path: string; label: string }[];
  views?: Readonly<Record<string, ViewDefinition>>;
  actions: Readonly<Record<string, ActionDefinition>>;
};

/** The part of a definition that its views and actions need. */
export type ActedOn = Pick<
  RecordDefinition,
  'type' | 'fields' | 'key' | 'parameter' | 'answer' | 'api' | 'command' | 'views' | 'actions'
>;

/** Keeps the exact type of a definition. */
export const defineRecord = <const Definition extends RecordDefinition>(definition: Definition): Definition =>
  definition;

/** The state of a session or a grant: active, or the reason why it is not. */
export const Status = z
  .enum(['active', 'ended', 'expired', 'unused', 'cut off'])
  .describe('"active", or why it is not: "cut off" is by a revocation of all that its client or user had.');

/** A time in an answer. */
export const Time = (meaning: string) => z.iso.datetime().describe(meaning);
