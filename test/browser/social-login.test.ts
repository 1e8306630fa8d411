/** Signing in with an account elsewhere, clicked through in a real browser, with a provider that was not written here. */
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
  await admin(
    ...['social-logins', 'create', 'clicked', 'openid', '--name', 'Clicked', '--issuer', provider.issuer],
    ...['--client-id', 'postern', '--client-secret', 'secret', '--scope', 'openid email', '--sign-up', 'allow'],
  );
});

afterAll(async () => {
  await admin('social-logins', 'delete', 'clicked');
  await provider.close();
  await site.close();
  await closeBrowser();
});

it('an application sends somebody here, who signs in elsewhere, agrees here, and arrives', async () => {
  const { url } = inject('worker');
  const redirectUri = `http://127.0.0.1:${site.port}/callback`;
  const { client_id } = await admin<{ client_id: string }>(
    ...['clients', 'create', '--name', 'Photo Album', '--redirect-uri', redirectUri, '--auth-method', 'none'],
  );
  const page = await newPage();
  await page.goto(new URL(authorizeUrlOf(client_id, redirectUri), url).href);
  await page.getByText('Photo Album (127.0.0.1').waitFor();
  await page.getByRole('button', { name: 'Continue with Clicked' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/callback\?code=pc_/);
  await page.goto(`${url}/account/sign-in-methods`);
  await page.locator('dd', { hasText: 'clicked@far.example' }).waitFor();
  await page.getByRole('link', { name: 'Unlink Clicked' }).click();
  await page.getByRole('button', { name: 'Unlink it' }).click();
  await page.getByText('This is your only way to sign in.').waitFor();
});

it('somebody who has an account here links the one elsewhere', async () => {
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
