/** Every page, looked at: by axe, and for what axe does not see. A page is one scene here. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf, VERIFIER } from '../support/authorize-url.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { findingsOf, isSaid, prepare, viewsOf } from '../support/looks.ts';
import { enrolIn } from '../support/second-factor.ts';
import { type Answer, callbackPage, type Site, serveSite, type Visit } from '../support/site.ts';
import { readForm, User } from '../support/user.ts';

/** A page, and the steps to reach it. */
/** Scenes that a signed-in administrator sees. */
const whileSignedIn = (scenes: readonly Scene[]): Scene[] => scenes.map((scene) => ({ ...scene, signedIn: true }));

type Scene = { name: string; says: string; signedIn?: boolean; reach: (page: Page) => Promise<unknown> };

const clients: Record<'checked' | 'unchecked' | 'editors' | 'described' | 'device' | 'elsewhere' | 'guarded', string> =
  {
    checked: '',
    unchecked: '',
    editors: '',
    described: '',
    device: '',
    guarded: '',
    elsewhere: '',
  };
let invitation = '';
let knownId = '';
let leaverId = '';
let site: Site;
let redirectUri = '';

/** The pages about a client, beside its own. */
const CLIENT_TABS = ['credentials', 'grants', 'tokens', 'problems'];

/** An application that describes itself, and its picture. */
const OTHERS: Record<string, () => Answer> = {
  '/client.json': () => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: clients.described,
      client_name: 'Sketch Pad',
      redirect_uris: [redirectUri],
      logo_uri: new URL('/logo.gif', redirectUri).href,
      token_endpoint_auth_method: 'none',
    }),
  }),
  '/logo.gif': () => ({ headers: { 'content-type': 'image/gif' }, body: Buffer.from(DOT, 'base64') }),
};

/** A user whose deletion was requested. */
const leaver = `scene-leaver-${Date.now()}@example.com`;

/** A provider with an active session: of a user who has an account here, or of one who has none. */
const known = `scene-known-${Date.now()}@example.com`;
const providerAnswers: typeof OTHERS = {
  '/elsewhere/token': () => ofJson({ access_token: 'at', token_type: 'Bearer' }),
  '/elsewhere/mine': () => ofJson({ sub: 'mine', email: known, email_verified: true }),
  '/elsewhere/newcomer': () => ofJson({ sub: 'newcomer', email: 'newcomer@acme.com', email_verified: true }),
};
const ofJson = (body: object) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const sendBack = (query: URLSearchParams): Answer => {
  const answer = new URLSearchParams({ code: 'x', state: query.get('state') ?? '' });
  return { status: 303, headers: { location: `${query.get('redirect_uri')}?${answer}` } };
};
function answerOf({ url: { pathname, searchParams } }: Visit): Answer | undefined {
  if (pathname === '/elsewhere/authorize') return sendBack(searchParams);
  return (OTHERS[pathname] ?? providerAnswers[pathname])?.();
}
/** A user with two-step sign-in. */
const TWO_STEPS = { email: `scene-two-steps-${Date.now()}@example.com`, password: 'a password of a scene' };
/** A user without it. */
const ONE_STEP = { ...TWO_STEPS, email: `scene-one-step-${Date.now()}@example.com` };
/** The records of it; the second is one to be linked. */
const PROVIDERS = {
  'scene-mine': ['Mine', 'mine'],
  'scene-spare': ['Spare', 'mine'],
  'scene-newcomer': ['Newcomer', 'newcomer'],
};

const ELSEWHERE = 'https://a-rather-long-name-of-a-host.example/callback';
const DOT = 'R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=';

beforeAll(async () => {
  site = await serveSite((visit) => answerOf(visit) ?? callbackPage(visit));
  redirectUri = `http://127.0.0.1:${site.port}/callback`;
  clients.described = `http://127.0.0.1:${site.port}/client.json`;
  const create = (...more: string[]) =>
    admin<{ client_id: string }>('clients', 'create', '--redirect-uri', redirectUri, '--auth-method', 'none', ...more);
  const links = JSON.stringify({
    client_uri: 'https://app.example',
    policy_uri: 'https://app.example/p',
    tos_uri: 'https://app.example/t',
    post_logout_redirect_uris: [redirectUri],
  });
  clients.checked = (await create('--name', 'Photo Album', '--metadata', links)).client_id;
  const device = ['--auth-method', 'none', '--grant-type', 'urn:ietf:params:oauth:grant-type:device_code'];
  clients.device = (
    await admin<{ client_id: string }>('clients', 'create', '--name', 'Television', ...device)
  ).client_id;
  clients.guarded = (await create('--name', 'Vault', '--require-second-factor')).client_id;
  clients.editors = (await create('--name', 'Editors only', '--role', 'editor')).client_id;
  const register = async (metadata: Record<string, unknown>) => {
    const response = await fetch(`${inject('worker').url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token_endpoint_auth_method: 'none', ...metadata }),
    });
    return ((await response.json()) as { client_id: string }).client_id;
  };
  const client_name = 'An application with a name that is rather long, as some are';
  clients.unchecked = await register({ client_name, redirect_uris: [redirectUri] });
  const elsewhere = { redirect_uris: [ELSEWHERE], post_logout_redirect_uris: [ELSEWHERE] };
  clients.elsewhere = await register({ client_name, ...elsewhere });
  const notes = ['--name', 'Notes', '--resource-scope', 'notes.read Read your notes'];
  await admin('resources', 'put', NOTES, ...notes);
  await admin('issuers', 'put', ISSUER, '--jwks-uri', `${ISSUER}/jwks`);
  const github = ['--client-id', 'x', '--client-secret', 'y'];
  await admin('connected-apps', 'create', 'scene', 'github', ...github);
  await admin('social-logins', 'create', 'scene', 'github', ...github);
  for (const [id, [name = '', who = '']] of Object.entries(PROVIDERS)) {
    const at = (path: string) => `http://127.0.0.1:${site.port}/elsewhere/${path}`;
    const endpoints = {
      authorization_endpoint: at('authorize'),
      token_endpoint: at('token'),
      userinfo_endpoint: at(who),
    };
    const more = ['--name', name, '--sign-up', 'deny', '--endpoints', JSON.stringify(endpoints)];
    await admin('social-logins', 'create', id, 'oauth', ...github, ...more);
  }
  await admin('settings', 'set', 'sign_up', 'allow');
  // Scenes ask for mail more often than users do.
  await admin('settings', 'set', 'mail_failures', '100');
  await admin('settings', 'set', 'mail_code_sign_in', 'true');
  knownId = (await admin<{ id: string }>('users', 'add', known, '--role', 'editor')).id;
  leaverId = (await admin<{ id: string }>('users', 'add', leaver)).id;
  await admin('users', 'delete', leaver);
  await enrolIn(await addUser(TWO_STEPS));
  await addUser(ONE_STEP);
  invitation = (await admin<{ link: string }>('users', 'add', `scene-${Date.now()}@example.com`)).link;
});

/** A user who chose a password by the one-time link. */
async function addUser({ email, password }: typeof TWO_STEPS): Promise<User> {
  const { link } = await admin<{ link: string }>('users', 'add', email);
  const user = new User(fetch, inject('worker').url);
  const { pathname, search } = new URL(link);
  await user.send(await readForm(await user.open(pathname + search), '/welcome'), { password });
  return user;
}

afterAll(async () => {
  await site.close();
  await admin('resources', 'delete', NOTES);
  await admin('issuers', 'delete', ISSUER);
  await admin('connected-apps', 'delete', 'scene');
  for (const id of ['scene', ...Object.keys(PROVIDERS)]) await admin('social-logins', 'delete', id);
  await admin('settings', 'set', 'sign_up', 'deny');
  await admin('settings', 'set', 'mail_failures', '3');
  await admin('settings', 'set', 'mail_code_sign_in', 'false');
  await closeBrowser();
});

const open = (path: string) => (page: Page) => page.goto(new URL(path, inject('worker').url).href);
const ask =
  (client: keyof typeof clients, changes = {}) =>
  (page: Page) =>
    page.goto(authorizeUrlOf(clients[client], redirectUri, changes));

const NOTES = 'https://notes.a-rather-long-name.example/api';
const ISSUER = 'https://id.a-rather-long-name.example.com';
const at = (list: string, id: string, below = '') => `${list}/${encodeURIComponent(id)}${below}`;
const userAt = (below = '') => `/console/users/${knownId}${below}`;

/** The page of the current user. */
async function openSelf(page: Page) {
  await open(`/console/users?q=${inject('worker').email}`)(page);
  await page.getByRole('link', { name: 'Administrator' }).last().click();
}

const SCENES: Scene[] = [
  { name: 'front', says: 'Sign in once, use it everywhere', reach: open('/') },
  { name: 'playground', says: 'Playground', reach: open('/playground') },
  { name: 'sign-in', says: 'Continue with GitHub', reach: open('/sign-in') },
  { name: 'sign-in-asked', says: 'asks you to sign in', reach: ask('checked') },
  {
    name: 'social-trouble',
    says: 'was started in another browser',
    reach: open('/social-login/scene/callback?state=x&code=y'),
  },
  {
    name: 'social-prove',
    says: 'You have an account here already',
    reach: (page) => press(page, '/sign-in', 'Continue with Mine'),
  },
  {
    name: 'social-refused',
    says: 'There is no account for you here',
    reach: (page) => press(page, '/sign-in', 'Continue with Newcomer'),
  },
  {
    name: 'sign-in-wrong',
    says: 'is not right',
    reach: async (page) => {
      await open('/sign-in')(page);
      await signInOn(page, { email: `nobody-${Math.random()}@example.com`, password: 'not the password' });
    },
  },
  { name: 'mail-code', says: 'We mail you a code', reach: open('/sign-in/code') },
  {
    name: 'mail-code-entry',
    says: 'Enter the code from the mail',
    reach: send('/sign-in/code', 'E-mail address', 'nobody@example.com'),
  },
  {
    name: 'second-factor-code',
    says: 'Enter your code',
    reach: async (page) => {
      await open('/sign-in')(page);
      await signInOn(page, TWO_STEPS);
      await page.getByText('I do not have my phone').click();
    },
  },
  {
    name: 'second-factor-set-up',
    says: 'This server asks for two-step sign-in',
    reach: async (page) => {
      await ask('guarded')(page);
      await signInOn(page, ONE_STEP);
    },
  },
  { name: 'sign-up', says: 'Create an account', reach: open('/sign-up') },
  { name: 'welcome', says: 'Choose the password', reach: (page) => page.goto(invitation) },
  { name: 'welcome-bad-link', says: 'This link is no longer valid', reach: open('/welcome?link=none') },
  { name: 'forgot', says: 'Forgot your password?', reach: open('/forgot') },
  { name: 'forgot-sent', says: 'a link is on its way', reach: send('/forgot', 'E-mail address', 'nobody@example.com') },
  { name: 'confirm-bad-link', says: 'This link is no longer valid', reach: open('/confirm-address?link=none') },
  {
    name: 'leaving',
    says: 'Nobody here has checked this application',
    reach: (page) => page.goto(authorizeUrlOf(clients.elsewhere, ELSEWHERE, { response_type: 'token' })),
  },
  {
    name: 'signed-out-onward',
    says: 'Go back to a-rather-long-name',
    reach: (page) =>
      open(`/end-session?client_id=${clients.elsewhere}&post_logout_redirect_uri=${encodeURIComponent(ELSEWHERE)}`)(
        page,
      ),
  },
  { name: 'signed-out', says: 'You are signed out', reach: open('/sign-out') },
  { name: 'reference', says: 'The APIs of this server beside the OAuth endpoints', reach: open('/reference') },
  { name: 'reference-me', says: 'Returns the user of the credential', reach: open('/reference/me') },
  { name: 'reference-noun', says: 'One client', reach: open('/reference/admin/clients') },
  { name: 'reference-admin', says: 'Every setting, with its value', reach: open('/reference/admin') },
  { name: 'not-found', says: 'There is nothing at this address', reach: open('/nowhere') },
  { name: 'unknown-client', says: 'no client with this client_id exists', reach: open('/authorize?client_id=c_none') },
  {
    name: 'refused-redirect-uri',
    says: 'Details for developers',
    reach: (page) => page.goto(authorizeUrlOf(clients.checked, 'https://wrong.example/callback?to=here')),
  },
  { name: 'account', says: 'Your account', signedIn: true, reach: open('/account') },
  ...whileSignedIn([
    { name: 'profile', says: 'Applications that you allow', reach: open('/account/profile') },
    {
      name: 'profile-wrong',
      says: 'not an https address',
      reach: send('/account/profile', 'Address of a picture', 'http://x.test/'),
    },
    { name: 'address', says: 'Send a link to confirm it', reach: open('/account/email') },
    {
      name: 'address-sent',
      says: 'We have sent a link',
      reach: send('/account/email', 'New e-mail address', 'a@acme.com'),
    },
    { name: 'confirm-address', says: 'your e-mail address?', reach: reachConfirmation },
    { name: 'password', says: 'New password', reach: open('/account/password') },
    {
      name: 'password-wrong',
      says: 'at least 8 characters',
      reach: send('/account/password', 'New password', 'short'),
    },
    { name: 'passkeys', says: 'You have no passkey yet', reach: open('/account/passkeys') },
    { name: 'passkey-add', says: 'Name of the passkey', reach: open('/account/passkeys/add') },
    { name: 'second-factor', says: 'It is off', reach: open('/account/second-factor') },
    { name: 'second-factor-add', says: 'authenticator app', reach: open('/account/second-factor/add') },
    {
      name: 'second-factor-wrong',
      says: 'is not right',
      reach: send('/account/second-factor/add', 'Code from the app', '000000'),
    },
    { name: 'second-factor-remove', says: 'Turn off', reach: open('/account/second-factor/remove') },
    {
      name: 'recovery-codes-new',
      says: 'will not work any more',
      reach: open('/account/second-factor/recovery-codes'),
    },
    { name: 'methods', says: 'Link GitHub', reach: open('/account/sign-in-methods') },
    {
      name: 'social-link',
      says: 'signs you in here',
      reach: (page: Page) => press(page, '/account/sign-in-methods', 'Link Mine'),
    },
    {
      name: 'social-unlink',
      says: 'You will not be able to sign in with Spare any more',
      reach: async (page: Page) => {
        await open('/account/sign-in-methods')(page);
        const link = page.getByRole('button', { name: 'Link Spare' });
        if ((await link.count()) > 0) {
          await link.click();
          await page.getByRole('button', { name: 'Link it' }).click();
        }
        await page.getByRole('link', { name: 'Unlink Spare' }).click();
      },
    },
    { name: 'sessions', says: 'This browser', reach: open('/account/sessions') },
    { name: 'data', says: 'Download your data', reach: open('/account/data') },
    { name: 'data-delete', says: 'deleted for good after 30 days', reach: open('/account/data/delete') },
    { name: 'keys', says: 'your own script or program acts as you', reach: open('/account/keys') },
    { name: 'key-add', says: 'What is it for?', reach: open('/account/keys/add') },
    { name: 'key-add-wrong', says: 'Tick at least one', reach: send('/account/keys/add', 'What is it for?', 'Backup') },
    { name: 'key-made', says: 'shown this once', reach: reachKey },
    {
      name: 'keys-some',
      says: 'Expires',
      reach: async (page: Page) => {
        await reachKey(page);
        await page.getByRole('link', { name: 'I have copied it' }).click();
        await page.getByText('Expires').first().waitFor();
      },
    },
  ]),
  ...whileSignedIn([
    { name: 'console', says: 'What needs attention', reach: open('/console') },
    { name: 'console-settings', says: 'Name and appearance', reach: open('/console/settings') },
    { name: 'console-setting-group', says: 'Access token lifetime (minutes)', reach: open('/console/settings/tokens') },
    {
      name: 'console-setting-wrong',
      says: 'Nothing was saved',
      reach: send('/console/settings/tokens', 'Access token lifetime (minutes)', '61'),
    },
    { name: 'console-shards', says: 'token records of users near', reach: open('/console/shards') },
    { name: 'console-keys', says: 'How to replace the key', reach: open('/console/keys') },
    { name: 'console-users', says: 'All users with an account', reach: open('/console/users') },
    { name: 'console-user-new', says: 'Roles are names of your choice', reach: open('/console/users/new') },
    {
      name: 'console-user-added',
      says: 'Give them this link',
      reach: async (page: Page) => {
        await open('/console/users/new')(page);
        await page.getByLabel('E-mail address', { exact: true }).fill(`scene-${Date.now()}@example.com`);
        await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
        await page.getByRole('button', { name: 'Create', exact: true }).click();
      },
    },
    { name: 'console-user', says: 'Sign-in methods', reach: (page: Page) => open(userAt())(page) },
    { name: 'console-user-self', says: 'Applications with access', reach: openSelf },
    { name: 'console-user-edit', says: 'Edit', reach: (page: Page) => open(userAt('/edit'))(page) },
    {
      name: 'console-user-disable',
      says: 'cannot sign in any more',
      reach: (page: Page) => open(userAt('/disable'))(page),
    },
    {
      name: 'console-user-delete',
      says: 'deleted for good after 30 days',
      reach: (page: Page) => open(userAt('/delete'))(page),
    },
    {
      name: 'console-user-deleted',
      says: 'The deletion of this user was requested',
      reach: (page: Page) => open(`/console/users/${leaverId}`)(page),
    },
    {
      name: 'console-user-keep',
      says: 'Revoked access stays revoked',
      reach: (page: Page) => open(`/console/users/${leaverId}/keep`)(page),
    },
    { name: 'console-sessions', says: 'The browsers in which users', reach: open('/console/sessions') },
    { name: 'console-api-keys', says: 'With an API key a script acts', reach: open('/console/api-keys') },
    { name: 'console-api-key-new', says: 'For a script that acts', reach: open('/console/api-keys/new') },
    { name: 'console-resources', says: 'APIs of yours', reach: open('/console/resources') },
    { name: 'console-resource-new', says: 'It cannot be changed later', reach: open('/console/resources/new') },
    { name: 'console-resource', says: 'How an API uses it', reach: open(at('/console/resources', NOTES)) },
    { name: 'console-resource-edit', says: 'Edit Notes', reach: open(at('/console/resources', NOTES, '/edit')) },
    {
      name: 'console-resource-delete',
      says: 'Delete Notes?',
      reach: open(at('/console/resources', NOTES, '/delete')),
    },
    { name: 'console-issuers', says: 'Other servers whose assertions', reach: open('/console/issuers') },
    {
      name: 'console-issuer-new-wrong',
      says: 'Nothing was saved',
      reach: send('/console/issuers/new', 'Issuer', 'https://id.example.com'),
    },
    { name: 'console-issuer', says: 'Linked subjects', reach: open(at('/console/issuers', ISSUER)) },
    {
      name: 'console-issuer-link',
      says: 'for this subject (sub)',
      reach: open(at('/console/issuers', ISSUER, '/link')),
    },
    { name: 'console-codes', says: 'single-use', reach: open('/console/codes') },
    { name: 'console-devices', says: 'Device authorization requests', reach: open('/console/devices') },
    { name: 'console-connected-apps', says: 'Authorization servers at which', reach: open('/console/connected-apps') },
    { name: 'console-connected-app-which', says: 'Provider', reach: open('/console/connected-apps/new') },
    { name: 'console-connected-app-new', says: 'MCP server', reach: open('/console/connected-apps/new/mcp') },
    { name: 'console-connected-app', says: 'Connections', reach: open('/console/connected-apps/scene') },
    { name: 'console-connected-app-edit', says: 'Edit GitHub', reach: open('/console/connected-apps/scene/edit') },
    {
      name: 'console-connected-app-delete',
      says: 'Delete GitHub?',
      reach: open('/console/connected-apps/scene/delete'),
    },
    { name: 'console-connections', says: 'accounts of users at connected apps', reach: open('/console/connections') },
    { name: 'console-identities', says: 'linked to users', reach: open('/console/identities') },
    { name: 'console-social-logins', says: 'Identity providers with', reach: open('/console/social-logins') },
    { name: 'console-social-login-which', says: 'Identity provider', reach: open('/console/social-logins/new') },
    {
      name: 'console-social-login-new-wrong',
      says: 'Nothing was saved',
      reach: async (page: Page) => {
        await open('/console/social-logins/new/microsoft')(page);
        await page.getByText('Advanced').click();
        await page.getByLabel('Endpoints').fill('token_endpoint=nowhere');
        await page.getByRole('button', { name: 'Create', exact: true }).click();
      },
    },
    { name: 'console-social-login', says: 'Linked accounts', reach: open('/console/social-logins/scene') },
    { name: 'console-social-login-edit', says: 'Edit GitHub', reach: open('/console/social-logins/scene/edit') },
    {
      name: 'console-social-login-delete',
      says: 'Delete GitHub?',
      reach: open('/console/social-logins/scene/delete'),
    },
    { name: 'console-initial-tokens', says: 'The holder of an initial', reach: open('/console/initial-tokens') },
    {
      name: 'console-initial-token-new',
      says: 'For how many days it is valid',
      reach: open('/console/initial-tokens/new'),
    },
    { name: 'console-tokens', says: 'The access tokens that have not expired', reach: open('/console/tokens') },
    { name: 'console-grants', says: 'The authorizations of clients by users', reach: open('/console/grants') },
    { name: 'console-check-server', says: 'names the first broken step', reach: open('/console/check-server') },
    {
      name: 'console-check-server-report',
      says: 'First broken step',
      reach: send('/console/check-server', 'URL of the MCP server', 'http://127.0.0.1:1/mcp'),
    },
    { name: 'console-decode', says: 'Paste an access token', reach: open('/console/tokens/decode') },
    { name: 'console-audit', says: 'Events and their actors', reach: open('/console/audit') },
    { name: 'console-audit-wrong', says: 'must be a day', reach: open('/console/audit?from=2026-01-31&to=monday') },
    { name: 'console-clients', says: 'Registered by', reach: open('/console/clients') },
    { name: 'console-client-kinds', says: 'Which type of application', reach: open('/console/clients/new') },
    { name: 'console-client-new', says: 'Redirect URIs', reach: open('/console/clients/new/website') },
    {
      name: 'console-client-new-wrong',
      says: 'Nothing was saved',
      reach: async (page: Page) => {
        await open('/console/clients/new/website')(page);
        await page.getByLabel('Redirect URIs', { exact: true }).fill('http://shop.example/callback');
        await page.getByLabel('Name', { exact: true }).fill('Shop');
        await page.getByLabel('Name', { exact: true }).press('Enter');
      },
    },
    {
      name: 'console-client-made',
      says: 'The secret is shown this once',
      reach: send('/console/clients/new/service', 'Name', 'Nightly job'),
    },
    {
      name: 'console-client-made-web',
      says: 'Connect the application',
      reach: async (page: Page) => {
        await open('/console/clients/new/website')(page);
        await page.getByLabel('Redirect URIs', { exact: true }).fill('https://shop.example/api/auth/callback/postern');
        await page.getByLabel('Name', { exact: true }).fill('Shop');
        await page.getByRole('button', { name: 'Create' }).click();
      },
    },
    {
      name: 'console-api-key-find',
      says: 'Choose',
      reach: open('/console/api-keys/new?find_user=admin'),
    },
    { name: 'console-client-new-mcp', says: 'Advanced', reach: open('/console/clients/new/mcp') },
    {
      name: 'console-client',
      says: 'Registered by',
      reach: (page: Page) => open(`/console/clients/${clients.checked}`)(page),
    },
    ...CLIENT_TABS.map((tab) => ({
      name: `console-client-${tab}`,
      says: 'Users and grants',
      reach: (page: Page) => open(`/console/clients/${clients.checked}/${tab}`)(page),
    })),
    {
      name: 'console-client-timeline',
      says: 'An administrator created it',
      reach: (page: Page) => open(`/console/clients/${clients.checked}/timeline`)(page),
    },
    {
      name: 'console-client-edit',
      says: 'Edit Photo Album',
      reach: (page: Page) => open(`/console/clients/${clients.checked}/edit`)(page),
    },
    {
      name: 'console-client-delete',
      says: 'Delete Photo Album?',
      reach: (page: Page) => open(`/console/clients/${clients.checked}/delete`)(page),
    },
  ]),
  { name: 'sign-out', says: 'Sign out?', signedIn: true, reach: open('/sign-out') },
  {
    name: 'end-session',
    says: 'asks whether you want to sign out here, too',
    signedIn: true,
    reach: (page) => open(`/end-session?client_id=${clients.checked}`)(page),
  },
  {
    name: 'end-session-stayed',
    says: 'You are still signed in',
    signedIn: true,
    reach: async (page) => {
      const leave = new URLSearchParams({ client_id: clients.checked, post_logout_redirect_uri: redirectUri });
      await open(`/end-session?${leave}`)(page);
      await page.getByRole('button', { name: 'Stay signed in' }).click();
    },
  },
  {
    name: 'end-session-refused',
    says: 'something that cannot be used here',
    signedIn: true,
    reach: (page) => open(`/end-session?client_id=${clients.checked}&post_logout_redirect_uri=https://x.test`)(page),
  },
  {
    name: 'consent',
    says: 'Allow Photo Album to use your account?',
    signedIn: true,
    reach: ask('checked', { scope: 'openid profile email offline_access' }),
  },
  { name: 'consent-unchecked', says: 'This application registered itself', signedIn: true, reach: ask('unchecked') },
  { name: 'choose-account', says: 'Continue as', signedIn: true, reach: ask('checked', { prompt: 'select_account' }) },
  { name: 'sign-in-again', says: 'sign in again', signedIn: true, reach: ask('checked', { prompt: 'login' }) },
  { name: 'not-for-you', says: 'Not for this account', signedIn: true, reach: ask('editors') },
  {
    name: 'consent-described',
    says: 'Its description comes from',
    signedIn: true,
    reach: async (page) => {
      await ask('described')(page);
      const logo = page.locator('.initial img');
      await logo.evaluate((image: { complete: boolean; decode: () => Promise<void> }) => image.decode());
    },
  },
  { name: 'connections', says: 'Not connected', signedIn: true, reach: open('/account/connections') },
  { name: 'connect', says: 'Connect GitHub?', signedIn: true, reach: open('/account/connections/scene?scope=repo') },
  {
    name: 'connect-trouble',
    says: 'GitHub was not connected',
    signedIn: true,
    reach: open('/connected-apps/scene/callback?state=x&code=y'),
  },
  { name: 'device', says: 'Connect a device', signedIn: true, reach: open('/device') },
  { name: 'device-wrong', says: 'No device has', signedIn: true, reach: open('/device?user_code=BBBB-BBBB') },
  { name: 'device-consent', says: 'Make sure that your device', signedIn: true, reach: reachDevice },
  {
    name: 'device-done',
    says: 'Go back to your device',
    signedIn: true,
    reach: async (page) => {
      await reachDevice(page);
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
    },
  },
  {
    name: 'applications',
    says: 'Revoke access of Photo Album',
    signedIn: true,
    reach: async (page) => {
      await ask('checked')(page);
      // Only a code that was redeemed gives access.
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.getByText('Back at the application').waitFor();
      await redeem(new URL(page.url()).searchParams.get('code') ?? '');
      await open('/account/applications')(page);
    },
  },
];

async function press(page: Page, path: string, name: string): Promise<void> {
  await open(path)(page);
  await page.getByRole('button', { name }).click();
}

/** Fills in one field of a page, and sends it. */
function send(path: string, label: string, text: string) {
  return async (page: Page) => {
    await open(path)(page);
    // The boxes of scopes have labels, too, in which the same word may stand.
    const field = page.getByLabel(label).and(page.locator('input:not([type=checkbox])'));
    await field.fill(text);
    // The server also refuses values that the browser itself would refuse.
    await page
      .locator('main form[method=post]')
      .first()
      .evaluate('form => form.noValidate = true')
      .catch(() => undefined);
    await field.press('Enter');
  };
}

/** The mail that was sent last stands in the log of the server on this machine. */
async function reachConfirmation(page: Page): Promise<void> {
  await send('/account/email', 'New e-mail address', `scene-${Math.random()}@acme.com`)(page);
  await page.getByText('We have sent a link').waitFor();
  const linkOf = () =>
    readFileSync(inject('worker').logFile, 'utf8')
      .match(/http\S+confirm-address\?link=[\w.-]+/g)
      ?.at(-1);
  await expect.poll(linkOf).toBeTruthy();
  await page.goto(linkOf() ?? '');
}

async function reachKey(page: Page): Promise<void> {
  await open('/account/keys/add')(page);
  await page.getByLabel('What is it for?').fill('Backup');
  await page.getByLabel('See your name').check();
  await page.getByRole('button', { name: 'Create the key' }).click();
}

/** A television shows a code, and the user types it. */
async function reachDevice(page: Page): Promise<void> {
  const body = new URLSearchParams({ client_id: clients.device, scope: 'openid profile' });
  const response = await fetch(`${inject('worker').url}/device_authorization`, { method: 'POST', body });
  const { user_code } = (await response.json()) as { user_code: string };
  await open('/device')(page);
  await page.getByLabel('The code that your device shows').fill(user_code.toLowerCase());
  await page.keyboard.press('Enter');
}

async function redeem(code: string): Promise<void> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: VERIFIER };
  const body = new URLSearchParams({ ...form, client_id: clients.checked });
  const response = await fetch(`${inject('worker').url}/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(await response.text());
}

describe('every page, on a phone and at a desk, in the light and in the dark, narrow, enlarged and with forced colours', () => {
  let page: Page;
  beforeAll(async () => {
    page = await newPage();
  });
  afterAll(() => page.context().close());

  for (const [number, scene] of SCENES.entries()) {
    it(`${scene.name} has no finding of axe or of ours, and weighs at most 60 KB compressed`, async () => {
      if (scene.signedIn && (await page.context().cookies()).every(({ name }) => !name.endsWith('session'))) {
        await open('/sign-in')(page);
        await signInOn(page, inject('worker'));
      }
      await prepare(page);
      await scene.reach(page);
      await expect.poll(() => isSaid(page, scene.says), { message: scene.says }).toBe(true);
      const { SCREENSHOTS } = process.env;
      const picture = (view: string) =>
        page.screenshot({ path: join(SCREENSHOTS ?? '', `${scene.name}-${view}.png`), fullPage: true });
      const findings = await findingsOf(page, viewsOf(number), SCREENSHOTS ? picture : undefined);
      expect(findings.map(({ view, what, where }) => `${view} ${what}: ${where.join(' ')}`).join('\n')).toBe('');
    });
  }
});

/** Each breaks a page in one way, and is found as this. */
const FAULTS: [finding: string, body: string][] = [
  ['color-contrast', '<p style="color: #aaa">Pale</p>'],
  ['link-in-text-block', '<p>Words and <a href="#x" style="text-decoration: none; color: #174f60">more</a> words</p>'],
  ['target-size', '<p><a href="#a" style="display: inline-block; width: 9px; height: 9px">a</a><a href="#b">b</a></p>'],
  ['image-alt', '<img src="/x.gif">'],
  ['label', '<form class="stack"><div class="field"><input name="x"></div></form>'],
  ['sideways', '<p style="width: 340px">Wide</p>'],
  ['sideways', '<p style="width: 36rem; max-width: 36rem">Wide when the text is large</p>'],
  ['sideways', '<p style="width: 9rem; overflow: hidden; white-space: nowrap">Cut off where it should go on</p>'],
  ['focus', '<p><a href="#x" style="outline: none">No ring</a></p>'],
  ['focus', '<p><a href="#x" style="position: absolute; left: -50rem">Out of sight</a></p>'],
  ['borders', '<p><button style="border: 0">No edge</button></p>'],
  [
    'drawings',
    '<svg role="img" aria-label="x" style="fill: Canvas; background: Canvas"><rect width="9" height="9"/></svg>',
  ],
  ['motion', '<p style="transition: opacity 3s !important">Moves</p>'],
  ['shifts', '<script>setTimeout(() => document.querySelector("h1").before(new Image(200, 200)), 60)</script>'],
  ['weight', `<p hidden>${randomBytes(60_000).toString('base64')}</p>`],
];

describe('what checks the pages', () => {
  let page: Page;
  beforeAll(async () => {
    page = await newPage();
  });
  afterAll(() => page.context().close());

  const show = async (body: string, views?: ReturnType<typeof viewsOf>) => {
    const { url } = inject('worker');
    OTHERS['/checked'] = () => ({
      body: `<!doctype html><html lang="en"><head><title>x</title><meta name="viewport" content="width=device-width">
        <link rel="stylesheet" href="${url}/style.css"></head><body><main id="main"><h1>Checked</h1>${body}
        <p>The end, of what is long enough to be read.</p></main></body></html>`,
    });
    await prepare(page);
    await page.goto(new URL('/checked', redirectUri).href);
    await page.waitForTimeout(100);
    return findingsOf(page, views);
  };

  it('has nothing to say of a page that is right', async () => {
    expect(await show('<p><a href="#main">A link</a></p><p><button>Press</button></p>')).toEqual([]);
  });

  it.each(FAULTS)('finds %s', async (finding, body) => {
    // The views of each page, and the one of large text.
    expect((await show(body, viewsOf(1))).map(({ what }) => what)).toContain(finding);
  });
});
