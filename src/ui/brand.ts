/** The brand of the pages: name, logo and accent colour from the settings, every colour made readable (WCAG 2.2). */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { externalImage, sendImage } from '../http/outbound/external-image.ts';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Settings } from '../protocol/settings.ts';

export type Brand = { name: string; logo: string | undefined; stylesheet: string | undefined };

export const BRAND_STYLESHEET = '/brand.css';
export const BRAND_LOGO = '/brand-logo';

/** Reads the brand of the page layout from the settings. */
export function brandOf(settings: Settings): Brand {
  const { brand_name, brand_logo, brand_colour } = settings;
  return {
    name: brand_name,
    // A path is a file of ours; anything else is fetched once, and never linked from a page to its origin.
    logo: brand_logo === '' ? undefined : brand_logo.startsWith('/') ? brand_logo : BRAND_LOGO,
    stylesheet: brand_colour === '' ? undefined : `${BRAND_STYLESHEET}?colour=${brand_colour.slice(1).toLowerCase()}`,
  };
}

/** GET /brand.css: the content depends on the URL alone, so it is cached as immutable. */
export function brandStylesheet(c: Context<Web>) {
  const colour = c.req.query('colour') ?? '';
  if (!/^[0-9a-f]{6}$/.test(colour)) throw new OAuthError('not_found', 'this is not a colour.');
  return c.body(stylesheetFor(`#${colour}`), 200, {
    'Content-Type': 'text/css; charset=utf-8',
    'Cache-Control': `public, max-age=${(365 * DAY) / SECOND}, immutable`,
  });
}

/** GET /brand-logo: the image that the setting `brand_logo` names. */
export async function brandLogo(c: Context<Web>) {
  const { brand_logo } = await c.get('deps').settings();
  const found = /^https?:/.test(brand_logo) ? await externalImage(c, brand_logo, 'recorded') : undefined;
  if (!found) throw new OAuthError('not_found', 'no logo is set, or it cannot be fetched.');
  return sendImage(c, found);
}

type Rgb = readonly [red: number, green: number, blue: number];
type Scheme = { backgrounds: readonly string[]; paper: string; towards: Rgb };

/** The backgrounds of public/style.css on which the accent is text, and the colour to mix in for contrast. */
const LIGHT_SCHEME: Scheme = { backgrounds: ['#f5f6f4', '#ffffff'], paper: '#ffffff', towards: [0, 0, 0] };
const DARK_SCHEME: Scheme = { backgrounds: ['#121816', '#1b2320'], paper: '#1b2320', towards: [255, 255, 255] };

/** WCAG 2.2 §1.4.3 */
const MIN_CONTRAST = 4.5;

/** The stylesheet for an accent colour: in each colour scheme changed only as far as its contrast requires. */
export function stylesheetFor(colour: string): string {
  const rules = (scheme: Scheme) =>
    `:root{${Object.entries(coloursFor(colour, scheme))
      .map(([name, value]) => `--${name}:${value}`)
      .join(';')}}`;
  return `${rules(LIGHT_SCHEME)}@media (prefers-color-scheme:dark){${rules(DARK_SCHEME)}}`;
}

function coloursFor(colour: string, { backgrounds, paper, towards }: Scheme) {
  for (let share = 0; ; share += 0.02) {
    const accent = mix(parse(colour), towards, Math.min(1, share));
    const info = mix(parse(paper), accent, 0.1);
    if (share >= 1 || [...backgrounds.map(parse), info].every((ground) => contrast(accent, ground) >= MIN_CONTRAST)) {
      return { accent: print(accent), 'on-accent': textOn(accent), info: print(info) };
    }
  }
}

/** Black or white: one of them is always readable. */
const textOn = (ground: Rgb) => (contrast([255, 255, 255], ground) >= MIN_CONTRAST ? '#ffffff' : '#000000');

/** WCAG 2.2, contrast ratio. */
export function contrastOf(one: string, other: string): number {
  return contrast(parse(one), parse(other));
}

function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, relative luminance. */
function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

const mix = (from: Rgb, to: Rgb, share: number): Rgb => [
  Math.round(from[0] + (to[0] - from[0]) * share),
  Math.round(from[1] + (to[1] - from[1]) * share),
  Math.round(from[2] + (to[2] - from[2]) * share),
];

const parse = (colour: string): Rgb => [
  Number.parseInt(colour.slice(1, 3), 16),
  Number.parseInt(colour.slice(3, 5), 16),
  Number.parseInt(colour.slice(5, 7), 16),
];

const print = (rgb: Rgb): string => `#${rgb.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
