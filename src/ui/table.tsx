/** A table that becomes a list of small cards in a narrow window. */
import type { Child } from 'hono/jsx';

/** A column, and the address of the same list in its order. */
export type Column = { label: string; href?: string | undefined; sorted?: 'ascending' | 'descending' | undefined };

/** Text with a word that a column may have no room for. */
const isLong = (cell: Child): boolean => typeof cell === 'string' && /\S{24}/.test(cell);

/**
 * A table that becomes a list of small cards in a narrow window. The roles keep it a table for screen readers, whatever
 * `display` the stylesheet sets.
 */
export function Table(props: {
  caption: string;
  columns: readonly (string | Column)[];
  rows: readonly (readonly Child[])[];
}) {
  const { caption, rows } = props;
  const columns = props.columns.map((column): Column => (typeof column === 'string' ? { label: column } : column));
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: `display` in the stylesheet removes the implicit roles
    <table role="table">
      <caption>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th role="columnheader" scope="col" aria-sort={column.href ? (column.sorted ?? 'none') : undefined}>
              {column.href ? <a href={column.href}>{column.label}</a> : column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((cells) => (
          <tr role="row">
            {cells.map((cell, index) => (
              <td role="cell" class={isLong(cell) ? 'long' : undefined} data-label={columns[index]?.label}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: as above
  );
}
