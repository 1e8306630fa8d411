/** A search by name above a form for each of its fields that holds the ID of a user or client: the results fill it in. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../../http/context.ts';
import type { Texts } from '../../../locales/index.ts';
import { Field } from '../../../ui/fields.tsx';
import { textsOf } from '../../../ui/locale.ts';
import { Named } from '../../../ui/names.tsx';
import type { RecordFields } from '../../records/field.ts';
import { addressOf } from '../list.tsx';
import { type Match, matchesOf } from '../matches.tsx';
import type { FormField } from './form-field.ts';

/** The fields of a form that hold IDs of users or clients. */
const pickedIn = (fields: readonly FormField[], definitions: RecordFields) =>
  fields.flatMap((field) => {
    const { display } = definitions[field.name] ?? {};
    return display === 'user' || display === 'client' ? [{ field, kind: display }] : [];
  });

/** The texts that such fields begin with, from the address. */
export const pickedTexts = (c: Context<Web>, fields: readonly FormField[], definitions: RecordFields) =>
  Object.fromEntries(
    pickedIn(fields, definitions).flatMap(({ field: { name } }) => {
      const text = c.req.query(name);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );

/** @param typed the texts of the form's fields. */
export async function pickersOf(
  c: Context<Web>,
  fields: readonly FormField[],
  definitions: RecordFields,
  typed: Readonly<Record<string, string | undefined>>,
): Promise<Child> {
  const { picker: say } = textsOf(c, 'console');
  const picked = pickedIn(fields, definitions);
  const searched = picked.map(async ({ field, kind }) => {
    const search = (c.req.query(`find_${field.name}`) ?? '').trim().slice(0, 200);
    const matches = search === '' ? undefined : await matchesOf(c.get('deps'), kind, search);
    return <Picker c={c} field={field} text={typed[field.name] ?? ''} search={search} matches={matches} say={say} />;
  });
  return <>{await Promise.all(searched)}</>;
}

type PickerProps = {
  c: Context<Web>;
  field: FormField;
  text: string;
  search: string;
  matches: readonly Match[] | undefined;
  say: Texts['console']['picker'];
};

function Picker({ c, field: { name, kind, label = name }, text, search, matches, say }: PickerProps) {
  const { pathname } = new URL(c.req.url);
  const { [`find_${name}`]: _, done: __, ...others } = c.req.query();
  // A list keeps what it has.
  const filled = (id: string) => (kind.is === 'list' && text.trim() !== '' ? `${text.trim()}\n${id}` : id);
  return (
    <search>
      <form class="search" method="get">
        {Object.entries(others).map(([key, value]) => (
          <input type="hidden" name={key} value={value} />
        ))}
        <Field
          name={`find_${name}`}
          type="search"
          label={say.label(label)}
          hint={say.hint}
          value={search}
          autocomplete="off"
          optional
        />
        <button type="submit" class="secondary">
          {say.search}
        </button>
      </form>
      {matches?.length === 0 && <p role="status">{say.none}</p>}
      {matches && matches.length > 0 && (
        <ul class="rows" aria-label={say.found(label)}>
          {matches.map(({ id, name: title, detail }) => (
            <li>
              <Named name={title} detail={detail ?? id} />
              <a
                class="button secondary"
                href={addressOf(pathname, { ...others, [name]: filled(id) })}
                aria-label={`${say.choose}: ${title}`}
              >
                {say.choose}
              </a>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
