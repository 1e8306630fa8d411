/** The form of a record: what was typed is judged by the schema of the admin API, and said to be wrong where it stands. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type * as z from 'zod';
import { sha256 } from '../../../crypto/digest.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import type { Web } from '../../../web/context.ts';
import { Hidden } from '../../../web/fields.tsx';
import type { Parameters } from '../../../web/parameters.ts';
import { Problem } from '../../../web/pieces.tsx';
import { wordsOf } from '../../../web/words.ts';
import { type ConsolePage, consolePage, type Operator, type Section } from '../frame.tsx';
import { type FormField, RecordField, readField, writtenOf } from './fields.tsx';

export type RecordForm<Schema extends z.ZodType> = {
  section: Section;
  title: string;
  lead?: Child;
  submit: string;
  /** Where the way back leads. */
  back: string;
  schema: Schema;
  fields: readonly FormField[];
  /** Those that most people need, by name: the others stand behind a heading that opens. All, where it is left out. */
  first?: readonly string[];
  /** By the names of the fields. */
  labels: Record<string, string>;
  /** What choices mean, by their values. */
  choices?: Record<string, string>;
  /** What the address says, beside the fields. */
  said?: Record<string, unknown>;
  /** The record as it is now: nobody who changes it undoes what somebody else changed meanwhile. */
  record?: Record<string, unknown>;
  /** What the fields of a new record say in the beginning. */
  suggested?: Record<string, unknown>;
  /** What is done with what was read. It may refuse with an OAuthError: its sentence is shown. */
  send: (value: z.output<Schema>) => Promise<Response>;
};

type Filled = {
  typed: Record<string, string | undefined>;
  problem?: string;
  problems?: Record<string, string>;
  status?: 200 | 400 | 409;
};

type FormOf<Schema extends z.ZodType> = (
  c: Context<Web>,
  here: Operator,
) => RecordForm<Schema> | Promise<RecordForm<Schema>>;

/** A page of the table that is such a form. */
export const formPage = <Schema extends z.ZodType>(formOf: FormOf<Schema>): Pick<ConsolePage, 'show' | 'send'> => ({
  show: async (c, here) => showForm(c, here, await formOf(c, here)),
  send: async (c, here, parameters) => sendForm(c, here, await formOf(c, here), parameters),
});

function showForm<Schema extends z.ZodType>(c: Context<Web>, here: Operator, form: RecordForm<Schema>) {
  const record = form.record ?? form.suggested ?? {};
  const typed = form.fields.map((field) => [field.name, writtenOf(field, record[field.name])] as const);
  return answer(c, here, form, { typed: Object.fromEntries(typed) });
}

/** Reads what was sent, and does it; else shows the form again with what is wrong. */
async function sendForm<Schema extends z.ZodType>(
  c: Context<Web>,
  here: Operator,
  form: RecordForm<Schema>,
  parameters: Parameters,
): Promise<Response> {
  const say = wordsOf(c, 'console');
  const typed = Object.fromEntries(form.fields.map(({ name }) => [name, parameters.one(name)]));
  if (form.record && parameters.one('seen') !== digestOf(form.record)) {
    return answer(c, here, form, { typed, problem: say.form.changedMeanwhile, status: 409 });
  }
  const { value, problems } = readAll(form, typed, say.form);
  const judged = form.schema.safeParse({ ...form.said, ...value });
  if (Object.keys(problems).length > 0 || !judged.success) {
    const found = { ...(judged.error && problemsOf(judged.error, form.fields, value, say.form)), ...problems };
    return answer(c, here, form, { typed, problem: say.problem, problems: found, status: 400 });
  }
  try {
    return await form.send(judged.data);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.status >= 500) throw error;
    const [, name = '', sentence = ''] = /^(\w+): (.*)$/s.exec(error.description) ?? [];
    const problems = form.fields.some((field) => field.name === name) ? { [name]: sentence } : undefined;
    const problem = problems ? say.problem : say.form.refused(error.description);
    return answer(c, here, form, { typed, problem, ...(problems && { problems }), status: 400 });
  }
}

const digestOf = (record: Record<string, unknown>): string => sha256(JSON.stringify(record));

type Say = ReturnType<typeof wordsOf<'console'>>['form'];

/** What was said: a field that was left empty says nothing, but where it takes away what the record had. */
function readAll(
  { fields, record = {} }: Pick<RecordForm<z.ZodType>, 'fields' | 'record'>,
  typed: Filled['typed'],
  say: Say,
) {
  const value: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    try {
      const said = readField(field, typed[field.name]) ?? (record[field.name] === undefined ? undefined : field.empty);
      if (said !== undefined) value[field.name] = said;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems[field.name] = say.notJson;
    }
  }
  return { value, problems };
}

/** What the schema says, by field; what is about no field of the form stands at the first one. */
function problemsOf(error: z.ZodError, fields: readonly FormField[], value: Record<string, unknown>, say: Say) {
  const sentences = error.issues.map(({ path, message, code, ...issue }) => {
    const field = fields.find(({ name }) => name === path[0]) ?? fields[0];
    const { name = '', kind } = field ?? {};
    if (value[name] === undefined && kind?.is !== 'toggle' && path.length > 0) return [name, say.missing] as const;
    if (kind?.is === 'number') return [name, say.between(kind.least, kind.most)] as const;
    if (code === 'invalid_format' && 'format' in issue && issue.format === 'url') return [name, say.address] as const;
    const [, part] = path;
    const which = typeof part === 'number' ? say.line(part + 1) : part === undefined ? '' : `${String(part)}: `;
    return [name, `${which}${message}.`] as const;
  });
  return Object.fromEntries(sentences.reverse());
}

function answer<Schema extends z.ZodType>(
  c: Context<Web>,
  here: Operator,
  form: RecordForm<Schema>,
  { typed, problem, problems = {}, status = 200 }: Filled,
) {
  const { section, title, lead, submit, back, fields, first, labels, choices = {}, record } = form;
  const say = wordsOf(c, 'console');
  const isFirst = ({ name }: FormField) => first?.includes(name) ?? true;
  const [shown, further] = [fields.filter(isFirst), fields.filter((field) => !isFirst(field))];
  const fieldOf = (field: FormField) => (
    <RecordField
      field={field}
      label={labels[field.name] ?? field.name}
      value={typed[field.name]}
      problem={problems[field.name]}
      choices={choices}
      say={say.form}
    />
  );
  return consolePage(
    c,
    here,
    { title, section, status },
    <>
      <h1>{title}</h1>
      <Problem>{problem}</Problem>
      {lead && <p>{lead}</p>}
      <form class="stack" method="post" action={new URL(c.req.url).pathname}>
        <Hidden formToken={here.formToken} />
        {record && <input type="hidden" name="seen" value={digestOf(record)} />}
        {shown.map(fieldOf)}
        {further.length > 0 && (
          <details open={further.some(({ name }) => problems[name])}>
            <summary>{say.form.further}</summary>
            <div class="stack">{further.map(fieldOf)}</div>
          </details>
        )}
        <div class="actions">
          <button type="submit">{submit}</button>
          <a class="button secondary" href={back}>
            {say.back}
          </a>
        </div>
      </form>
    </>,
  );
}
