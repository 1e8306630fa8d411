import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/protocol/lifetimes.ts';
import { distanceOf, withDistances } from '../../../src/ui/moment.tsx';

describe('a time near now is shown as a distance', () => {
  it.each([
    [-10 * SECOND, 'now'],
    [-5 * MINUTE - 10 * SECOND, '5 minutes ago'],
    [-2 * HOUR, '2 hours ago'],
    [-DAY, 'yesterday'],
    [-3 * DAY, '3 days ago'],
    [59 * MINUTE, 'in 59 minutes'],
    [DAY + HOUR, 'tomorrow'],
  ])('%i ms is "%s"', (distance, text) => {
    expect(distanceOf(distance, 'en')).toBe(text);
  });

  it('in the language of the page', () => {
    expect(distanceOf(-2 * HOUR, 'de')).toBe('vor 2 Stunden');
  });

  it('and keeps its exact time in the page', () => {
    const html =
      '<time datetime="2026-11-29T08:00:00.000Z" title="2026-11-29 08:00:00 UTC" data-near="">2026-11-29</time>';
    const now = Date.parse('2026-11-29T10:00:00Z');
    expect(withDistances(html, now, 'en')).toBe(
      '<time datetime="2026-11-29T08:00:00.000Z" title="2026-11-29 08:00:00 UTC">2 hours ago</time>',
    );
    expect(withDistances(html, now + 30 * DAY, 'en')).toContain('>2026-11-29<');
  });
});
