/** Times on pages: near ones relative to now, others as a day, each with the exact time in its title. */
import { DAY, HOUR, MINUTE, SECOND } from '../protocol/lifetimes.ts';

/** Nearer than this, a time is easier to read as a distance. */
const NEAR = 7 * DAY;

/** A time; `withDistances` replaces its text where it is near. @param time milliseconds. */
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

const NEAR_TIME = /(<time datetime="([^"]+)" title="[^"]+") data-near="">[^<]*/g;

/** The page with its near times as distances from now. The page is rendered once, so they need no state in components. */
export function withDistances(html: string, now: number, language: string): string {
  return html.replaceAll(NEAR_TIME, (_, element: string, exact: string) => {
    const distance = Date.parse(exact) - now;
    return `${element}>${Math.abs(distance) < NEAR ? distanceOf(distance, language) : exact.slice(0, 10)}`;
  });
}

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
