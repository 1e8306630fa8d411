/** Times on pages: near ones relative to now, others as a day in the language of the page, each with the exact time in its title. */
import { formatDay } from '../http/format-day.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../protocol/lifetimes.ts';

/** Nearer than this, a time is easier to read as a distance. */
const NEAR = 7 * DAY;

/** A time; `withTimes` replaces its text where it is near. @param time milliseconds. */
export function Minute({ time }: { time: number }) {
  const exact = new Date(time).toISOString();
  return (
    <time datetime={exact} title={exactUtc(exact)} data-near="">
      {exact.slice(0, 10)}
    </time>
  );
}

/** A time of which only the day matters, in UTC. @param time milliseconds. */
export function Day({ time }: { time: number }) {
  const exact = new Date(time).toISOString();
  return (
    <time datetime={exact} title={exactUtc(exact)}>
      {exact.slice(0, 10)}
    </time>
  );
}

const exactUtc = (exact: string): string => `${exact.slice(0, 10)} ${exact.slice(11, 19)} UTC`;

const TIME = /<time datetime="([^"]+)" title="[^"]+"( data-near="")?>[^<]*/g;

/**
 * The page with its times in its language, near ones as distances from now. The page is rendered once, so they need no state
 * in components.
 * @param language undefined for the console, whose days are sorted and copied: they stay as ISO 8601 has them.
 */
export function withTimes(html: string, now: number, language: string | undefined): string {
  const format = (exact: string) => (language ? formatDay(new Date(exact), language) : exact.slice(0, 10));
  const title = (exact: string) => (language ? formatExact(new Date(exact), language) : exactUtc(exact));
  return html.replaceAll(TIME, (_, exact: string, near: string | undefined) => {
    const distance = Date.parse(exact) - now;
    const isNear = near !== undefined && Math.abs(distance) < NEAR;
    return `<time datetime="${exact}" title="${title(exact)}">${isNear ? distanceOf(distance, language ?? 'en') : format(exact)}`;
  });
}

const formatExact = (time: Date, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long', timeZone: 'UTC' }).format(time);

/** Such as "5 minutes ago", "in 2 hours" or "yesterday". @param distance milliseconds, negative for the past. */
export function distanceOf(distance: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const [unit, length] = UNITS.find(([, least]) => Math.abs(distance) >= least) ?? ['second', SECOND];
  // Less than a minute is "now": a page is not read to the second.
  return unit === 'second' ? format.format(0, 'second') : format.format(Math.trunc(distance / length), unit);
}

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;
