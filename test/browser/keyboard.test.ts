/** Tasks of users and administrators with a keyboard alone (WCAG 2.1.1, 2.4.3, 2.4.7). */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf, VERIFIER } from '../support/authorize-url.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { Keyboard } from '../support/keyboard.ts';
import { callbackPage, type Site, serveSite } from '../support/site.ts';

const who = { email: `keys-${Date.now()}@example.com`, password: 'a password to type' };
let site: Site;
let redirectUri = '';
let client = '';
let page: Page;
let keys: Keyboard;

const open = (path: string) => page.goto(new URL(path, inject('worker').url).href);
const see = (text: string | RegExp) => page.getByText(text).first().waitFor();
const unsaid = (text: string) => page.getByText(text).waitFor({ state: 'detached' });

beforeAll(async () => {
  site = await serveSite(callbackPage);
  redirectUri = `http://127.0.0.1:${site.port}/callback`;
  const made = ['--name', 'Photo Album', '--redirect-uri', redirectUri, '--auth-method', 'none'];
  client = (await admin<{ client_id: string }>('clients', 'create', ...made)).client_id;
  const github = ['--client-id', 'x', '--client-secret', 'y'];
  await admin('connected-apps', 'create', 'keyed', 'github', ...github);
  await admin('social-logins', 'create', 'keyed', 'github', ...github);
  const user = ['users', 'add', who.email, '--name', 'Kay', '--role', 'administrator'];
  const { link } = await admin<{ link: string }>(...user);
  // Without motion what has the focus is in sight at once.
  page = await newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  keys = new Keyboard(page);
  await page.goto(link);
  await keys.fill('Password', who.password);
  await keys.press('Enter');
  await see('Your account');
});

afterAll(async () => {
  await site.close();
  await admin('connected-apps', 'delete', 'keyed');
  await admin('social-logins', 'delete', 'keyed');
  await closeBrowser();
});

async function signInAnew(): Promise<void> {
  await page.context().clearCookies();
  await open('/sign-in');
  await keys.fill('E-mail address', who.email);
  await keys.fill('Password', who.password);
  await keys.press('Enter');
  await see('Your account');
}

async function allow(): Promise<void> {
  await page.goto(authorizeUrlOf(client, redirectUri));
  await keys.use('Allow');
  await see('Back at the application');
  const code = new URL(page.url()).searchParams.get('code') ?? '';
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: VERIFIER };
  const body = new URLSearchParams({ ...grant, client_id: client });
  expect((await fetch(`${inject('worker').url}/token`, { method: 'POST', body })).status).toBe(200);
}

describe('signing in by keyboard', () => {
  it('after a password that was wrong the focus is on what says so, and a Tab away from trying again', async () => {
    await page.context().clearCookies();
    await open('/sign-in');
    await keys.fill('E-mail address', who.email);
    await keys.fill('Password', 'a wrong password');
    await keys.press('Enter');
    await see('is not right');
    await expect.poll(() => keys.focused()).toContain('is not right');
    await keys.fill('Password', who.password);
    await keys.press('Enter');
    await see('Your account');
  });

  it('the first Tab skips to the content, and the next goes on from there', async () => {
    await open('/console/clients');
    await keys.to('Skip to the content');
    await keys.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await keys.to('Create a client');
  });

  it('Shift+Tab goes the same way back', async () => {
    await open('/account/profile');
    await keys.to('Save');
    await keys.to('Address of a picture', 'Shift+Tab');
    await keys.to('Skip to the content', 'Shift+Tab');
  });
});

/** Tasks on account pages. */
const OWN: [what: string, act: () => Promise<unknown>][] = [
  [
    'the profile is changed; what is wrong has the focus',
    async () => {
      await open('/account/profile');
      await keys.fill('Address of a picture', 'ftp://x.example');
      await keys.press('Enter');
      await see('not an https address');
      await expect.poll(() => keys.focused()).toContain('Address of a picture');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('https://x.example/a.png');
      await keys.press('Enter');
      await see('Your profile was saved');
    },
  ],
  [
    'another password is chosen',
    async () => {
      await open('/account/password');
      await keys.fill('New password', 'short');
      await keys.press('Enter');
      await see('at least 8 characters');
      await expect.poll(() => keys.focused()).toContain('New password');
      who.password = 'another password to type';
      await page.keyboard.type(who.password);
      await keys.press('Enter');
      await see('Your password was changed');
    },
  ],
  [
    'another address is asked for',
    async () => {
      await open('/account/email');
      await keys.fill('New e-mail address', `new-${who.email}`);
      await keys.press('Enter');
      await see('We have sent a link');
    },
  ],
  [
    'the page that adds a passkey is reached',
    async () => {
      await open('/account');
      await keys.use('Passkeys');
      await see('You have no passkey yet');
      await keys.use('Add a passkey');
      await see('Name of the passkey');
      await keys.to('Add the passkey');
    },
  ],
  [
    'another browser is signed out',
    async () => {
      const other = await newPage();
      await other.goto(`${inject('worker').url}/sign-in`);
      await signInOn(other, who);
      await other.getByRole('heading', { name: 'Your account' }).waitFor();
      await open('/account/sessions');
      await keys.use('Sign out Chrome');
      await see('That browser was signed out');
    },
  ],
  [
    'access is allowed to an application, and revoked again',
    async () => {
      await allow();
      await open('/account/applications');
      await keys.use('Revoke access of Photo Album');
      await see('It may not use your account any more');
    },
  ],
  [
    'an API key is made, for as long as the arrows say, and revoked',
    async () => {
      await open('/account/keys');
      await keys.use('Create a key');
      await keys.fill('What is it for?', 'Backup');
      await keys.press('Enter');
      await see('Tick at least one');
      await expect.poll(() => keys.focused()).toContain('Tick at least one');
      await keys.to('See your name');
      await keys.press('Space');
      await keys.to('It expires after');
      await keys.press('ArrowUp');
      await keys.use('Create the key');
      await see('It is shown this once');
      await keys.use('I have copied it');
      await see('Expires');
      await keys.use('Revoke Backup');
      await see('You have no key');
    },
  ],
  [
    'the way to link an account elsewhere is reached',
    async () => {
      await open('/account/sign-in-methods');
      await keys.to('Link GitHub');
    },
  ],
  [
    'an account elsewhere is about to be connected, and is not',
    async () => {
      await open('/account/connections');
      // Pressed, it would send the browser there.
      await keys.to('Connect GitHub');
      await open('/account/connections/keyed?scope=repo');
      await keys.to('Connect GitHub');
      await keys.use('Not now');
      await see('Not connected');
    },
  ],
];

/** Tasks of an administrator in the console. */
const CONSOLE: [what: string, act: () => Promise<unknown>][] = [
  [
    'a setting is changed, after a value that cannot be, and reset',
    async () => {
      await open('/console/settings?q=access+token+lifetime');
      await keys.fill('Access token lifetime (minutes)', '61');
      await keys.press('Enter');
      await see('Nothing was saved');
      await expect.poll(() => keys.focused()).toContain('Nothing was saved');
      await keys.fill('Access token lifetime (minutes)', '11');
      await keys.press('Enter');
      await see('The settings were saved');
      await keys.use('Reset Access token lifetime (minutes)');
      await see('has its default again');
    },
  ],
  [
    'a client is made, after an address that cannot be; its secret is replaced',
    async () => {
      await open('/console/clients');
      await keys.use('Create a client');
      await see('Which type of application');
      await keys.use('Web application');
      await keys.fill('Name', 'Shop');
      await keys.fill('Redirect URIs', 'http://shop.example/callback');
      // Said as it is typed.
      await see('http is only for loopback');
      await keys.use('Create');
      await see('Nothing was saved');
      await expect.poll(() => keys.focused()).toContain('Nothing was saved');
      await keys.fill('Redirect URIs', 'https://shop.example/callback');
      await unsaid('http is only for loopback');
      await keys.to('Advanced');
      await keys.press('Enter');
      await keys.to('Client authentication');
      await keys.press('ArrowDown');
      await keys.use('Create');
      await see('The secret is shown this once');
      await keys.use('I have copied it');
      await page.getByRole('heading', { name: 'Danger zone', exact: true }).waitFor();
      await keys.use('Rotate secret');
      await see('Rotate the secret of Shop?');
      await keys.use('Rotate secret');
      await see('The new secret of Shop');
    },
  ],
  [
    'a user is added, after an address that is none; then disabled, after a question',
    async () => {
      await open('/console/users');
      await keys.use('Create a user');
      await keys.fill('E-mail address', `keys-${Date.now()}@example.com`);
      await keys.fill('Name', ' ');
      await keys.use('Create');
      await see('Nothing was saved');
      await expect.poll(() => keys.focused()).toContain('Nothing was saved');
      await keys.fill('Name', 'Grace Hopper');
      await keys.use('Create');
      await see('Give them this link');
      await keys.use('I have copied it');
      await see('They cannot sign in yet');
      await keys.use('Disable');
      await see('Disable Grace Hopper?');
      await keys.use('Disable');
      await see('The user is disabled');
    },
  ],
  [
    'a grant is revoked, after a question',
    async () => {
      await allow();
      await open('/console/grants');
      await keys.fill('Name or ID of a user or client', client);
      await keys.press('Enter');
      await see('Show all');
      await keys.use('Revoke…');
      await see('Revoke this grant?');
      await keys.use('Revoke');
      await see('revoked');
    },
  ],
  [
    'the audit log is searched, by words and days',
    async () => {
      await open('/console/audit');
      await keys.fill('User, client, type or ID', 'client.created');
      await keys.to('From this day');
      await page.keyboard.type('01012026');
      await keys.use('Search');
      await page.waitForURL(/from=2026-01-01/);
      await see('created a client');
    },
  ],
];

describe.each([
  ['a page about oneself', OWN],
  ['the console', CONSOLE],
])('on %s, by keyboard', (_, acts) => {
  beforeAll(signInAnew);
  it.each(acts)('%s', async (_, act) => {
    await act();
  });
});
