/** The page of a form: its fields with their texts and problems. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { etagOfText } from '../../../http/api/if-match.ts';
import type { Web } from '../../../http/context.ts';
import { ErrorMessage } from '../../../ui/components.tsx';
import { HiddenFields } from '../../../ui/fields.tsx';
import { textsOf } from '../../../ui/locale.ts';
import { type ConsoleUser, consolePage } from '../console-page.tsx';
import { FormControl } from './control.tsx';
import type { FormField } from './form-field.ts';
import type { Filled, RecordForm } from './record-form.ts';

/** The ETag of what the form shows. */
export const seenOf = ({ seen }: Pick<RecordForm<z.ZodType>, 'seen'>, record: object): string =>
  seen ?? etagOfText(JSON.stringify(record));

export async function answer<Schema extends z.ZodType>(
  c: Context<Web>,
  here: ConsoleUser,
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
