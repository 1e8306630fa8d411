/** The members of a record as the console shows them, by their definitions. */
import type { Child } from 'hono/jsx';
import type { Texts } from '../../locales/index.ts';
import { ExternalLink } from '../../ui/components.tsx';
import { Day, Minute } from '../../ui/moment.tsx';
import { ShortId, State } from '../../ui/names.tsx';
import type { RecordField, RecordFields, RecordValues } from '../records/field.ts';
import { kindOf } from '../records/kind.ts';
import { ClientLink, ResourceName, UserLink } from './links.tsx';
import { type Names, References } from './names.ts';

type Say = Texts['console'] & Pick<Texts['layout'], 'copy' | 'copied'>;

/** The texts and names with which values are shown. */
export type Showing = { say: Say; names: Names };

const isUnset = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** @returns undefined for a value that is not set and has no text for that. */
export function shownValue(field: RecordField, value: unknown, showing: Showing): Child | undefined {
  const { say } = showing;
  const { choices = {}, unset = choices[''], advanced, display } = field;
  if (isUnset(value)) return unset ?? (kindOf(field.schema).is === 'toggle' && !advanced ? say.no : undefined);
  if (typeof value === 'boolean') {
    const text = choices[String(value)];
    return display === 'state' && text !== undefined ? (
      <State text={text} tone={TONES[text]} />
    ) : (
      (text ?? (value ? say.yes : say.no))
    );
  }
  if (Array.isArray(value)) return listed(field, value, showing);
  if (typeof value === 'object') return <code>{JSON.stringify(value)}</code>;
  return shownText(field, String(value), showing);
}

const listed = (field: RecordField, values: readonly unknown[], showing: Showing): Child =>
  values.map((one, index) => (
    <>
      {index > 0 && (field.display === 'lines' ? <br /> : ', ')}
      {typeof one === 'string' ? shownText(field, one, showing) : String((one as { name: unknown }).name)}
    </>
  ));

function shownText(field: RecordField, text: string, { say, names }: Showing): Child {
  switch (field.display) {
    case 'time':
      return <Minute time={Date.parse(text)} />;
    case 'day':
      return <Day time={Date.parse(text)} />;
    case 'user':
      return field.choices?.[text] ?? <UserLink id={text} names={names} />;
    case 'client':
      return <ClientLink id={text} names={names} />;
    case 'resource':
      return <ResourceName id={text} names={names} />;
    case 'state':
      return <State text={field.choices?.[text] ?? text} tone={TONES[text]} />;
    case 'link':
      return <ExternalLink address={text} />;
    case 'code':
      return /^[a-z]{1,2}_\w/.test(text) ? <ShortId id={text} say={say} /> : <code>{text}</code>;
    default:
      return field.choices?.[text] ?? text;
  }
}

/** The colours of states that ask for one. */
const TONES: Readonly<Record<string, 'good' | 'warn' | 'bad'>> = {
  active: 'good',
  revoked: 'bad',
  'cut off': 'bad',
  disabled: 'bad',
  enabled: 'good',
};

/** The ids of users and clients in the members of records. */
export function referencesOf(
  fields: RecordFields,
  records: readonly RecordValues[],
  names: readonly string[],
): References {
  const references = new References();
  for (const name of names) {
    const kind = fields[name]?.display;
    if (kind !== 'user' && kind !== 'client') continue;
    const ids = records.flatMap((record) => record[name]).filter((id) => typeof id === 'string' && id !== '');
    for (const id of ids) references[`${kind}s`].add(String(id));
  }
  return references;
}

/** Members with their labels, in the order of the answer; what is not set is left out. */
export const factsOf = (fields: RecordFields, record: RecordValues, names: readonly string[], showing: Showing) =>
  names.map((name) => {
    const field = fields[name];
    return [field?.label ?? name, field && shownValue(field, record[name], showing)] as const;
  });
