/** A single-page app on another origin, with somebody else's client library, in a browser that enforces CORS. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { type Site, serveSite } from '../support/site.ts';

const LIBRARY = readFileSync('node_modules/oauth4webapi/build/index.js', 'utf8');

/** The whole application: it discovers, signs in, redeems, refreshes and reads /api/me; what it gets it shows. */
const app = (issuer: string, clientId: string) => `<!doctype html><html lang="en"><title>App</title>
<p id="outcome">working</p>
<script type="module">
import * as oauth from './oauth4webapi.js';
const say = (text) => { document.getElementById('outcome').textContent = text; };
const insecure = { [oauth.allowInsecureRequests]: true };
const client = { client_id: ${JSON.stringify(clientId)} };
const redirectUri = location.origin + '/';
async function run() {
  const issuer = new URL(${JSON.stringify(issuer)});
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
  if (!location.search) {
    sessionStorage.verifier = oauth.generateRandomCodeVerifier();
    sessionStorage.state = oauth.generateRandomState();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: 'code', client_id: client.client_id, redirect_uri: redirectUri, scope: 'openid profile email offline_access',
      state: sessionStorage.state, code_challenge: await oauth.calculatePKCECodeChallenge(sessionStorage.verifier),
      code_challenge_method: 'S256',
    });
    location.assign(url);
    return;
  }
  const parameters = oauth.validateAuthResponse(server, client, new URL(location.href), sessionStorage.state);
  const first = await oauth.processAuthorizationCodeResponse(server, client, await oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), parameters, redirectUri, sessionStorage.verifier, insecure));
  const tokens = await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(
    server, client, oauth.None(), first.refresh_token, insecure));
  const me = await fetch(issuer.origin + '/api/me', { headers: { authorization: 'Bearer ' + tokens.access_token } });
  const userinfo = await oauth.processUserInfoResponse(server, client, oauth.skipSubjectCheck,
    await oauth.userInfoRequest(server, client, tokens.access_token, insecure));
  say('done: ' + (await me.json()).name + ', ' + userinfo.email);
}
run().catch((error) => say('failed: ' + error.name + ' ' + error.message));
</script>`;

let clientId = '';
let site: Site;
const origin = () => `http://127.0.0.1:${site.port}`;

beforeAll(async () => {
  const { url } = inject('worker');
  site = await serveSite(({ url: { pathname } }) => {
    if (pathname === '/oauth4webapi.js') return { body: LIBRARY, headers: { 'content-type': 'text/javascript' } };
    return pathname === '/' ? { body: app(url, clientId) } : undefined;
  });
  const created = await admin<{ client_id: string }>(
    ...['clients', 'create', '--name', 'Single-page app', '--auth-method', 'none', '--redirect-uri', `${origin()}/`],
  );
  clientId = created.client_id;
});

afterAll(async () => {
  await admin('settings', 'set', 'allowed_public_client_origins', '');
  await site.close();
  await closeBrowser();
});

async function outcome(page: Page): Promise<string> {
  await page.goto(origin());
  await signInOn(page, inject('worker'));
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByText(/^(done|failed)/).waitFor();
  return page.locator('#outcome').innerText();
}

describe('CORS, as a browser enforces it', () => {
  it('an app on another origin is refused by the browser, and the log names the setting and the line to add', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', 'https://another.example');
    expect(await outcome(await newPage())).toMatch(/^failed: TypeError/);
    const log = () => readFileSync(inject('worker').logFile, 'utf8');
    await expect.poll(log).toContain(`add this line to the setting allowed_public_client_origins: ${origin()}"`);
  });

  it('an app on an allowed origin completes the flow: discovery, code with PKCE, refresh, its APIs', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', `https://another.example\\n${origin()}`);
    expect(await outcome(await newPage())).toBe(`done: Administrator, ${inject('worker').email}`);
  });

  it('an app on an allowed origin can read the challenge that tells it where to ask', async () => {
    const page = await newPage();
    await page.goto(`${origin()}/?error=none`);
    const challenge = await page.evaluate(
      async (url) => (await fetch(url)).headers.get('www-authenticate'),
      `${inject('worker').url}/api/me`,
    );
    expect(challenge).toMatch(/^Bearer .*resource_metadata=/);
  });

  it('so does one that an administrator allowed for its client alone', async () => {
    await admin('settings', 'set', 'allowed_public_client_origins', '');
    await admin('clients', 'change', clientId, '--origin', origin());
    expect(await outcome(await newPage())).toMatch(/^done/);
  });
});
