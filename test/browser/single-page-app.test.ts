/** A single-page app on another origin, with an independent client library, in a browser that enforces CORS. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { type Site, serveSite } from '../support/site.ts';

const LIBRARY = readFileSync('node_modules/oauth4webapi/build/index.js', 'utf8');

/** The application of docs/how-to/single-page-app.md, as it stands there, for this server and client. */
function app(issuer: string, clientId: string): string {
  const page = readFileSync('docs/how-to/single-page-app.md', 'utf8');
  const html = /^```html\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  return html.replace('http://localhost:8787', issuer).replace('YOUR_CLIENT_ID', clientId);
}

let clientId = '';
let site: Site;
const origin = () => `http://127.0.0.1:${site.port}`;

beforeAll(async () => {
  const { url } = inject('worker');
  site = await serveSite(({ url: { pathname } }) => {
    if (pathname === '/oauth4webapi.js') return { body: LIBRARY, headers: { 'content-type': 'text/javascript' } };
    return pathname === '/' ? { body: app(url, clientId) } : undefined;
  });
  const created = await admin<{ client_id: string }>(
    'clients',
    'create',
    '--name',
    'Single-page app',
    '--auth-method',
    'none',
    '--redirect-uri',
    `${origin()}/`,
  );
  clientId = created.client_id;
});

afterAll(async () => {
  await admin('settings', 'set', 'allowed_public_client_origins', '');
  await site.close();
  await closeBrowser();
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const says = (page: Page) => page.locator('#outcome').innerText();

async function outcome(page: Page): Promise<string> {
  await page.goto(origin());
  await press(page, 'Sign in');
  await signInOn(page, inject('worker'));
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByText(/^(Signed in|It failed)/).waitFor();
  return page.locator('#outcome').innerText();
}

describe('CORS, as a browser enforces it', () => {
  it('an app on another origin is refused by the browser, and the log names the setting and the line to add', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', 'https://another.example');
    const page = await newPage();
    await page.goto(origin());
    // Its page reads the metadata, which is open; the token endpoint is not.
    await press(page, 'Sign in');
    await signInOn(page, inject('worker'));
    await press(page, 'Allow');
    await expect.poll(() => says(page)).toMatch(/^It failed: TypeError/);
    const log = () => readFileSync(inject('worker').logFile, 'utf8');
    await expect.poll(log).toContain(`add this line to the setting allowed_public_client_origins: ${origin()}"`);
  });

  it('an app on an allowed origin completes the flow: discovery, code with PKCE, refresh, its APIs', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', `https://another.example\\n${origin()}`);
    const page = await newPage();
    const signedIn = `Signed in as Administrator, ${inject('worker').email}`;
    expect(await outcome(page)).toBe(signedIn);
    // Reloading sends no code again: nothing of the answer is left in the address bar or the history.
    expect(page.url()).toBe(`${origin()}/`);
    const expire = () =>
      page.evaluate(() => {
        const before = JSON.parse(sessionStorage.tokens);
        sessionStorage.tokens = JSON.stringify({ ...before, expiresAt: 0 });
        return before.access_token as string;
      });
    const first = await expire();
    await page.reload();
    await expect.poll(() => says(page)).toBe(signedIn);
    expect(await expire()).not.toBe(first);
    await page.reload();
    await expect.poll(() => says(page)).toBe(signedIn);

    const { refresh_token } = JSON.parse(await page.evaluate(() => sessionStorage.tokens));
    await press(page, 'Sign out');
    await expect.poll(() => says(page)).toBe('You are signed out.');
    const refresh = async () => {
      const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token });
      return (await fetch(`${inject('worker').url}/token`, { method: 'POST', body })).status;
    };
    await expect.poll(refresh, { timeout: 10_000 }).toBe(400);
    await page.reload();
    await expect.poll(() => says(page)).toBe('You are signed out.');
  });

  it('an app whose user denies it says so, and does not ask again automatically', async () => {
    const page = await newPage();
    await page.goto(origin());
    await press(page, 'Sign in');
    await signInOn(page, inject('worker'));
    await press(page, 'Deny');
    await expect.poll(() => says(page)).toBe('You did not allow it.');
    expect(page.url()).toBe(`${origin()}/`);
    await page.reload();
    await expect.poll(() => says(page)).toBe('You are signed out.');
  });

  it('an app on an allowed origin can read the challenge that tells it where to ask', async () => {
    const page = await newPage();
    await page.goto(`${origin()}/?error=none`);
    const challenge = await page.evaluate(
      async (url) => (await fetch(url)).headers.get('www-authenticate'),
      `${inject('worker').url}/api/me`,
    );
    expect(challenge).toMatch(/^Bearer .*resource_metadata=/);
  });

  it('so does one that an administrator allowed for its client alone', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', '');
    await admin('clients', 'change', clientId, '--origin', origin());
    expect(await outcome(await newPage())).toMatch(/^Signed in/);
  });
});
