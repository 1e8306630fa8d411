/** A real Chromium for the tests: CHROMIUM_PATH, else the one that comes with npm, else an installed one. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-browser',
];

/** The path of a Chromium that is there, or undefined. */
export async function findChromium(): Promise<string | undefined> {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  const packaged = await import('@sparticuz/chromium').then(
    ({ default: packed }) => packed.executablePath(),
    () => undefined,
  );
  return [packaged, ...INSTALLED].find((path) => path !== undefined && existsSync(path));
}

let browser: Promise<Browser> | undefined;

async function launch(): Promise<Browser> {
  const executablePath = await findChromium();
  if (!executablePath) throw new Error('There is no Chromium: set CHROMIUM_PATH.');
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    // A page stands for a second: code that is optimized for it costs more than it saves.
    '--js-flags=--no-opt,--no-maglev,--single-threaded',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Names of tests that are other origins on this machine; nothing is looked up elsewhere.
    '--host-resolver-rules=MAP *.test 127.0.0.1',
  ];
  return chromium.launch({ executablePath, headless: true, args });
}

/** A page in a browser of its own: no cookies, nothing remembered. */
export async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= launch();
  const context = await (await browser).newContext(options);
  const page = await context.newPage();
  // Half of a test's time: what takes longer fails with the name of what was waited for.
  page.setDefaultTimeout(30_000);
  return page;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** A device with a fingerprint reader, whose owner always agrees. */
export async function addAuthenticator(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    /** The answer of the user: at once, or never. */
    setPresence: (enabled: boolean) =>
      session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
  };
}

/** Fills in the sign-in page that is shown. */
export async function signInOn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
