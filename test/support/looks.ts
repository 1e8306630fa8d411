/**
 * Accessibility checks of a page in a browser: axe, and checks that axe lacks. The page is loaded once and seen
 * in several views. What depends on the view alone (contrast, size, what stands where) is checked in each; the rest of
 * axe's rules check the document, which is the same in all of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

type Media = NonNullable<Parameters<Page['emulateMedia']>[0]>;
/** A function of `in-page.js`. */
type Check = 'sideways' | 'focus' | 'borders' | 'drawings' | 'motion' | 'shifts';

type Size = { width: number; height: number };

type View = Media &
  Size & {
    name: string;
    /** The rules of axe. Default: all. */
    axe?: 'all' | readonly string[];
    checks: readonly Check[];
    /** Text alone is twice as large. */
    largeText?: true;
  };

/** Contrast depends on the colours, these on what stands where, too. */
const COLOUR = ['color-contrast', 'link-in-text-block'] as const;
const PLACE = ['target-size', 'scrollable-region-focusable', 'aria-required-children', 'aria-required-parent'] as const;

const PLAIN = { colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' } as const;
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/**
 * The page is loaded in the first. Colour-dependent rules are checked in both schemes, layout-dependent ones in all
 * widths.
 */
const ALL_VIEWS: readonly View[] = [
  { ...PLAIN, ...DESK, name: 'desktop-light', axe: 'all', checks: ['shifts', 'sideways', 'focus'] },
  { ...PLAIN, ...DESK, name: 'desktop-dark', colorScheme: 'dark', axe: COLOUR, checks: [] },
  { ...PLAIN, ...DESK, name: 'large text', largeText: true, checks: ['sideways'] },
  // A window of 1280 px, enlarged twice.
  { ...PLAIN, width: 640, height: 450, name: 'zoomed', checks: ['sideways'] },
  { ...PLAIN, width: 768, height: 1024, name: 'tablet-light', axe: PLACE, checks: ['sideways', 'focus'] },
  { ...PLAIN, width: 1600, height: 1000, name: 'wide-light', axe: PLACE, checks: ['sideways', 'focus'] },
  { ...PLAIN, ...PHONE, name: 'phone-dark', colorScheme: 'dark', checks: [] },
  { ...PLAIN, ...PHONE, name: 'phone-light', checks: ['sideways'] },
  {
    ...PLAIN,
    width: 320,
    height: 568,
    name: 'narrow',
    forcedColors: 'active',
    reducedMotion: 'reduce',
    axe: PLACE,
    checks: ['sideways', 'focus', 'borders', 'drawings', 'motion'],
  },
];

/** These two find nearly everything that the others find. */
const IN_EACH_PAGE = ['desktop-light', 'narrow'];

const OTHERS = ALL_VIEWS.filter(({ name }) => !IN_EACH_PAGE.includes(name));

/** One of the views that few pages are checked in. @param page number of the page among those that are checked. */
export const viewsInTurn = (page: number): readonly View[] => OTHERS.slice(page % OTHERS.length).slice(0, 1);

/**
 * The views of a page: all with VIEWS=all (`npm run test:views`), else the two that find most and one of the others in turn.
 * @param page number of the page among those that are checked.
 */
export function viewsOf(page: number): readonly View[] {
  if (process.env.VIEWS === 'all') return ALL_VIEWS;
  const inTurn = viewsInTurn(page);
  return ALL_VIEWS.filter((view) => IN_EACH_PAGE.includes(view.name) || inTurn.includes(view));
}

/** Of a page without its pictures: everything that is read before it is there, compressed. */
const MOST_BYTES = 60_000;

/** Stands in each document from its start, but axe is only loaded where it is asked: it is long. */
const SCRIPT = `${readFileSync(join(import.meta.dirname, 'in-page.js'), 'utf8')}
globalThis.loadAxe = () => {${readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8')}
};`;

export type Finding = { view: string; what: string; where: readonly (string | number)[] };

/** Pages that were prepared, and the media that each has now. */
const prepared = new WeakMap<Page, string>();

/** Sets a page up to be loaded and checked. */
export async function prepare(page: Page): Promise<void> {
  if (!prepared.has(page)) await page.addInitScript({ content: SCRIPT });
  await standIn(page, { ...PLAIN, ...DESK });
}

/** True where a prepared page shows a text. */
export const isSaid = (page: Page, text: string) => page.evaluate<boolean>(`looks.says(${JSON.stringify(text)})`);

async function standIn(page: Page, { width, height, colorScheme, forcedColors, reducedMotion }: Size & Media) {
  const now = page.viewportSize();
  if (now?.width !== width || now.height !== height) await page.setViewportSize({ width, height });
  const media = { colorScheme, forcedColors, reducedMotion } as Media;
  if (prepared.get(page) !== JSON.stringify(media)) await page.emulateMedia(media);
  prepared.set(page, JSON.stringify(media));
}

/**
 * Everything that is wrong with the page that is shown, which was loaded after `prepare`, and stands in the last view then.
 * @param picture called in each view that has one, when the page stands in it.
 */
export async function findingsOf(
  page: Page,
  views: readonly View[] = ALL_VIEWS,
  picture?: (view: string) => Promise<unknown>,
): Promise<Finding[]> {
  // A text is there before the styles that come for it.
  await page.waitForLoadState();
  const bytes = await weigh(page);
  const findings: Finding[] = bytes > MOST_BYTES ? [{ view: '', what: 'weight', where: [bytes] }] : [];
  for (const view of views) {
    const { name, largeText, axe, checks } = view;
    await standIn(page, view);
    if (largeText) await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
    if (picture && /-(light|dark)$/.test(name)) await picture(name);
    const found = axe === undefined ? [] : await violationsOn(page, axe);
    // `:focus-visible` is for those who press keys.
    if (checks.includes('focus')) await page.keyboard.press('Tab');
    if (checks.length > 0) found.push(...(await ask(page, `findings(${JSON.stringify(checks)})`)));
    if (largeText) await page.evaluate(`document.documentElement.style.fontSize = ''`);
    findings.push(...found.map((finding) => ({ view: name, ...finding })));
  }
  return findings;
}

const ask = (page: Page, call: string) => page.evaluate<Omit<Finding, 'view'>[]>(`looks.${call}`);

/** WCAG 2.5.8 is one that axe leaves out unless it is asked for. */
const ALL_RULES = { rules: { 'target-size': { enabled: true } } };

/** The findings of axe on the page that is shown, which was loaded after `prepare`. */
export const violationsOn = (page: Page, rules: NonNullable<View['axe']> = 'all') =>
  ask(page, `violations(${JSON.stringify(rules === 'all' ? ALL_RULES : { runOnly: rules })})`);

const sizes = new Map<string, number>();

/** Compressed bytes of the page, its stylesheets and its scripts. */
async function weigh(page: Page): Promise<number> {
  const { html, parts } = await page.evaluate<{ html: string; parts: string[] }>('looks.whole()');
  let sum = gzipSync(html).length;
  for (const address of parts) {
    const size = sizes.get(address) ?? gzipSync(await (await page.context().request.get(address)).body()).length;
    sizes.set(address, size);
    sum += size;
  }
  return sum;
}
