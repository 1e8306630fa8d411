/** The way of a user through the pages, in a real browser. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { signInAddress } from '../../src/accounts/sign-in-continuation.ts';
import { parseConfig } from '../../src/config.ts';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf, VERIFIER } from '../support/authorize-url.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { callbackPage, type Site, serveSite } from '../support/site.ts';

let site: Site;
let redirectUri = '';
let client = '';

const createClient = async (...more: string[]) =>
  (await admin<{ client_id: string }>('clients', 'create', '--auth-method', 'none', ...more)).client_id;

beforeAll(async () => {
  site = await serveSite((visit) => {
    // An application whose callback sends the user on to another origin.
    if (visit.url.pathname === '/elsewhere')
      return { status: 302, headers: { location: `http://other.test:${site.port}/arrived${visit.url.search}` } };
    return callbackPage(visit);
  });
  redirectUri = `http://127.0.0.1:${site.port}/callback`;
  client = await createClient(
    '--name',
    'Photo Album',
    '--redirect-uri',
    redirectUri,
    '--redirect-uri',
    `http://127.0.0.1:${site.port}/elsewhere`,
    '--redirect-uri',
    'com.example.album:/callback',
  );
});

afterAll(async () => {
  await site.close();
  await closeBrowser();
});

const back = (page: Page) => page.getByText('Back at the application').waitFor();
const allow = (page: Page) => page.getByRole('button', { name: 'Allow', exact: true }).click();

async function signedIn(): Promise<Page> {
  const page = await newPage();
  await page.goto(`${inject('worker').url}/sign-in`);
  await signInOn(page, inject('worker'));
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  return page;
}

/** Expressions for the browser, whose types this project does not have. */
const NAME_OF_FOCUS = `(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()`;

describe('by keyboard alone', () => {
  /** Presses Tab until the element with this name has the focus. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>(NAME_OF_FOCUS);
      if (focused.startsWith(name)) return;
    }
    throw new Error(`Tab never reached ${name}`);
  }

  it('a user signs in, leaves a scope out and allows', async () => {
    const page = await newPage();
    await page.goto(authorizeUrlOf(client, redirectUri));
    await tabTo(page, 'E-mail address');
    await page.keyboard.type(inject('worker').email);
    await tabTo(page, 'Password');
    await page.keyboard.type(inject('worker').password);
    await page.keyboard.press('Enter');
    await page.getByText('Allow Photo Album').first().waitFor();
    await tabTo(page, 'See your e-mail address');
    await page.keyboard.press('Space');
    await tabTo(page, 'Allow');
    await page.keyboard.press('Enter');
    await back(page);
    expect(page.url()).toMatch(/[?&]code=pc_0_/);
  });

  it('the first Tab offers to skip to the content', async () => {
    const page = await newPage();
    await page.goto(`${inject('worker').url}/sign-in`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(NAME_OF_FOCUS)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });
});

describe('without JavaScript', () => {
  it('signing in, consent and form_post work', async () => {
    const page = await newPage({ javaScriptEnabled: false });
    await page.goto(authorizeUrlOf(client, redirectUri, { response_mode: 'form_post' }));
    await signInOn(page, inject('worker'));
    await allow(page);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Back at the application').waitFor();
    const posted = new URLSearchParams(site.visits.at(-1)?.body);
    expect(posted.get('code')).toMatch(/^pc_0_/);
    expect(posted.get('iss')).toBe(inject('worker').url);
  });
});

describe('where a form leads to a client, Chromium lets it go on (form-action)', () => {
  it('a callback that redirects to another origin', async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, `http://127.0.0.1:${site.port}/elsewhere`));
    await allow(page);
    await back(page);
    expect(new URL(page.url()).host).toBe(`other.test:${site.port}`);
  });

  it('signing in where consent is not asked for: the form ends at the client', async () => {
    const trusted = await createClient('--name', 'Trusted', '--redirect-uri', redirectUri, '--trusted');
    const page = await newPage();
    await page.goto(authorizeUrlOf(trusted, redirectUri));
    await signInOn(page, inject('worker'));
    await back(page);
    expect(page.url()).toContain('code=');
  });

  it('signing in where consent is remembered: the form ends at a client elsewhere', async () => {
    await admin('settings', 'set', 'skip_authorization', 'true');
    try {
      const page = await newPage();
      // Not loopback, which would always be asked for: the browser finds the name on this machine.
      const uri = 'https://album.test/callback';
      const remembered = await createClient('--name', 'Remembered', '--redirect-uri', uri);
      await page.goto(authorizeUrlOf(remembered, uri));
      await signInOn(page, inject('worker'));
      const called = page.waitForRequest(/^https:\/\/album\.test/);
      await allow(page);
      const code = new URL((await called).url()).searchParams.get('code') ?? '';
      await redeem(remembered, uri, code);

      await page.context().clearCookies();
      // The first page is still on its way to an address at which nothing answers.
      const again = await page.context().newPage();
      await again.goto(authorizeUrlOf(remembered, uri));
      const calledAgain = again.waitForRequest(/^https:\/\/album\.test/);
      await signInOn(again, inject('worker'));
      expect(new URL((await calledAgain).url()).searchParams.get('code')).toMatch(/^pc_0_/);
    } finally {
      await admin('settings', 'set', 'skip_authorization', 'false');
    }
  });

  it('a private-use scheme', async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, 'com.example.album:/callback'));
    const violations: string[] = [];
    page.on('console', (message) => violations.push(message.text()));
    const answer = page.waitForResponse(/\/consent$/);
    await allow(page);
    expect((await answer).headers().location).toMatch(/^com\.example\.album:\/callback\?code=pc_0_/);
    await page.waitForTimeout(300);
    expect(violations.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  });

  it('form_post, with the script that submits the form', async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, redirectUri, { response_mode: 'form_post' }));
    await allow(page);
    await back(page);
    expect(site.visits.at(-1)?.method).toBe('POST');
  });
});

async function redeem(clientId: string, uri: string, code: string): Promise<void> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: uri, code_verifier: VERIFIER };
  const body = new URLSearchParams({ ...form, client_id: clientId });
  const response = await fetch(`${inject('worker').url}/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(await response.text());
}

describe('a cross-site POST to /authorize', () => {
  it('finds the session that a Lax cookie would not show it', async () => {
    const page = await signedIn();
    const { searchParams } = new URL(authorizeUrlOf(client, redirectUri));
    const fields = [...searchParams].map(([name, value]) => `<input name="${name}" value="${value}">`).join('');
    const foreign = await serveSite(() => ({
      body: `<form method="post" action="${inject('worker').url}/authorize">${fields}<button>Go</button></form>`,
    }));
    await page.goto(`http://foreign.test:${foreign.port}/`);
    await page.getByRole('button', { name: 'Go' }).click();
    await page.getByText('Allow Photo Album').first().waitFor();
    await foreign.close();
  });
});

describe('ways back', () => {
  /** A request that was answered when this part began, and its form, to be sent again in the end. */
  let answered: { page: Page; form: string; at: number };
  beforeAll(async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, redirectUri));
    const form = await page.locator('main form').evaluate((element) => element.outerHTML);
    await allow(page);
    await back(page);
    answered = { page, form, at: Date.now() };
  });

  it('the back button after consent shows the request afresh, and it can be answered again', async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, redirectUri));
    await allow(page);
    await back(page);
    await page.goBack();
    await page.getByText('Allow Photo Album').first().waitFor();
    await allow(page);
    await back(page);
    expect(page.url()).toContain('code=');
  });

  it('consent sent twice at once ends at the application', async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, redirectUri));
    await page.getByRole('button', { name: 'Allow', exact: true }).dblclick();
    await back(page);
    expect(page.url()).toContain('code=');
  });

  it('two tabs: signing out in one, the consent in the other says so and leads on', async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, redirectUri));
    const other = await page.context().newPage();
    await other.goto(`${inject('worker').url}/sign-out`);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByText('You are signed out').waitFor();
    await allow(page);
    await page.getByRole('heading', { name: 'You have signed out or changed accounts' }).waitFor();
    await page.getByRole('link', { name: 'Look at the request again' }).click();
    await signInOn(page, inject('worker'));
    await allow(page);
    await back(page);
  });

  it('two tabs of the sign-in page: both work', async () => {
    const first = await newPage();
    await first.goto(authorizeUrlOf(client, redirectUri, { state: 'one' }));
    const second = await first.context().newPage();
    await second.goto(authorizeUrlOf(client, redirectUri, { state: 'two' }));
    await signInOn(first, inject('worker'));
    await allow(first);
    await back(first);
    await signInOn(second, inject('worker'));
    await allow(second);
    await back(second);
    expect(second.url()).toContain('state=two');
  });

  it('the back button after signing in leads on, not to a dead form', async () => {
    const page = await newPage();
    await page.goto(authorizeUrlOf(client, redirectUri));
    await signInOn(page, inject('worker'));
    await page.getByText('Allow Photo Album').first().waitFor();
    await page.goBack();
    await page.getByText('Allow Photo Album').or(page.getByLabel('Password')).first().waitFor();
    if (await page.getByLabel('Password').isVisible()) await signInOn(page, inject('worker'));
    await page.getByText('Allow Photo Album').first().waitFor();
  });

  it('a session that was ended elsewhere while consent was shown: signing in leads back to the same request', async () => {
    const page = await signedIn();
    await page.goto(authorizeUrlOf(client, redirectUri));
    await page.context().clearCookies({ name: 'session' });
    await allow(page);
    await page.getByRole('link', { name: 'Look at the request again' }).click();
    await signInOn(page, inject('worker'));
    await allow(page);
    await back(page);
    expect(page.url()).toContain('state=the-state');
  });

  it('a sign-in page that is older than its request: the user is signed in, and told to start again', async () => {
    const { url, stateFolder } = inject('worker');
    const vars = parseEnv(readFileSync(join(stateFolder, '.dev.vars'), 'utf8'));
    const config = parseConfig({ ...vars, ISSUER: url });
    const path = await signInAddress(
      { config, moment: { requestId: '', now: Date.now() - 59 * 60_000 - 58_000 } },
      { to: '/account', ask: 'any' },
    );
    const page = await newPage();
    await page.goto(url + path);
    await page.waitForTimeout(2500);
    await signInOn(page, inject('worker'));
    await page.getByRole('heading', { name: 'This took too long' }).waitFor();
    await page.getByText('You are signed in as Administrator').waitFor();
    await page.goto(url + path);
    await page.getByRole('heading', { name: 'This took too long' }).waitFor();
  });

  it('cookies off: the page says so, and what to do', async () => {
    const page = await newPage();
    await page.goto(`${inject('worker').url}/sign-in`);
    await page.context().clearCookies();
    await signInOn(page, inject('worker'));
    await page.getByRole('heading', { name: 'Cookies are off' }).waitFor();
    await page.getByText('Allow cookies for this site').waitFor();
  });

  it('every error page shows the number that stands in the log', async () => {
    const page = await newPage();
    await page.goto(`${inject('worker').url}/authorize?client_id=c_none`);
    const number = await page.locator('.fine code').innerText();
    await expect.poll(() => readFileSync(inject('worker').logFile, 'utf8')).toContain(number);
  });

  it('consent sent a second time later: a page says so and leads on', async () => {
    const { page, form, at } = answered;
    // Longer than any double click.
    await page.waitForTimeout(Math.max(0, at + 10_500 - Date.now()));
    await page.goto(`${inject('worker').url}/account`);
    await page.locator('main').evaluate((main, html) => (main.innerHTML = html), form);
    await allow(page);
    await page.getByRole('heading', { name: 'You have answered this already' }).waitFor();
    await page.getByRole('link', { name: 'Look at the request again' }).click();
    await allow(page);
    await back(page);
  });
});

describe('the playground', () => {
  it('one button shows the whole flow, step by step, and the tokens decoded', async () => {
    const page = await newPage();
    await page.goto(inject('worker').url);
    await page.getByRole('button', { name: 'Run the flow' }).click();
    await page.getByRole('link', { name: 'Continue to sign in' }).click();
    await signInOn(page, inject('worker'));
    await allow(page);
    await page.getByRole('heading', { name: 'Use the token' }).waitFor();
    expect(await page.locator('.steps h3').allInnerTexts()).toEqual([
      'Discover the server',
      'Send the user to sign in and agree',
      'The answer comes back',
      'Exchange the code for tokens',
      'Use the token',
    ]);
    await page.getByText('"typ": "at+jwt"').waitFor();
    await page.getByRole('button', { name: 'Refresh the tokens' }).click();
    await page.getByRole('heading', { name: 'Refresh', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Run the flow again' }).waitFor();
  });

  it('pushes its request where the server takes no others', async () => {
    await admin('settings', 'set', 'require_pushed_authorization_requests', 'true');
    try {
      const page = await newPage();
      await page.goto(inject('worker').url);
      await page.getByRole('button', { name: 'Run the flow' }).click();
      await page.getByRole('heading', { name: 'Push the request' }).waitFor();
      await page.getByRole('link', { name: 'Continue to sign in' }).click();
      await signInOn(page, inject('worker'));
      await allow(page);
      await page.getByRole('heading', { name: 'Use the token' }).waitFor();
    } finally {
      await admin('settings', 'set', 'require_pushed_authorization_requests', 'false');
    }
  });

  it('is not there when the setting turns it off', async () => {
    await admin('settings', 'set', 'playground', 'off');
    try {
      const page = await newPage();
      // Other isolates may hold the setting for 30 seconds; this Worker has one, which forgot it.
      await page.goto(inject('worker').url);
      expect(await page.getByRole('button', { name: 'Run the flow' }).count()).toBe(0);
      expect((await page.goto(`${inject('worker').url}/playground`))?.status()).toBe(404);
    } finally {
      await admin('settings', 'set', 'playground', 'localhost');
    }
  });
});

const NOTES_WHAT_IS_SENT = `document.querySelector('input[name=password]').form
  .addEventListener('submit', () => { sessionStorage.type = document.querySelector('input[name=password]').type; })`;

describe('showing the password', () => {
  const type = (page: Page) => page.locator('input[name=password]').getAttribute('type');

  it('a control shows what is typed, and hides it again; by keyboard, too', async () => {
    const page = await newPage();
    await page.goto(`${inject('worker').url}/sign-in`);
    await page.locator('input[name=password]').fill('what is typed');
    expect(await type(page)).toBe('password');
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await type(page)).toBe('text');
    expect(await page.locator('input[name=password]').inputValue()).toBe('what is typed');
    await page.getByRole('button', { name: 'Hide password' }).press('Enter');
    expect(await type(page)).toBe('password');
    // The control sends nothing.
    expect(page.url()).toMatch(/\/sign-in$/);
  });

  it('what is shown is sent as a password, so that the browser offers to keep it as one', async () => {
    const page = await newPage();
    await page.goto(`${inject('worker').url}/sign-in`);
    await page.getByRole('button', { name: 'Show password' }).click();
    await page.evaluate(NOTES_WHAT_IS_SENT);
    await page.locator('input[name=email]').fill(inject('worker').email);
    await page.locator('input[name=password]').fill(inject('worker').password);
    await page.locator('input[name=password]').press('Enter');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(await page.evaluate('sessionStorage.type')).toBe('password');
  });

  it('without JavaScript there is no such control, and the password is sent all the same', async () => {
    const page = await newPage({ javaScriptEnabled: false });
    await page.goto(`${inject('worker').url}/sign-in`);
    expect(await page.getByRole('button', { name: 'Show password' }).count()).toBe(0);
    await signInOn(page, inject('worker'));
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });
});
