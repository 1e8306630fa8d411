/**
 * The pictures of docs/: each is taken of a page as it is reached by hand. `PICTURES=1 npx vitest run --project browser
 * test/browser/pictures.test.ts` writes them anew; without it, the pages are only looked at.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { finished, wrangler } from '../../scripts/wrangler.ts';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf, VERIFIER } from '../support/authorize-url.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { BESIDE, DOCS } from '../support/documentation.ts';
import { readForm, User } from '../support/user.ts';

const FOLDER = join('docs', 'pictures');
const WRITES = process.env.PICTURES !== undefined;

type Picture = {
  path: string | (() => string);
  /** A text that the page must have. */
  says: string;
  height?: number;
  /** Elements to hide in the picture. */
  hides?: string;
  /** Further steps on the page. */
  goOn?: (page: Page) => Promise<unknown>;
};

const ALBUM_CALLBACK = 'https://photos.example/callback';
const made = { album: '', ada: '' };
const NOTES = 'https://notes.acme.example/api';
const notes = [
  '--name',
  'Notes',
  '--resource-scope',
  'notes.read Read your notes',
  '--resource-scope',
  'notes.write Change your notes',
];
const addresses = { ada: 'ada@acme.com', grace: 'grace@acme.com', alan: 'alan@acme.com' };

const PICTURES: Record<string, Picture> = {
  'console-overview': { path: '/console', says: 'What needs attention', height: 760 },
  'console-settings': { path: '/console/settings', says: 'Name and appearance', height: 620 },
  'console-setting': { path: '/console/settings/brand', says: 'Server name', height: 700 },
  'console-client-kinds': { path: '/console/clients/new', says: 'Which type of application', height: 560 },
  'console-client-new': { path: '/console/clients/new/website', says: 'Redirect URIs', height: 760 },
  'console-client-made': {
    path: '/console/clients/new/service',
    says: 'Nightly job',
    height: 480,
    hides: 'text=/^ps_/',
    async goOn(page) {
      await page.getByLabel('Name', { exact: true }).fill('Nightly job');
      await page.getByRole('button', { name: 'Create' }).click();
    },
  },
  'console-client': { path: () => `/console/clients/${made.album}`, says: 'Photo Album', height: 760 },
  'console-client-delete': { path: () => `/console/clients/${made.album}/delete`, says: 'Photo Album', height: 420 },
  'console-users': { path: '/console/users', says: 'All users with an account', height: 620 },
  'console-user': { path: () => `/console/users/${made.ada}`, says: 'Sign-in methods', height: 1100 },
  'console-resources': { path: '/console/resources', says: 'APIs of yours', height: 480 },
  'console-social-logins': { path: '/console/social-logins', says: 'not shown', height: 560 },
  'console-connected-app': { path: '/console/connected-apps/pictures', says: 'Connections', height: 760 },
  'console-tokens': { path: '/console/tokens', says: 'The access tokens that have not expired', height: 640 },
  'console-keys': { path: '/console/keys', says: 'How to replace the key', height: 760 },
  consent: { path: () => authorizeUrlOf(made.album, ALBUM_CALLBACK), says: 'Photo Album', height: 820 },
  'console-audit': { path: '/console/audit', says: 'Events and their actors', height: 640 },
};

beforeAll(async () => {
  await admin('settings', 'set', 'brand_name', 'Acme Accounts');
  const back = ['--redirect-uri', ALBUM_CALLBACK, '--auth-method', 'none'];
  made.album = (await admin<{ client_id: string }>('clients', 'create', '--name', 'Photo Album', ...back)).client_id;
  const ada = await admin<{ id: string; link: string }>('users', 'add', addresses.ada, '--name', 'Ada Lovelace');
  made.ada = ada.id;
  await admin('resources', 'put', NOTES, ...notes);
  const github = ['--client-id', 'Iv1.8a61f9b3a7aba766', '--client-secret', 'not a secret'];
  await admin('connected-apps', 'create', 'pictures', 'github', ...github);
  await admin('social-logins', 'create', 'pictures', 'github', ...github);
  await admin('social-logins', 'create', 'pictures-microsoft', 'microsoft');
  await admin('users', 'add', addresses.grace, '--name', 'Grace Hopper', '--role', 'auditor');
  await admin('users', 'add', addresses.alan, '--name', 'Alan Turing', '--role', 'editor');
  await allow(ada.link);
  if (WRITES) await countDays();
});

afterAll(async () => {
  await admin('settings', 'set', 'brand_name', 'Postern');
  await admin('clients', 'delete', made.album);
  await admin('resources', 'delete', NOTES);
  await admin('connected-apps', 'delete', 'pictures');
  for (const id of ['pictures', 'pictures-microsoft']) await admin('social-logins', 'delete', id);
  for (const address of Object.values(addresses)) await admin('users', 'disable', address);
  await closeBrowser();
});

/** Ada chooses a password, and lets the album see who she is. */
async function allow(link: string) {
  const user = new User(fetch, inject('worker').url);
  const { pathname, search } = new URL(link);
  const who = { email: addresses.ada, password: 'the analytical engine' };
  await user.send(await readForm(await user.open(pathname + search), '/welcome'), { password: who.password });
  const redirect_uri = ALBUM_CALLBACK;
  const answer = await user.authorise(authorizeUrlOf(made.album, redirect_uri), who);
  await fetch(`${inject('worker').url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: made.album,
      redirect_uri,
      code_verifier: VERIFIER,
      code: answer.searchParams.get('code') ?? '',
    }),
  });
}

/** A month in which something happened, for the charts. */
async function countDays() {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const wave = (ago: number, most: number) => Math.round((most * (2 + Math.sin(ago / 2) + (ago % 3) / 3)) / 3.7);
  const counters = { 'sign-ins': 42, grants: 18, tokens: 260, 'sign-ins.failed': 5 };
  const rows = Object.entries(counters).flatMap(([name, most]) =>
    Array.from({ length: 29 }, (_, index) => `('${day(index + 1)}', '${name}', ${wave(index, most)})`),
  );
  const sql = `INSERT INTO daily_counts (day, name, count) VALUES ${rows.join(', ')}`;
  const store = join(inject('worker').stateFolder, '.wrangler', 'state');
  const words = ['d1', 'execute', 'DB', '--local', '--persist-to', store, '--command', sql];
  const { code, output } = await finished(wrangler(words));
  if (code !== 0) throw new Error(output);
}

describe('the pictures of the documentation', () => {
  it('are each of a page that is there', async () => {
    const { url, ...administrator } = inject('worker');
    const page = await newPage({ viewport: { width: 1000, height: 700 } });
    await page.goto(`${url}/sign-in`);
    await signInOn(page, administrator);
    for (const [name, { path, says, height = 700, hides, goOn }] of Object.entries(PICTURES)) {
      await page.setViewportSize({ width: 1000, height });
      await page.goto(new URL(typeof path === 'string' ? path : path(), url).href);
      await goOn?.(page);
      await expect.poll(() => page.locator('main').innerText(), { message: name }).toContain(says);
      const mask = hides === undefined ? [] : [page.locator(hides)];
      if (WRITES) await page.screenshot({ path: join(FOLDER, `${name}.png`), mask, maskColor: '#848f8a' });
    }
  });

  it('stand in a page each, and no page shows another', () => {
    const shown = [...BESIDE, ...DOCS].flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/!\[[^\]]+\]\((?:docs\/|\.\.\/)?pictures\/([\w-]+)\.png\)/g)].map(
        ([, name]) => name,
      ),
    );
    expect([...new Set(shown)].sort()).toEqual(Object.keys(PICTURES).sort());
    expect(readdirSync(FOLDER).sort()).toEqual(
      Object.keys(PICTURES)
        .map((name) => `${name}.png`)
        .sort(),
    );
  });
});
