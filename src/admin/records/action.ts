/** The definition of an action on a record: its route, the question before it, its verb of the command, and its texts. */
import type * as z from 'zod';
import type { RecordValues } from './field.ts';

/** The page that asks before an action. */
type Question = {
  /** Below the page of the record; the name of the action where it is left out. */
  page?: string;
  /** The link to it. */
  label: string;
  /** The question, in which `{member}` stands for a member of the record, and `{name}` for its name. */
  heading: string;
  /** The effect in sentences, given what was found to depend on the record. */
  effect: string | ((record: RecordValues, found: RecordValues) => string | readonly string[]);
  submit: string;
  /** The page that it leads to: its list, its own, or another. */
  leadsTo: 'list' | 'record' | ((record: RecordValues) => string);
  /** The member of the answer that the console shows this once, with the texts of its page. */
  once?: { member: string; label: string; title: string; text(answer: RecordValues): string };
  /** True where the question names nothing of the record, which is not read for it. */
  unread?: true;
  /** True where it ends or removes something: it stands at the end of the page of the record. */
  danger?: true;
  /** The records that it is offered for; all where it is left out. */
  when?(record: RecordValues): boolean;
  notInConsole?: never;
};

/** The reason why the console has no question. */
type NoQuestion = { notInConsole: string } & { [Name in Exclude<keyof Question, 'notInConsole'>]?: never };

type Act = {
  /** The members that it sets: then it has no route of its own, and is a change. */
  sets?: RecordValues;
  /** In the API; DELETE on the record itself where it is left out. */
  method?: 'POST' | 'PUT' | 'DELETE';
  /** Below the path of the record; parameters in it, such as `{passkey}`, are part of the request. */
  path?: string;
  operationId?: string;
  /** The body, and the name of its schema. Where it has members that are required, the console asks for them by a form. */
  body?: { name: string; schema: z.ZodObject };
  /** Switches in the query, each with its meaning. A question carries one as the record was when it was asked. */
  flags?: Readonly<Record<string, { help: string; on(record: RecordValues): boolean }>>;
  /** The answer; the record itself; 204 without a body where it is left out. */
  answer?: 'record' | { name: string; schema: z.ZodObject };
  /** True where it takes an Idempotency-Key. */
  isIdempotent?: true;
  /** The effect, in a few words: the summary of the route and of the command. */
  summary: string;
  /** The reason why it has no route of its own, or no verb in the command. */
  notInApi?: string;
  notInCommand?: string;
  /** The noun of the command, where it is not that of the record. */
  noun?: string;
  /** The parameters of the command after the id: those in the path, then members of the body by `positions`. */
  parameters?: readonly string[];
  positions?: readonly string[];
  /** The command's sentence, with members of the answer in it; "Deleted." and the like where it is left out. */
  says?: string | ((answer: RecordValues) => string);
  /** The name of the console's message. */
  done?: string | ((answer: RecordValues) => string);
};

/** An act on one record that its fields do not express: revoking, deleting, ending; or one that sets some of them. */
export type ActionDefinition = Act & (Question | NoQuestion);

/** A sentence with the members of a record in it. */
export const filledIn = (sentence: string, record: RecordValues): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(record[name] ?? ''));

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** True where its body has members that are required. */
export const needsBody = ({ body }: Pick<ActionDefinition, 'body'>): boolean =>
  body !== undefined && !body.schema.safeParse({}).success;

/** The names of the parameters in a path, in order. */
export const parametersIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

export const doneOf = ({ done = 'saved' }: Pick<ActionDefinition, 'done'>, answer: RecordValues): string =>
  typeof done === 'string' ? done : done(answer);

/** The message of an action in the command, such as "Deleted." */
export function doneSentence(action: Pick<ActionDefinition, 'done' | 'says'>, answer: RecordValues): string {
  const { says } = action;
  if (typeof says === 'function') return says(answer);
  return says === undefined ? `${capitalised(doneOf(action, answer))}.` : filledIn(says, answer);
}
