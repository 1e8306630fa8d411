/** The definition of what a record has beside its fields: further answers, and pages side by side. */
import type * as z from 'zod';

/** A further answer: about one record, or about the whole server. */
export type ViewDefinition = {
  /** Below the path of the record. */
  path: string;
  operationId: string;
  summary: string;
  query?: Readonly<Record<string, string>>;
  answer: { name: string; schema: z.ZodType };
  /**
   * The verb of the command, where it has one, and its noun, where that is not the record's; the member and columns of a
   * list, and the member with the sentence above it; else the answer is shown whole.
   */
  command?: {
    verb: string;
    noun?: string;
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
