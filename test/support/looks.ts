/**
 * Accessibility checks of a page in a browser: axe, and checks that axe lacks. The page is loaded once and seen
 * in several views. What depends on the view alone (contrast, size, what stands where) is checked in each; the rest of
 * axe's rules check the document, which is the same in all of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

type Media = NonNullable<Parameters<Page['emulateMedia']>[0]>;
/** A function of `in-page.js`. */
type Check = 'sideways' | 'focus' | 'borders' | 'drawings' | 'motion' | 'shifts';

type View = Media & {
  name: string;
  width: number;
  height: number;
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

/**
 * The views of a page: all with VIEWS=all (`npm run test:views`), else the two that find most and one of the others in turn.
 * @param page number of the page among those that are checked.
 */
export function viewsOf(page: number): readonly View[] {
  if (process.env.VIEWS === 'all') return ALL_VIEWS;
  const inTurn = ALL_VIEWS.filter(({ name }) => !IN_EACH_PAGE.includes(name));
  const chosen = inTurn[page % inTurn.length];
  return ALL_VIEWS.filter((view) => IN_EACH_PAGE.includes(view.name) || view === chosen);
}

/** Of a page without its pictures: everything that is read before it is there, compressed. */
const MOST_BYTES = 60_000;

const SCRIPT = readFileSync(join(import.meta.dirname, 'in-page.js'), 'utf8');

export type Finding = { view: string; what: string; where: readonly (string | number)[] };

/** Sets a page up to be loaded and checked. */
export async function prepare(page: Page): Promise<void> {
  const { width, height } = DESK;
  await page.setViewportSize({ width, height });
  await page.emulateMedia(PLAIN);
}

/**
 * Everything that is wrong with the page that is shown.
 * @param picture called in each view that has one, when the page stands in it.
 */
export async function findingsOf(
  page: Page,
  views: readonly View[] = ALL_VIEWS,
  picture?: (view: string) => Promise<unknown>,
): Promise<Finding[]> {
  await page.evaluate(SCRIPT);
  const bytes = await weigh(page);
  const findings: Finding[] = bytes > MOST_BYTES ? [{ view: '', what: 'weight', where: [bytes] }] : [];
  for (const view of views) {
    const { name, width, height, colorScheme, forcedColors, reducedMotion, largeText, axe, checks } = view;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, forcedColors, reducedMotion } as Media);
    if (largeText) await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
    if (picture && /-(light|dark)$/.test(name)) await picture(name);
    if (axe !== undefined) findings.push(...(await axeFindings(page, name, axe)));
    // `:focus-visible` is for those who press keys.
    if (checks.includes('focus')) await page.keyboard.press('Tab');
    for (const what of checks) {
      const where = await page.evaluate<string[]>(`looks.${what}()`);
      if (where.length > 0) findings.push({ view: name, what, where });
    }
    if (largeText) await page.evaluate(`document.documentElement.style.fontSize = ''`);
  }
  await prepare(page);
  return findings;
}

const sizes = new Map<string, number>();

/** Compressed bytes of the page, its stylesheets and its scripts. */
async function weigh(page: Page): Promise<number> {
  let sum = gzipSync(await page.content()).length;
  for (const address of await page.evaluate<string[]>('looks.parts()')) {
    const size = sizes.get(address) ?? gzipSync(await (await page.context().request.get(address)).body()).length;
    sizes.set(address, size);
    sum += size;
  }
  return sum;
}

type Violation = { id: string; nodes: { html: string }[] };

async function axeFindings(page: Page, view: string, rules: NonNullable<View['axe']>): Promise<Finding[]> {
  const run =
    rules === 'all'
      ? // WCAG 2.5.8 is one that axe leaves out unless it is asked for. No page has a frame to be put together with.
        new AxeBuilder({ page })
          .setLegacyMode()
          .options({ rules: { 'target-size': { enabled: true } } })
          .analyze()
      : // It is in the page already, since the first view.
        page.evaluate<{ violations: Violation[] }>(`axe.run({ runOnly: ${JSON.stringify(rules)} })`);
  const { violations } = await run;
  return violations.map(({ id, nodes }) => ({ view, what: id, where: nodes.map(({ html }) => html) }));
}
