/** The main pages of users in every language: on a phone of 320 px, at a desk and with large text, by axe and our own checks. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { FALLBACK, LANGUAGE_TAGS } from '../../src/locales/languages.ts';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf } from '../support/authorize-url.ts';
import { closeBrowser, newPage } from '../support/browser.ts';
import { findingsOf, prepare, viewsInTurn, viewsOf } from '../support/looks.ts';

const REDIRECT_URI = 'http://127.0.0.1:9/callback';

let client = '';

beforeAll(async () => {
  const create = ['--name', 'Photo Album', '--redirect-uri', REDIRECT_URI, '--auth-method', 'none'];
  client = (await admin<{ client_id: string }>('clients', 'create', ...create)).client_id;
  await admin('settings', 'set', 'sign_up', 'allow');
});

afterAll(closeBrowser);

/** Pages for everybody, then those of a signed-in user. */
const PUBLIC = ['/sign-in', '/sign-up', '/forgot', '/', '/nothing', '/authorize?client_id=none', '/welcome?link=x'];
const PRIVATE = [
  '/account',
  '/account/profile',
  '/account/email',
  '/account/password',
  '/account/passkeys',
  '/account/passkeys/add',
  '/account/second-factor',
  '/account/second-factor/add',
  '/account/sign-in-methods',
  '/account/sessions',
  '/account/applications',
  '/account/connections',
  '/account/keys',
  '/account/keys/add',
  '/account/data',
  '/account/data/delete',
  '/device',
  'consent',
  '/sign-out',
];

const addressOf = (path: string) =>
  path === 'consent'
    ? authorizeUrlOf(client, REDIRECT_URI, { scope: 'openid profile email offline_access' })
    : inject('worker').url + path;

async function signIn(page: Page): Promise<void> {
  const { url, email, password } = inject('worker');
  await page.goto(`${url}/sign-in`);
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('form[action="/sign-in"] button[type=submit]').click();
  await page.waitForURL(`${url}/account`);
}

describe('the languages below a page', () => {
  it('are chosen by keyboard and without JavaScript, and the authorization request goes on', async () => {
    const page = await newPage({ locale: 'en', javaScriptEnabled: false, viewport: { width: 320, height: 568 } });
    await page.goto(authorizeUrlOf(client, REDIRECT_URI));
    const german = page.getByRole('button', { name: 'Deutsch' });
    expect((await german.boundingBox())?.height).toBeGreaterThan(24);
    await german.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
    await page.getByText('Photo Album').waitFor();
    const { email, password } = inject('worker');
    await page.locator('input[name=email]').fill(email);
    await page.locator('input[name=password]').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Zulassen' }).waitFor();
    await page.getByRole('button', { name: 'Español' }).click();
    await page.getByRole('button', { name: 'Permitir' }).waitFor();
    await page.context().close();
  });
});

describe.each(LANGUAGE_TAGS)('the pages of users in the language %s', (tag) => {
  let page: Page;
  beforeAll(async () => {
    page = await newPage({ locale: tag });
  });
  afterAll(() => page.context().close());

  it.each([...PUBLIC, ...PRIVATE].map((path, number) => ({ path, number })))(
    '$path has no finding of axe or of ours in its views, and breaks no word at 320 px',
    async ({ path, number }) => {
      const isSignedIn = (await page.context().cookies()).some((cookie) => cookie.name.endsWith('session'));
      if (PRIVATE.includes(path) && !isSignedIn) await signIn(page);
      await prepare(page);
      await page.goto(addressOf(path));
      expect(await page.evaluate('document.documentElement.lang')).toBe(tag);
      expect(new URL(page.url()).pathname).toBe(path === 'consent' ? '/authorize' : path.split('?')[0]);
      // In this language it is a scene of pages.test.ts, which checks it in the views of every page.
      const isSceneOfPages = tag === FALLBACK && process.env.VIEWS !== 'all';
      const findings = await findingsOf(page, isSceneOfPages ? viewsInTurn(number) : viewsOf(number));
      expect(findings.map(({ view, what, where }) => `${view} ${what}: ${where.join(' ')}`).join('\n')).toBe('');
      await page.setViewportSize({ width: 320, height: 568 });
      expect(await page.evaluate('looks.words()')).toEqual([]);
      const { SCREENSHOTS } = process.env;
      const name = `${tag}${path.replaceAll(/\W+/g, '-')}.png`;
      if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, name), fullPage: true });
    },
  );
});
