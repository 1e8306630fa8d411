/** The pages between a button and what cannot be taken back, of one kind of record: each is one row. */
import type { Context } from 'hono';
import type { Web } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import { CHANGERS, type ConsolePage, confirmPage, doneAt, type Operator, type Section } from './frame.tsx';

export type Asked<Row> = { c: Context<Web>; here: Operator; row: Row; form: Parameters };

export type Question<Row> = {
  /** Below the address of the record. */
  path: string;
  /** What hangs on the record, in a sentence; read beside it. */
  ends?: (c: Context<Web>) => Promise<string>;
  /** What will end, and what the button says. */
  asks: (c: Context<Web>, row: Row, ends: string) => Asking;
  /** What the form says besides: what the address named, and what the question was about when it was asked. */
  carries?: (c: Context<Web>, row: Row) => Record<string, string>;
  /** @returns the name of what was done, or a page. */
  act: (asked: Asked<Row>) => Promise<string | Response>;
  /** Where to go when it is done; to the record where it is left out. */
  leadsTo?: string;
};

/** `what` in sentences. */
type Asking = { heading: string; what: string | readonly string[]; submit: string };

export type Kind<Row> = {
  section: Section;
  /** The path of one record, such as `/console/people/:id`. */
  path: string;
  /** @throws OAuthError not_found */
  find: (c: Context<Web>) => Promise<Row>;
  /** Where one comes back to. */
  back: (row: Row) => string;
};

/**
 * Whether the question is to disable or to enable: as the record was when it was asked. So an answer that comes twice, or
 * from two administrators, does it once.
 */
export const SWITCH = {
  carries: (_: Context<Web>, { disabledAt }: { disabledAt: number | null }) => ({
    disabled: disabledAt === null ? 'yes' : 'no',
  }),
  isToDisable: (form: Parameters): boolean => form.required('disabled') === 'yes',
};

export const questionPages = <Row,>(kind: Kind<Row>, questions: readonly Question<Row>[]): ConsolePage[] =>
  questions.map((question) => ({
    ...{ path: kind.path + question.path, section: kind.section, roles: CHANGERS, fresh: true },
    show: (c, here) => ask(c, here, kind, question),
    send: (c, here, form) => answer(c, here, kind, question, form),
  }));

async function ask<Row>(c: Context<Web>, here: Operator, kind: Kind<Row>, question: Question<Row>) {
  const [row, ends = ''] = await Promise.all([kind.find(c), question.ends?.(c)]);
  const { what, ...asking } = question.asks(c, row, ends);
  return confirmPage(c, here, {
    ...{ ...asking, section: kind.section, action: new URL(c.req.url).pathname, back: kind.back(row) },
    hidden: question.carries?.(c, row) ?? {},
    children: [what].flat().map((sentence) => <p>{sentence}</p>),
  });
}

async function answer<Row>(
  c: Context<Web>,
  here: Operator,
  kind: Kind<Row>,
  { act, leadsTo }: Question<Row>,
  form: Parameters,
) {
  const row = await kind.find(c);
  const done = await act({ c, here, row, form });
  return done instanceof Response ? done : doneAt(c, leadsTo ?? kind.back(row), done);
}
