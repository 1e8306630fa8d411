/**
 * Signing in with an account elsewhere, clicked through in a real browser, with a provider that was not written here.
 */
import { afterAll, beforeAll, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf } from '../support/authorize-url.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { type RunningProvider, startProvider } from '../support/oidc-provider.ts';
import { callbackPage, type Site, serveSite } from '../support/site.ts';

let provider: RunningProvider;
let site: Site;

beforeAll(async () => {
  const { url } = inject('worker');
  site = await serveSite(callbackPage);
  const redirect_uris = [`${url}/social-login/clicked/callback`];
  provider = await startProvider({
    clients: [{ client_id: 'postern', client_secret: 'secret', redirect_uris }],
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: 'clicked@far.example', email_verified: true }),
    }),
  });
});

afterAll(async () => {
  await admin('social-logins', 'delete', 'clicked');
  await provider.close();
  await site.close();
  await closeBrowser();
});

it('an administrator adds the provider in the console, from nothing', async () => {
  const { url, email, password } = inject('worker');
  const page = await newPage();
  await page.goto(`${url}/console`);
  await signInOn(page, { email, password });
  await page.getByRole('link', { name: 'Social logins' }).first().click();
  await page.getByRole('link', { name: 'Create a social login' }).click();
  await page.getByRole('link', { name: 'OpenID provider' }).click();
  for (const [label, text] of Object.entries({ ID: 'clicked', Name: 'Clicked', Issuer: provider.issuer }))
    await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByLabel('Sign-up', { exact: true }).selectOption('allow');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('The sign-in page has no button for it: the client id must be given.').waitFor();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Client ID').fill('postern');
  await page.getByLabel('Client secret').fill('secret');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It was saved.').waitFor();
  await page.getByRole('link', { name: 'Enable…', exact: true }).click();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('link', { name: 'Social logins' }).first().click();
  await page.getByRole('row').filter({ hasText: 'Clicked' }).filter({ hasText: 'shown' }).waitFor();
});

it('an application sends a user, who signs in with a provider, consents here, and returns', async () => {
  const { url } = inject('worker');
  const redirectUri = `http://127.0.0.1:${site.port}/callback`;
  const { client_id } = await admin<{ client_id: string }>(
    'clients',
    'create',
    '--name',
    'Photo Album',
    '--redirect-uri',
    redirectUri,
    '--auth-method',
    'none',
  );
  const page = await newPage();
  await page.goto(new URL(authorizeUrlOf(client_id, redirectUri), url).href);
  await page.getByText('Photo Album (127.0.0.1').waitFor();
  await page.getByRole('button', { name: 'Continue with Clicked' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/callback\?code=pc_/);
  await page.goto(`${url}/account/sign-in-methods`);
  await page.locator('h2', { hasText: 'clicked@far.example' }).waitFor();
  await page.getByRole('link', { name: 'Unlink Clicked' }).click();
  // The provider proves no fresh sign-in: a mailed link does.
  await page.getByRole('button', { name: 'Mail a link to clicked@far.example' }).click();
  await page.getByText('Look into your mail').first().waitFor();
});

it('a user links the account at a provider to the one here', async () => {
  const { url, email, password } = inject('worker');
  const { identities } = await admin<{ identities: { id: string }[] }>('identities', 'list', '--login', 'clicked');
  for (const { id } of identities) await admin('identities', 'delete', id);
  const page = await newPage();
  await page.goto(`${url}/account/sign-in-methods`);
  await signInOn(page, { email, password });
  await page.getByRole('heading', { name: 'Sign-in methods' }).waitFor();
  await page.getByRole('button', { name: 'Link Clicked' }).click();
  await page.getByText('clicked@far.example at Clicked signs you in here').waitFor();
  await page.getByRole('button', { name: 'Link it' }).click();
  await page.getByText('It is linked.').waitFor();
  await page.getByRole('link', { name: 'Unlink Clicked' }).click();
  await page.getByRole('button', { name: 'Unlink it' }).click();
  await page.getByText('It is unlinked').waitFor();
});
