/** What a browser says that it is, in a word or two: enough to recognise one's own. */

/** The first that fits: many browsers also call themselves by the names further down. */
const BROWSERS: readonly [name: string, pattern: RegExp][] = [
  ['Edge', /\bEdgi?A?(OS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|Chromium|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
];

const SYSTEMS: readonly [name: string, pattern: RegExp][] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['Mac', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
];

export function deviceOf(userAgent: string | null): { browser: string | undefined; system: string | undefined } {
  const first = (list: readonly [string, RegExp][]) => list.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0];
  return { browser: first([...BROWSERS]), system: first([...SYSTEMS]) };
}

type Say = { unknownDevice: string; on: (browser: string, system: string) => string };

export function deviceName(userAgent: string | null, say: Say): string {
  const { browser, system } = deviceOf(userAgent);
  return browser && system ? say.on(browser, system) : (browser ?? system ?? say.unknownDevice);
}
