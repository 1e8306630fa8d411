/** A single-page app on another origin, with somebody else's client library, in a browser that enforces CORS. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { type Site, serveSite } from '../support/site.ts';

const LIBRARY = readFileSync('node_modules/oauth4webapi/build/index.js', 'utf8');

/** The application of docs/your-single-page-app.md, as it stands there, for this server and client. */
function app(issuer: string, clientId: string): string {
  const page = readFileSync('docs/your-single-page-app.md', 'utf8');
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
    ...['clients', 'create', '--name', 'Single-page app', '--auth-method', 'none', '--redirect-uri', `${origin()}/`],
  );
  clientId = created.client_id;
});

afterAll(async () => {
  await admin('settings', 'set', 'allowed_public_client_origins', '');
  await site.close();
  await closeBrowser();
});

async function outcome(page: Page): Promise<string> {
  await page.goto(origin());
  await signInOn(page, inject('worker'));
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByText(/^(Signed in|It failed)/).waitFor();
  return page.locator('#outcome').innerText();
}

describe('CORS, as a browser enforces it', () => {
  it('an app on another origin is refused by the browser, and the log names the setting and the line to add', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', 'https://another.example');
    expect(await outcome(await newPage())).toMatch(/^It failed: TypeError/);
    const log = () => readFileSync(inject('worker').logFile, 'utf8');
    await expect.poll(log).toContain(`add this line to the setting allowed_public_client_origins: ${origin()}"`);
  });

  it('an app on an allowed origin completes the flow: discovery, code with PKCE, refresh, its APIs', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', `https://another.example\\n${origin()}`);
    expect(await outcome(await newPage())).toBe(`Signed in as Administrator, ${inject('worker').email}`);
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
