/** How the operator's name, picture and colour come onto the pages, whatever colour they chose. */
import type { Context } from 'hono';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Web } from './context.ts';
import { picture, sendPicture } from './picture.ts';

export type Brand = { name: string; logo: string | undefined; stylesheet: string | undefined };

export const BRAND_STYLESHEET = '/brand.css';
export const BRAND_LOGO = '/brand-logo';

/** What the frame of a page shows. */
export function brandOf(settings: Settings): Brand {
  const { brand_name, brand_logo, brand_colour } = settings;
  return {
    name: brand_name,
    // A path is a file of ours; anything else is fetched once, and never linked from a page to its origin.
    logo: brand_logo === '' ? undefined : brand_logo.startsWith('/') ? brand_logo : BRAND_LOGO,
    stylesheet: brand_colour === '' ? undefined : `${BRAND_STYLESHEET}?colour=${brand_colour.slice(1).toLowerCase()}`,
  };
}

/** GET /brand.css: it depends on nothing but its address, so a browser may keep it. */
export function brandStylesheet(c: Context<Web>) {
  const colour = c.req.query('colour') ?? '';
  if (!/^[0-9a-f]{6}$/.test(colour)) throw new OAuthError('not_found', 'this is not a colour.');
  return c.body(stylesheetFor(`#${colour}`), 200, {
    'Content-Type': 'text/css; charset=utf-8',
    'Cache-Control': `public, max-age=${(365 * DAY) / SECOND}, immutable`,
  });
}

/** GET /brand-logo: the picture that the settings name. */
export async function brandLogo(c: Context<Web>) {
  const { brand_logo } = await c.get('deps').settings();
  const found = /^https?:/.test(brand_logo) ? await picture(c, brand_logo) : undefined;
  if (!found) throw new OAuthError('not_found', 'no logo is set here, or it cannot be fetched.');
  return sendPicture(c, found);
}

type Rgb = readonly [red: number, green: number, blue: number];
type Scheme = { grounds: readonly string[]; paper: string; towards: Rgb };

/** The grounds of public/style.css on which the accent stands as text, and where it goes to be readable there. */
const LIGHT: Scheme = { grounds: ['#f5f6f4', '#ffffff'], paper: '#ffffff', towards: [0, 0, 0] };
const DARK: Scheme = { grounds: ['#121816', '#1b2320'], paper: '#1b2320', towards: [255, 255, 255] };

/** WCAG 2.2 §1.4.3 */
const READABLE = 4.5;

/** The colour in both schemes, moved only as far as it must be to stay readable. */
export function stylesheetFor(colour: string): string {
  const rules = (scheme: Scheme) =>
    `:root{${Object.entries(coloursFor(colour, scheme))
      .map(([name, value]) => `--${name}:${value}`)
      .join(';')}}`;
  return `${rules(LIGHT)}@media (prefers-color-scheme:dark){${rules(DARK)}}`;
}

function coloursFor(colour: string, { grounds, paper, towards }: Scheme) {
  for (let share = 0; ; share += 0.02) {
    const accent = mix(parse(colour), towards, Math.min(1, share));
    const info = mix(parse(paper), accent, 0.1);
    if (share >= 1 || [...grounds.map(parse), info].every((ground) => contrast(accent, ground) >= READABLE)) {
      return { accent: print(accent), 'on-accent': textOn(accent), info: print(info) };
    }
  }
}

/** Black or white: one of them is always readable. */
const textOn = (ground: Rgb) => (contrast([255, 255, 255], ground) >= READABLE ? '#ffffff' : '#000000');

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
