/** Tables that a benchmark writes into a page. */
import { describe, expect, it } from 'vitest';
import { markdownTable, replaceTable } from '../../../scripts/bench/markdown-table.ts';

const ROWS = [
  ['operation', 'ratio'],
  ['refresh', '1.63'],
];
const TABLE = '| operation | ratio |\n| --- | ---: |\n| refresh | 1.63 |';

describe('a table of a page', () => {
  it('aligns columns of numbers to the right', () => {
    expect(markdownTable(ROWS)).toBe(TABLE);
  });

  it('replaces the first one below its heading, and nothing else', () => {
    const page = (table: string) =>
      `# Page\n\n| other |\n| --- |\n\n## Costs\n\nText.\n\n${table}\n\nMore.\n\n| later |\n| --- |\n`;
    expect(replaceTable(page('| old |\n| --- |\n| row |'), '## Costs', ROWS)).toBe(page(TABLE));
  });

  it('is missing where the heading has none', () => {
    expect(() => replaceTable('# Page\n\n## Costs\n', '## Costs', ROWS)).toThrow('no table below');
    expect(() => replaceTable('# Page\n', '## Costs', ROWS)).toThrow('no table below');
  });
});
