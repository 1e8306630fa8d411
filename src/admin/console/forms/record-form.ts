/** A form of a record: its fields, the record as it was read, and where what was sent goes. */
import type { Child } from 'hono/jsx';
import type * as z from 'zod';
import type { Precondition } from '../../../storage/database/precondition.ts';
import type { Section } from '../navigation.ts';
import type { FormField } from './form-field.ts';

export type RecordForm<Schema extends z.ZodType> = {
  section: Section;
  title: string;
  lead?: Child | undefined;
  submit: string;
  /** The address that Cancel leads to. */
  back: string;
  schema: Schema;
  fields: readonly FormField[];
  /** Those that most users need, by name: the others stand behind a heading that opens. All, where it is left out. */
  first?: readonly string[];
  /** By the names of the fields, where their definitions have none. */
  labels?: Record<string, string>;
  /** The meaning of choices, by value, where the definitions of the fields have none. */
  choices?: Readonly<Record<string, string>>;
  /** A script that enhances the form, and what it reads off the element. */
  script?: string;
  attributes?: Record<string, string>;
  /** Content below the form. */
  below?: Child;
  /** Values of the address, beside the fields. */
  fixed?: Record<string, unknown>;
  /** The record as it is now: a change does not undo another one made meanwhile. */
  record?: Record<string, unknown>;
  /** The ETag of the record that the form shows, where the record is more than the fields. */
  seen?: string;
  /** The condition that holds while the record is as it was read: the statement that changes it checks it again. */
  precondition?: Precondition | undefined;
  /** Initial values of the fields of a new record. */
  suggested?: Record<string, unknown>;
  /** Initial texts of fields, in place of those of the record. */
  typed?: Readonly<Record<string, string>>;
  /** Content above the form, given the texts of its fields. */
  above?: (typed: Filled['typed']) => Promise<Child>;
  /** Performs the operation with the parsed value. It may refuse with an OAuthError, whose message is shown. */
  send: (value: z.output<Schema>) => Promise<Response>;
};

/** A form as it was filled in: the texts of its fields, and the problems that were found. */
export type Filled = {
  typed: Record<string, string | undefined>;
  problem?: string;
  problems?: Record<string, string>;
  status?: 200 | 400 | 409;
};
