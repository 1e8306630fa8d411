/** The form of a record: submitted values are validated by the schema of the admin API; problems are shown at their fields. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type * as z from 'zod';
import { etagOfText } from '../../../http/api/if-match.ts';
import { requirePrecondition, type Web } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import type { Precondition } from '../../../storage/database/precondition.ts';
import { ErrorMessage } from '../../../ui/components.tsx';
import { HiddenFields } from '../../../ui/fields.tsx';
import { textsOf } from '../../../ui/locale.ts';
import { type ConsolePage, consolePage, type Operator } from '../console-page.tsx';
import type { Section } from '../navigation.ts';
import { FormControl, type FormField, inFormerOrder, readField, writtenOf } from './fields.tsx';
import { type ProblemTexts, problemsOf, problemsOfRefusal } from './problems.ts';

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
  said?: Record<string, unknown>;
  /** The record as it is now: a change does not undo another one made meanwhile. */
  record?: Record<string, unknown>;
  /** The ETag of the record that the form shows, where the record is more than the fields. */
  seen?: string;
  /** The condition that holds while the record is as it was read: the statement that changes it judges it again. */
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
  return answer(c, here, form, { typed: { ...Object.fromEntries(typed), ...form.typed } });
}

/** Reads what was sent, and does it; else shows the form again with what is wrong. */
async function sendForm<Schema extends z.ZodType>(
  c: Context<Web>,
  here: Operator,
  form: RecordForm<Schema>,
  parameters: Parameters,
): Promise<Response> {
  const say = textsOf(c, 'console');
  const typed = Object.fromEntries(form.fields.map((field) => [field.name, typedIn(field, parameters)]));
  if (form.record && parameters.one('seen') !== seenOf(form, form.record)) {
    return answer(c, here, form, { typed, problem: say.form.changedMeanwhile, status: 409 });
  }
  const { value, problems } = readAll(form, typed, say.form);
  for (const { name, required } of form.fields) {
    if (value[name] === undefined && required?.({ ...form.record, ...value })) problems[name] ??= say.form.missing;
  }
  const judged = form.schema.safeParse({ ...form.said, ...value });
  if (Object.keys(problems).length > 0 || !judged.success) {
    const found = { ...(judged.error && problemsOf(judged.error.issues, form.fields, typed, say.form)), ...problems };
    return answer(c, here, form, { typed, problem: say.problem, problems: found, status: 400 });
  }
  try {
    if (form.precondition) requirePrecondition(c, form.precondition);
    return await form.send(judged.data);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.status >= 500) throw error;
    if (error.code === 'precondition_failed') {
      return answer(c, here, form, { typed, problem: say.form.changedMeanwhile, status: 409 });
    }
    const problems = problemsOfRefusal(error, form.fields, typed, say.form);
    const problem = problems ? say.problem : say.form.refused(error.description);
    const status = error.status === 409 ? 409 : 400;
    return answer(c, here, form, { typed, problem, ...(problems && { problems }), status });
  }
}

/** @returns the submitted text of a field; undefined only for a box that is not ticked. */
function typedIn({ name, kind, known }: FormField, parameters: Parameters): string | undefined {
  if (known) {
    // The lines of the field for others come first: a problem names them by number.
    const all = parameters.all(name);
    return [...all.slice(-1), ...all.slice(0, -1)].join('\n');
  }
  if (kind.is === 'choices') return parameters.all(name).join('\n');
  return parameters.one(name) ?? (kind.is === 'toggle' ? undefined : '');
}

/** The ETag of what the form shows. */
const seenOf = ({ seen }: Pick<RecordForm<z.ZodType>, 'seen'>, record: object): string =>
  seen ?? etagOfText(JSON.stringify(record));

/** Reads the values of all fields: one left empty sets nothing, except where it removes a value of the record. */
function readAll(
  { fields, record = {} }: Pick<RecordForm<z.ZodType>, 'fields' | 'record'>,
  typed: Filled['typed'],
  say: ProblemTexts,
) {
  const value: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    try {
      const before = record[field.name];
      const sent = readField(field, typed[field.name]) ?? (before === undefined ? undefined : field.empty);
      const said = inFormerOrder(field, sent, before);
      if (said !== undefined) value[field.name] = said;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems[field.name] = say.notJson;
    }
  }
  return { value, problems };
}

async function answer<Schema extends z.ZodType>(
  c: Context<Web>,
  here: Operator,
  form: RecordForm<Schema>,
  { typed, problem, problems = {}, status = 200 }: Filled,
) {
  const { section, title, lead, submit, back, fields, first, labels = {}, choices, record, script } = form;
  const say = textsOf(c, 'console');
  const isFirst = ({ name }: FormField) => first?.includes(name) ?? true;
  const [shown, further] = [fields.filter(isFirst), fields.filter((field) => !isFirst(field))];
  const fieldOf = (field: FormField) => (
    <FormControl
      field={{ ...field, choices: field.choices ?? choices }}
      label={labels[field.name] ?? field.label ?? field.name}
      value={typed[field.name]}
      problem={problems[field.name]}
      say={say.form}
    />
  );
  return consolePage(
    c,
    here,
    { title, section, status, ...(script !== undefined && { scripts: [script] }) },
    <>
      <h1>{title}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      {lead && <p>{lead}</p>}
      {await form.above?.(typed)}
      <form class="stack" method="post" action={new URL(c.req.url).pathname} {...form.attributes}>
        <HiddenFields formToken={here.formToken} />
        {record && <input type="hidden" name="seen" value={seenOf(form, record)} />}
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
      {form.below}
    </>,
  );
}
