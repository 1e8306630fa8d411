/** Records as text: the rows of a list, and one record. */
import { memberOf, type RecordValues } from '../../../src/admin/records/field.ts';
import type { ActedOn, RecordDefinition } from '../../../src/admin/records/record.ts';
import { plain, record, table } from '../command.ts';

/** A cell of a list: a text on one line. */
export function cell(value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : String(one.name))).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : plain(String(value));
}

/** The rows of a list in columns, below the labels of the members. */
export function recordTable({ fields, id, list, many }: RecordDefinition, rows: readonly RecordValues[]): string {
  const { sentence, none = `There are no ${many}.` } = list;
  if (sentence)
    return table(
      rows.map((row) => [String(row[id]), sentence(row)]),
      none,
    );
  const names = [id, ...(list.inCommand ?? list.columns).filter((name) => name !== id)];
  const head = names.map((name) => fields[name]?.label ?? name);
  const cellOf = (row: RecordValues, name: string) => {
    const value = memberOf(fields, row, name);
    if (value === undefined || value === null || value === '') return fields[name]?.unset ?? '';
    return (typeof value === 'boolean' && fields[name]?.choices?.[String(value)]) || cell(value);
  };
  return table(rows.length === 0 ? [] : [head, ...rows.map((row) => names.map((name) => cellOf(row, name)))], none);
}

/** A record as lines: the members of a nested object are lines like the others. */
export function recordText({ fields }: Pick<ActedOn, 'fields'>, answer: RecordValues): string {
  const holders = new Set(Object.values(fields).map(({ within }) => within));
  const entries = Object.entries(answer).flatMap(([name, value]) =>
    holders.has(name) ? Object.entries(value as RecordValues) : [[name, value] as const],
  );
  return record(Object.fromEntries(entries));
}
