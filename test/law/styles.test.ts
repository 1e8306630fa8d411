/** public/style.css is built from src/ui/styles, and current. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { builtStylesheet } from '../../scripts/styles.ts';

const STYLESHEET = readFileSync(join('public', 'style.css'), 'utf8');

describe('public/style.css', () => {
  it('is current: else run npm run styles', async () => {
    // Compared as a truth value: a difference would print both of them.
    expect((await builtStylesheet()) === STYLESHEET).toBe(true);
  });

  it('is at most 20 KB compressed', () => {
    expect(gzipSync(STYLESHEET).length).toBeLessThanOrEqual(20_000);
  });

  it('names no other origin', () => {
    expect(/@import|url\(["']?(https?:)?\/\//.exec(STYLESHEET)?.[0]).toBeUndefined();
  });
});
