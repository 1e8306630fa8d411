/** The form of a record: submitted values are validated by the schema of the admin API; problems are shown at their fields. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { requirePrecondition } from '../../../http/build-deps.ts';
import type { Web } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { textsOf } from '../../../ui/locale.ts';
import type { ConsolePage, ConsoleUser } from '../console-page.tsx';
import { writtenOf } from './field-text.ts';
import { answer, seenOf } from './form-page.tsx';
import { problemsOf, problemsOfRefusal } from './problems.ts';
import type { RecordForm } from './record-form.ts';
import { readAll, submittedText } from './sent-values.ts';

type FormOf<Schema extends z.ZodType> = (
  c: Context<Web>,
  here: ConsoleUser,
) => RecordForm<Schema> | Promise<RecordForm<Schema>>;

/** A page of the table that is such a form. */
export const formPage = <Schema extends z.ZodType>(formOf: FormOf<Schema>): Pick<ConsolePage, 'show' | 'send'> => ({
  show: async (c, here) => showForm(c, here, await formOf(c, here)),
  send: async (c, here, parameters) => sendForm(c, here, await formOf(c, here), parameters),
});

function showForm<Schema extends z.ZodType>(c: Context<Web>, here: ConsoleUser, form: RecordForm<Schema>) {
  const record = form.record ?? form.suggested ?? {};
  const typed = form.fields.map((field) => [field.name, writtenOf(field, record[field.name])] as const);
  return answer(c, here, form, { typed: { ...Object.fromEntries(typed), ...form.typed } });
}

/** Reads what was sent, and does it; else shows the form again with what is wrong. */
async function sendForm<Schema extends z.ZodType>(
  c: Context<Web>,
  here: ConsoleUser,
  form: RecordForm<Schema>,
  parameters: Parameters,
): Promise<Response> {
  const say = textsOf(c, 'console');
  const typed = Object.fromEntries(form.fields.map((field) => [field.name, submittedText(field, parameters)]));
  if (form.record && parameters.one('seen') !== seenOf(form, form.record)) {
    return answer(c, here, form, { typed, problem: say.form.changedMeanwhile, status: 409 });
  }
  const { value, problems } = readAll(form, typed, say.form);
  for (const { name, required } of form.fields) {
    if (value[name] === undefined && required?.({ ...form.record, ...value })) problems[name] ??= say.form.missing;
  }
  const parsed = form.schema.safeParse({ ...form.fixed, ...value });
  if (Object.keys(problems).length > 0 || !parsed.success) {
    const found = { ...(parsed.error && problemsOf(parsed.error.issues, form.fields, typed, say.form)), ...problems };
    return answer(c, here, form, { typed, problem: say.problem, problems: found, status: 400 });
  }
  try {
    if (form.precondition) requirePrecondition(c, form.precondition);
    return await form.send(parsed.data);
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
