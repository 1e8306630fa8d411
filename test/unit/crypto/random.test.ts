/** Random text: of the length asked for, of letters and digits, each as likely. */
import { describe, expect, it } from 'vitest';
import { randomText } from '../../../src/crypto/random.ts';

describe('randomText', () => {
  it('has the length asked for, and no two are alike', () => {
    const texts = Array.from({ length: 1000 }, () => randomText(22));
    expect(texts.every((text) => /^[0-9A-Za-z]{22}$/.test(text))).toBe(true);
    expect(new Set(texts).size).toBe(1000);
  });

  it('uses every letter about as often', () => {
    const counts = new Map<string, number>();
    for (const letter of Array.from({ length: 1000 }, () => randomText(62)).join(''))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // A thousand each; eight standard deviations around.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250);
  });
});
