/** Tables of Markdown pages that a benchmark writes. */

/** @param rows cells; the first row is the head. Columns of numbers are aligned to the right. */
export function markdownTable([head = [], ...rows]: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const aligned = head.map((_, column) => (rows.every((row) => /^-?[\d.]*$/.test(row[column] ?? '')) ? '---:' : '---'));
  return [line(head), line(aligned), ...rows.map(line)].join('\n');
}

/** The page with the first table below a heading replaced. @throws Error where there is none. */
export function replaceTable(page: string, heading: string, rows: readonly string[][]): string {
  const start = page.indexOf(`\n${heading}\n`);
  const [table] = /^\|.*\n(?:\|.*\n?)*/m.exec(page.slice(start + 1)) ?? [];
  if (start < 0 || table === undefined) throw new Error(`no table below "${heading}"`);
  const at = page.indexOf(table, start);
  return `${page.slice(0, at)}${markdownTable(rows)}\n${page.slice(at + table.length)}`;
}
