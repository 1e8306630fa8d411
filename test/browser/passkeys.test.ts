/** Passkeys, with a virtual authenticator in a real browser. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { addAuthenticator, closeBrowser, newPage, signInOn } from '../support/browser.ts';

const PASSWORD = 'a password for passkeys';
let email = '';
let page: Page;
let device: Awaited<ReturnType<typeof addAuthenticator>>;

const open = (path: string) => page.goto(new URL(path, inject('worker').url).href);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const signOut = () => page.context().clearCookies({ name: 'session' });

beforeAll(async () => {
  email = `passkeys-${Date.now()}@example.com`;
  const { link } = await admin<{ link: string }>('users', 'add', email, '--name', 'Pat Keys');
  page = await newPage();
  await page.goto(link);
  await page.getByLabel('Password').fill(PASSWORD);
  await button('Save this password').click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  device = await addAuthenticator(page);
});

afterAll(closeBrowser);

describe('passkeys', () => {
  it('one is added by keyboard alone, and named', async () => {
    await open('/account/passkeys');
    await page.getByText('You have no passkey yet.').waitFor();
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    const name = page.getByLabel('Name of the passkey');
    await name.waitFor();
    // Before its stylesheet and its script are there, the form can be typed into, and is sent without a passkey.
    await page.waitForLoadState();
    expect(await name.inputValue()).toContain('Chrome on');
    await name.fill('My laptop');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The passkey is ready').waitFor();
    await page.getByRole('heading', { name: 'My laptop' }).waitFor();
    const [credential] = await device.credentials();
    expect(credential).toMatchObject({ isResidentCredential: true, rpId: 'localhost' });
    // WebAuthn §14.6.1: nothing that tells who the user is.
    expect(Buffer.from(credential?.userHandle ?? '', 'base64').toString()).toMatch(/^u_[A-Za-z0-9]{22}$/);
  });

  it('the same device is not added twice', async () => {
    await open('/account/passkeys/add');
    await button('Add the passkey').click();
    await page.getByText('No passkey was created.').waitFor();
    expect(await device.credentials()).toHaveLength(1);
  });

  it('signs in without a password, and goes on to where the user was going', async () => {
    await signOut();
    // In a browser without autofill: else what waits where the address is typed could answer before the press, or again
    // and again on the page that says that it did not work.
    await page.addInitScript(
      `if (location.search.includes('continue=') || location.pathname === '/sign-in/passkey')
         PublicKeyCredential.isConditionalMediationAvailable = async () => false;`,
    );
    await open('/account/sessions');
    await button('Sign in with a passkey').click();
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
    await page.getByText('a passkey', { exact: true }).waitFor();
  });

  it('is offered where the address is typed (autofill), without a press on any button', async () => {
    await signOut();
    await open('/sign-in');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.getByText(email).waitFor();
  });

  it('is renamed, and removed after a question', async () => {
    await open('/account/passkeys');
    await page.getByRole('link', { name: 'Rename My laptop' }).click();
    await page.getByLabel('Name').fill('Blue laptop');
    await button('Save').click();
    await page.getByRole('heading', { name: 'Blue laptop' }).waitFor();
    await page.getByRole('link', { name: 'Remove Blue laptop' }).click();
    await page.getByRole('heading', { name: 'Remove the passkey Blue laptop?' }).waitFor();
    await button('Remove it').click();
    await page.getByText('The passkey was removed.').waitFor();
    await page.getByText('You have no passkey yet.').waitFor();
  });

  it('one that was removed signs nobody in any more, and says so', async () => {
    await signOut();
    await device.setPresence(false);
    await open('/sign-in');
    await device.setPresence(true);
    await button('Sign in with a passkey').click();
    await page.getByRole('alert').getByText('That passkey did not work here.').waitFor();
    await device.setPresence(false);
    await signInOn(page, { email, password: PASSWORD });
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });
});
