/** Two-step sign-in in a real browser, by keyboard: set up, signed in with, remembered, and turned off. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LANGUAGE_TAGS } from '../../src/locales/languages.ts';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { findingsOf, prepare, viewsOf } from '../support/looks.ts';
import { codeOf } from '../support/second-factor.ts';

const PASSWORD = 'a password in two steps';
let email = '';
let page: Page;
let key = '';
let recovery: string[] = [];

const open = (path: string) => page.goto(new URL(path, inject('worker').url).href);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const signOut = () => page.context().clearCookies({ name: 'session' });

/** The findings on the page in every language. */
async function findingsInEachLanguage(path: string): Promise<string[]> {
  const found: string[] = [];
  for (const [number, tag] of LANGUAGE_TAGS.entries()) {
    await page.setExtraHTTPHeaders({ 'accept-language': tag });
    await prepare(page);
    await open(path);
    for (const { view, what, where } of await findingsOf(page, viewsOf(number)))
      found.push(`${tag} ${view} ${what}: ${where}`);
  }
  await page.setExtraHTTPHeaders({ 'accept-language': 'en' });
  await prepare(page);
  await open(path);
  return found;
}

beforeAll(async () => {
  await admin('settings', 'set', 'remember_browser_days', '30');
  email = `two-steps-${Date.now()}@example.com`;
  const { link } = await admin<{ link: string }>('users', 'add', email, '--name', 'Toni Steps');
  page = await newPage();
  await page.goto(link);
  await page.getByLabel('Password').fill(PASSWORD);
  await button('Save this password').click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
});

afterAll(async () => {
  await admin('settings', 'set', 'remember_browser_days', '0');
  await closeBrowser();
});

describe('two-step sign-in', () => {
  it('is set up from the account page, with a picture and a key', async () => {
    await open('/account');
    await page.getByRole('link', { name: 'Set up two-step sign-in' }).click();
    await page.getByRole('link', { name: 'Set it up' }).click();
    const picture = page.getByRole('img', { name: 'A QR code with the key for your app' });
    expect((await picture.boundingBox())?.width).toBeGreaterThan(150);
    key = (await page.locator('code.key').innerText()).replaceAll(' ', '');
    await page.getByLabel('Code from the app').fill(codeOf(key, -1));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    recovery = await page.locator('.codes code').allInnerTexts();
    expect(recovery).toHaveLength(10);
    await page.getByRole('link', { name: 'I have kept them' }).click();
    await page.getByText('10 are left.').waitFor();
  });

  it('asks for the code after the password, and goes on to where the user was going', async () => {
    await signOut();
    await open('/account/sessions');
    await signInOn(page, { email, password: PASSWORD });
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
    await page.getByLabel('Code', { exact: true }).fill('000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('That code is not right').waitFor();
    await page.getByLabel('Code', { exact: true }).fill(codeOf(key));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
  });

  it('takes a recovery code from a user without their phone', async () => {
    await signOut();
    await open('/sign-in');
    await signInOn(page, { email, password: PASSWORD });
    await page.getByText('I do not have my phone').click();
    await page.getByLabel('Recovery code').fill(recovery[0] ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });

  it('is not asked for again in a browser that the user had remembered', async () => {
    await signOut();
    await open('/sign-in');
    await signInOn(page, { email, password: PASSWORD });
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
    expect(await findingsInEachLanguage('/sign-in/second-factor')).toEqual([]);
    await page.getByText('I do not have my phone').click();
    await page.getByLabel('Recovery code').fill(recovery[1] ?? '');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await page.locator('input[name=remember_browser]').nth(1).isChecked()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await signOut();
    await open('/sign-in');
    await signInOn(page, { email, password: PASSWORD });
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });

  it('lists the remembered browsers, and asks again in one that was forgotten', async () => {
    await open('/account/second-factor');
    await page.getByRole('heading', { name: 'Remembered browsers' }).waitFor();
    expect(await findingsInEachLanguage('/account/second-factor')).toEqual([]);
    await page.getByRole('button', { name: /^Forget Chrome/ }).click();
    await page.getByRole('status').getByText('That browser is asked for a code').waitFor();
    expect(await page.getByRole('heading', { name: 'Remembered browsers' }).count()).toBe(0);
    await signOut();
    await open('/sign-in');
    await signInOn(page, { email, password: PASSWORD });
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
  });

  it('is remembered and forgotten without JavaScript', async () => {
    const plain = await newPage({ javaScriptEnabled: false });
    const at = (path: string) => plain.goto(new URL(path, inject('worker').url).href);
    await at('/sign-in');
    await signInOn(plain, { email, password: PASSWORD });
    await plain.getByText('I do not have my phone').click();
    await plain.getByLabel('Recovery code').fill(recovery[2] ?? '');
    await plain.locator('input[name=remember_browser]').nth(1).check();
    await plain.getByRole('button', { name: 'Use the recovery code' }).click();
    await at('/account/second-factor');
    await plain.getByText('7 are left.').waitFor();
    await plain.getByRole('button', { name: 'Forget all browsers' }).click();
    await plain.getByRole('status').getByText('Every browser is asked for a code').waitFor();
    await plain.context().close();
    // The first browser signs in with a code for what follows.
    await page.getByText('I do not have my phone').click();
    await page.getByLabel('Recovery code').fill(recovery[3] ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });

  it('is turned off after a question', async () => {
    await open('/account/second-factor');
    await page.getByText('6 are left.').waitFor();
    await page.getByRole('link', { name: 'Turn it off' }).click();
    await button('Turn it off').click();
    await page.getByRole('status').getByText('Two-step sign-in is off.').waitFor();
    await signOut();
    await open('/sign-in');
    await signInOn(page, { email, password: PASSWORD });
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });
});
