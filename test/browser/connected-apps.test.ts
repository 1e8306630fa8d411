/** Connecting an app, clicked through in a real browser, with a provider that was not written here. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { removeConnectedApps } from '../support/bearer-program.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { type RunningProvider, startProvider } from '../support/oidc-provider.ts';

let provider: RunningProvider;

beforeAll(async () => {
  const { url } = inject('worker');
  const redirect_uris = [`${url}/connected-apps/clicked/callback`];
  provider = await startProvider({ clients: [{ client_id: 'postern', client_secret: 'secret', redirect_uris }] });
});

afterAll(async () => {
  await removeConnectedApps();
  await provider.close();
  await closeBrowser();
});

it('an administrator adds the app in the console, from nothing', async () => {
  const { url, email, password } = inject('worker');
  const page = await newPage();
  await page.goto(`${url}/console`);
  await signInOn(page, { email, password });
  await page.getByRole('link', { name: 'Connected apps' }).click();
  await page.getByRole('link', { name: 'Create a connected app' }).click();
  await page.getByRole('link', { name: 'OpenID provider' }).click();
  const said = {
    ID: 'clicked',
    Name: 'Clicked',
    Issuer: provider.issuer,
    'Client ID': 'postern',
    Scopes: 'openid\nemail',
  };
  for (const [label, text] of Object.entries(said)) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByLabel('Client secret').fill('wrong');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('It was added.').waitFor();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Client secret').fill('secret');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It was saved.').waitFor();
  await page.getByText(`${url}/connected-apps/clicked/callback`).waitFor();
});

it('a user connects, comes back, reconnects and disconnects, by nothing but buttons', async () => {
  const { url, email, password } = inject('worker');
  const page = await newPage();
  await page.goto(`${url}/account`);
  await signInOn(page, { email, password });
  const pages = page.getByRole('navigation', { name: 'Pages of your account' });
  await pages.getByRole('link', { name: 'Connected accounts' }).click();
  await page.getByRole('button', { name: 'Connect Clicked' }).click();
  await page.getByText('Clicked is connected.').waitFor();
  expect(await page.getByText('alice@far.example').count()).toBe(1);
  await page.getByRole('button', { name: 'Reconnect Clicked' }).click();
  await page.getByText('Clicked is connected.').waitFor();
  await page.getByRole('button', { name: 'Disconnect Clicked' }).click();
  await page.getByText('Not connected').waitFor();
  expect(provider.paths).toContain('/token/revocation');
  // The path to which a client sends a user, and the redirect afterwards.
  await page.goto(`${url}/account/connections/clicked?return_to=/account/applications`);
  await page.getByRole('button', { name: 'Connect Clicked' }).click();
  await page.getByRole('heading', { name: 'Applications with access' }).waitFor();
});
