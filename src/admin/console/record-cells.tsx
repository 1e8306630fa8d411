/** The cells of a list of records, and the links of a row. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { Named } from '../../ui/names.tsx';
import type { RecordValues } from '../records/field.ts';
import { type ConsoleRecord, recordAddress } from './record-parts.tsx';
import { type Showing, shownValue } from './record-values.tsx';

type CellProps = {
  c: Context<Web>;
  kind: ConsoleRecord;
  record: RecordValues;
  name: string;
  first: boolean;
  showing: Showing;
};

/** A cell of a list; the first one leads to the page of the record. */
export function cellOf({ c, kind: { definition, parts }, record, name, first, showing }: CellProps): Child {
  const field = definition.fields[name];
  const own = parts.cells?.[name];
  const value = (own ? own(c, record) : field && shownValue(field, record[name], showing)) ?? '';
  if (!definition.console.page || !first) return value;
  const text = value === '' || name === definition.named ? String(record.name) : value;
  const href = recordAddress(definition, record);
  if (field?.display === 'code') return <a href={href}>{value}</a>;
  return <Named tile name={String(text)} href={href} detail={definition.console.subtitle?.(record)} />;
}

export const RowLinks = ({ links }: { links: readonly { label: string; href: string }[] }) => (
  <>
    {links.map(({ label, href }, index) => (
      <>
        {index > 0 && ' · '}
        <a href={href}>{label}</a>
      </>
    ))}
  </>
);
