/** SECURITY.md names tests that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const named = [...new Set(readFileSync('SECURITY.md', 'utf8').match(/test\/[\w/-]+\.test\.ts/g))];

describe('SECURITY.md', () => {
  it('names a test for each statement, and each exists', () => {
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});
