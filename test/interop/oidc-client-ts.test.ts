/** oidc-client-ts in a real browser, by its defaults: sign-in by redirect, profile, silent refresh, sign-out. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage } from '../support/browser.ts';
import { issuer, type Registered } from './relying-party.ts';

const LIBRARY = readFileSync(
  new URL('node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', import.meta.url),
);

let application: Server;
let origin = '';

beforeAll(async () => {
  application = createServer((request, response) => {
    const isScript = request.url === '/oidc.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? LIBRARY : '<!doctype html><title>App</title><script src="/oidc.js"></script>');
  });
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(application.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await closeBrowser();
  application.close();
});

/** The script of the page. */
declare const oidc: { UserManager: new (settings: object) => Record<string, (...p: unknown[]) => Promise<unknown>> };

describe('oidc-client-ts', () => {
  it('signs a user in, has the profile, refreshes and signs out', async () => {
    const { email, password } = inject('worker');
    await admin('settings', 'set', 'allowed_public_client_origins', origin);
    const client = await admin<Registered>(
      'clients',
      'create',
      '--name',
      'oidc-client-ts',
      '--auth-method',
      'none',
      '--redirect-uri',
      `${origin}/back`,
      '--post-logout-redirect-uri',
      `${origin}/`,
    );
    const settings = {
      authority: issuer(),
      client_id: client.client_id,
      redirect_uri: `${origin}/back`,
      post_logout_redirect_uri: `${origin}/`,
      scope: 'openid profile email offline_access',
    };
    const page = await newPage();
    await page.goto(origin);
    await page.evaluate((s) => void new oidc.UserManager(s).signinRedirect?.(), settings);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${origin}/back**`);
    const user = (await page.evaluate((s) => new oidc.UserManager(s).signinCallback?.(), settings)) as {
      profile: Record<string, unknown>;
      access_token: string;
    };
    expect(user.profile).toMatchObject({ email, name: expect.any(String) });
    const renewed = (await page.evaluate((s) => new oidc.UserManager(s).signinSilent?.(), settings)) as {
      access_token: string;
    };
    expect(renewed.access_token).not.toBe(user.access_token);
    await page.evaluate((s) => void new oidc.UserManager(s).signoutRedirect?.(), settings);
    // RP-Initiated Logout §2: the user is asked.
    await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${origin}/`);
    await admin('settings', 'reset', 'allowed_public_client_origins');
  });
});
