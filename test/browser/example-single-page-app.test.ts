/** examples/single-page-app calls examples/api, both on origins of their own, in a browser that enforces CORS. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { freePorts, type Ports, startExample } from '../support/example.ts';
import { prepare, violationsOn } from '../support/looks.ts';
import { runScript, type Started, stopAll } from '../support/started.ts';

const SETTING = 'allowed_public_client_origins';
const ANOTHER = 'https://another.example';

let ports: Ports;
let app: Started;
const origin = () => `http://localhost:${ports.APP_PORT}`;

beforeAll(async () => {
  ports = await freePorts();
  await admin('settings', 'set', SETTING, ANOTHER);
  [app] = await Promise.all([startExample('single-page-app', ports), startExample('api', ports)]);
});

afterAll(async () => {
  await closeBrowser();
  await stopAll();
  await admin('settings', 'set', SETTING, '');
});

const tasks = (page: Page) => page.getByRole('listitem').allInnerTexts();
const alert = (page: Page) => page.getByRole('alert').innerText();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** The access token; with `expiresAt` its time is another from now on. */
const token = (page: Page, changes: { expiresAt?: number } = {}) =>
  page.evaluate((changed) => {
    const tokens = { ...JSON.parse(sessionStorage.tokens), ...changed };
    sessionStorage.tokens = JSON.stringify(tokens);
    return tokens.access as string;
  }, changes);

async function add(page: Page, task: string): Promise<void> {
  await page.getByLabel('New task').fill(task);
  await press(page, 'Add');
}

const grantOf = (access: string) => (JSON.parse(atob(access.split('.')[1] ?? '')) as { grant: string }).grant;

async function isGranted(grant: string): Promise<boolean> {
  const { grants } = await admin<{ grants: { id: string; status: string }[] }>('grants', 'list');
  return grants.some(({ id, status }) => id === grant && status === 'active');
}

/** The page as it is now, at the two ends of the views: its colours are the browser's own. */
async function look(page: Page, name: string): Promise<void> {
  for (const { name: view, viewport, colorScheme } of [
    { name: 'phone-light', viewport: { width: 375, height: 812 }, colorScheme: 'light' },
    { name: 'desktop-dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  ] as const) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    expect(await violationsOn(page)).toEqual([]);
    const { SCREENSHOTS: folder } = process.env;
    if (!folder) continue;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `example-${name}-${view}.png`), fullPage: true });
  }
}

describe('the single-page app and the API of examples/', () => {
  it('signs in, calls, refreshes, calls again, and is signed out when its grant is revoked', async () => {
    const page = await newPage();
    await prepare(page);
    await page.goto(origin());
    await press(page, 'Sign in');
    await signInOn(page, inject('worker'));
    await page.getByText('Add tasks').waitFor();
    await press(page, 'Deny');
    await expect.poll(() => alert(page)).toBe('You did not allow it.');
    await look(page, 'signed-out');

    await press(page, 'Sign in');
    await press(page, 'Allow');
    await add(page, 'Buy milk');
    expect(page.url()).toBe(`${origin()}/`);
    await expect.poll(() => tasks(page)).toEqual(['Buy milk']);

    const first = await token(page, { expiresAt: 0 });
    await add(page, 'Write <b>home</b>');
    await expect.poll(() => tasks(page)).toEqual(['Buy milk', 'Write <b>home</b>']);
    expect(await token(page)).not.toBe(first);
    await page.reload();
    await expect.poll(() => tasks(page)).toEqual(['Buy milk', 'Write <b>home</b>']);
    await look(page, 'signed-in');

    await admin('grants', 'revoke', grantOf(first));
    await add(page, 'Too late');
    await expect.poll(() => alert(page)).toBe('Your permission has ended. Sign in again.');

    await press(page, 'Sign in');
    await press(page, 'Allow');
    await expect.poll(() => tasks(page)).toEqual(['Buy milk', 'Write <b>home</b>']);
    const grant = grantOf(await token(page));
    expect(await isGranted(grant)).toBe(true);
    await press(page, 'Sign out');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await expect.poll(() => isGranted(grant), { timeout: 10_000 }).toBe(false);
  });

  it('registers what it needs once, beside what was there', async () => {
    const registered = async () => {
      const { clients } = await admin<{ clients: { metadata: { redirect_uris: string[] } }[] }>('clients', 'list');
      const ours = clients.filter(({ metadata }) => metadata.redirect_uris.includes(`${origin()}/`));
      return { clients: ours.length, value: (await admin('settings', 'get', SETTING)).value };
    };
    const once = { clients: 1, value: `${ANOTHER}\n${origin()}` };
    expect(await registered()).toEqual(once);
    await app.stop();
    await startExample('single-page-app', ports);
    expect(await registered()).toEqual(once);
  });

  it('refuses a name that is none, and a port that is in use', async () => {
    const { stateFolder, url } = inject('worker');
    const here = { stateFolder, port: Number(new URL(url).port), env: ports };
    const { code, output } = await runScript('example', { ...here, parameters: ['constructor'] });
    expect([code, output]).toEqual([1, expect.stringContaining('Name an example: mcp-server, api, single-page-app.')]);
    const again = await runScript('example', { ...here, parameters: ['api'] });
    expect([again.code, again.output]).toEqual([1, expect.stringContaining(`Port ${ports.API_PORT} is in use`)]);
  });
});
