/** The table of costs in the documentation: computed from the prices and the counted operations. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { costOfMillion, KV_DESIGN, POSTERN } from '../../../bench/cost.ts';

const page = readFileSync('docs/explanation/performance.md', 'utf8');

describe('docs/explanation/performance.md', () => {
  it.each(Object.entries(POSTERN))('has the cost of a million of %s', (name, counted) => {
    const other = name in KV_DESIGN ? `${costOfMillion(KV_DESIGN[name as keyof typeof KV_DESIGN])} ` : '';
    expect(page).toContain(`| ${name} | ${costOfMillion(counted)} | ${other}|`);
  });

  it('has the cost of an authorization with ten refreshes', () => {
    const withRefreshes = (design: typeof KV_DESIGN | typeof POSTERN) =>
      Number(costOfMillion(design['authorization code to tokens'])) + 10 * Number(costOfMillion(design.refresh));
    expect(page).toContain(
      `Postern costs ${withRefreshes(POSTERN).toFixed(2)} and the KV\ndesign ${withRefreshes(KV_DESIGN).toFixed(2)}`,
    );
  });
});
