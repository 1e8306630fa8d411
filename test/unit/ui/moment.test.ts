import { describe, expect, it } from 'vitest';
import { formatDay } from '../../../src/http/format-day.ts';
import { LANGUAGE_TAGS } from '../../../src/locales/languages.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/protocol/lifetimes.ts';
import { distanceOf, withTimes } from '../../../src/ui/moment.tsx';

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
    expect(withTimes(html, now, 'de')).toBe(
      '<time datetime="2026-11-29T08:00:00.000Z" title="29.11.2026, 08:00:00 UTC">vor 2 Stunden</time>',
    );
    expect(withTimes(html, now + 30 * DAY, 'de')).toContain('>29.11.2026<');
    expect(withTimes(html, now, undefined)).toBe(
      '<time datetime="2026-11-29T08:00:00.000Z" title="2026-11-29 08:00:00 UTC">2 hours ago</time>',
    );
    expect(withTimes(html, now + 30 * DAY, undefined)).toContain('>2026-11-29<');
  });
});

describe('a day is shown in the language of the page', () => {
  const DAYS: Record<string, string> = {
    en: 'Nov 29, 2026',
    de: '29.11.2026',
    fr: '29 nov. 2026',
    es: '29 nov 2026',
  };

  it.each(LANGUAGE_TAGS)('%s', (tag) => {
    expect(formatDay(new Date('2026-11-29T23:59:00Z'), tag)).toBe(DAYS[tag]);
  });
});
