/** The browser and operating system of a User-Agent header, for the list of sessions. */

/** The first match counts: many browsers also send the names of later entries. */
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

function parseUserAgent(userAgent: string | null): { browser: string | undefined; system: string | undefined } {
  const first = (list: readonly [string, RegExp][]) => list.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0];
  return { browser: first([...BROWSERS]), system: first([...SYSTEMS]) };
}

type DeviceTexts = { unknownDevice: string; on: (browser: string, system: string) => string };

export function deviceName(userAgent: string | null, texts: DeviceTexts): string {
  const { browser, system } = parseUserAgent(userAgent);
  return browser && system ? texts.on(browser, system) : (browser ?? system ?? texts.unknownDevice);
}
