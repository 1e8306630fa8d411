/** examples/single-page-app calls examples/api, both on origins of their own, in a browser that enforces CORS. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { freePorts, type Ports, startExample } from '../support/example.ts';
import { stopAll } from '../support/started.ts';

let ports: Ports;

beforeAll(async () => {
  ports = await freePorts();
  await Promise.all([startExample('api', ports), startExample('single-page-app', ports)]);
});

afterAll(async () => {
  await closeBrowser();
  await stopAll();
  await admin('settings', 'set', 'allowed_public_client_origins', '');
});

const tasks = (page: Page) => page.getByRole('listitem').allInnerTexts();
const alert = (page: Page) => page.getByRole('alert').innerText();
/** The access token, with its time as it is given. */
const token = (page: Page, changes: { expiresAt?: number } = {}) =>
  page.evaluate((changed) => {
    const tokens = { ...JSON.parse(sessionStorage.tokens), ...changed };
    sessionStorage.tokens = JSON.stringify(tokens);
    return tokens.access as string;
  }, changes);

async function addTask(page: Page, text: string): Promise<void> {
  await page.getByLabel('New task').fill(text);
  const answered = page.waitForResponse(
    (response) => response.request().method() === 'GET' && response.url().endsWith('/tasks'),
  );
  await page.getByRole('button', { name: 'Add' }).click();
  await answered;
}

describe('the single-page app and the API of examples/', () => {
  it('signs in, calls, refreshes, calls again, and is signed out when its grant is revoked', async () => {
    const page = await newPage();
    await page.goto(`http://localhost:${ports.APP_PORT}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signInOn(page, inject('worker'));
    await page.getByText('Add tasks').waitFor();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByLabel('New task').waitFor();
    expect(page.url()).toBe(`http://localhost:${ports.APP_PORT}/`);

    await addTask(page, 'Buy milk');
    await expect.poll(() => tasks(page)).toEqual(['Buy milk']);

    const first = await token(page, { expiresAt: 0 });
    await addTask(page, 'Write <b>home</b>');
    await expect.poll(() => tasks(page)).toEqual(['Buy milk', 'Write <b>home</b>']);
    expect(await token(page)).not.toBe(first);

    const { grant } = JSON.parse(atob(first.split('.')[1] ?? '')) as { grant: string };
    await admin('grants', 'revoke', grant);
    await page.getByLabel('New task').fill('Too late');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await alert(page)).toBe('Your permission has ended. Sign in again.');
  });
});
