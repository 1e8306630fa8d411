/** Confirmation pages of one kind of record, before what cannot be undone: a row of the table each. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import type { RecordValues } from '../records/field.ts';
import { CHANGERS, type ConsolePage, type ConsoleUser, confirmPage, redirectDone } from './console-page.tsx';
import type { Section } from './navigation.ts';

export type ConfirmationContext<Row> = { c: Context<Web>; here: ConsoleUser; row: Row; form: Parameters };

export type Confirmation<Row, Found = RecordValues> = {
  /** Below the address of the record. */
  path: string;
  /** Reads, beside the record, what depends on it. */
  ends?: (c: Context<Web>) => Promise<Found>;
  /** The effect in a sentence, and the label of the button. */
  asks: (c: Context<Web>, row: Row, ends: Found) => Asking;
  /** Further members of the form: parameters of the address, and the state that the question was about. */
  carries?: (c: Context<Web>, row: Row) => Record<string, string>;
  /** @returns the name of what was done, or a page. */
  act: (asked: ConfirmationContext<Row>) => Promise<string | Response>;
  /** The address of the page shown afterwards; the record where it is left out. */
  leadsTo?: string;
};

/** `what` in sentences. */
type Asking = { heading: string; what: string | readonly string[]; submit: string };

export type ConfirmationKind<Row> = {
  section: Section;
  /** The path of one record, such as `/console/users/:id`. */
  path: string;
  /** @throws OAuthError not_found */
  find: (c: Context<Web>) => Promise<Row>;
  /** The address that Cancel leads to. */
  back: (row: Row) => string;
};

export const confirmationPages = <Row, Found = RecordValues>(
  kind: ConfirmationKind<Row>,
  questions: readonly Confirmation<Row, Found>[],
): ConsolePage[] =>
  questions.map((question) => ({
    path: kind.path + question.path,
    section: kind.section,
    roles: CHANGERS,
    fresh: true,
    show: (c, here) => ask(c, here, kind, question),
    send: (c, here, form) => answer(c, here, kind, question, form),
  }));

async function ask<Row, Found>(
  c: Context<Web>,
  here: ConsoleUser,
  kind: ConfirmationKind<Row>,
  question: Confirmation<Row, Found>,
) {
  const [row, ends] = await Promise.all([kind.find(c), question.ends?.(c)]);
  const { what, ...asking } = question.asks(c, row, ends as Found);
  return confirmPage(c, here, {
    ...asking,
    section: kind.section,
    action: new URL(c.req.url).pathname,
    back: kind.back(row),
    hidden: question.carries?.(c, row) ?? {},
    children: [what].flat().map((sentence) => <p>{sentence}</p>),
  });
}

async function answer<Row, Found>(
  c: Context<Web>,
  here: ConsoleUser,
  kind: ConfirmationKind<Row>,
  { act, leadsTo }: Confirmation<Row, Found>,
  form: Parameters,
) {
  const row = await kind.find(c);
  const done = await act({ c, here, row, form });
  return done instanceof Response ? done : redirectDone(c, leadsTo ?? kind.back(row), done);
}
