/** docs/reference is generated from the definitions, and current. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reference } from '../../scripts/reference.ts';

describe('docs/reference', () => {
  it.each(Object.entries(reference()))('%s is current: else run npm run reference', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
