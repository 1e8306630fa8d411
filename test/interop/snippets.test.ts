/** Snippets that the console shows for a client, of libraries that the main lock file does not have, as they stand there. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { snippetsFor } from '../../src/admin/console/snippets/index.ts';
import type { ClientMetadata } from '../../src/protocol/client-metadata.ts';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage } from '../support/browser.ts';
import { User } from '../support/user.ts';
import { authorize, issuer } from './relying-party.ts';

type Created = { client_id: string; client_secret?: string; metadata: ClientMetadata };

const create = (...options: string[]) => admin<Created>('clients', 'create', '--name', 'Snippets', ...options);

/** The text of a snippet of this client. */
function snippetOf({ client_id, metadata }: Created, wanted: string): string {
  const values = { issuer: issuer(), clientId: client_id, metadata, resource: 'https://mcp.example/mcp' };
  const found = snippetsFor(values).find(({ name }) => name === wanted);
  if (!found) throw new Error(`no snippet for ${wanted}`);
  return found.text;
}

describe('the snippet for oidc-client-ts', () => {
  const installed = (path: string) => readFileSync(new URL(`node_modules/${path}`, import.meta.url), 'utf8');
  const files: Record<string, string> = {
    '/oidc-client-ts.js': installed('oidc-client-ts/dist/esm/oidc-client-ts.js'),
    '/jwt-decode.js': installed('jwt-decode/build/esm/index.js'),
  };
  const imports = JSON.stringify({ 'oidc-client-ts': '/oidc-client-ts.js', 'jwt-decode': '/jwt-decode.js' });
  const page = `<!doctype html><title>App</title><script type="importmap">{"imports":${imports}}</script>`;
  let application: Server;
  let origin = '';

  beforeAll(async () => {
    application = createServer(({ url = '' }, response) => {
      const script = files[url];
      response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
      response.end(script ?? page);
    });
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(application.address() as AddressInfo).port}`;
    await admin('settings', 'set', 'allowed_public_client_origins', origin);
  });

  afterAll(async () => {
    await admin('settings', 'reset', 'allowed_public_client_origins');
    await closeBrowser();
    application.close();
  });

  it('signs a user in, renews the token, and signs the user out', async () => {
    const ends = ['--redirect-uri', `${origin}/back`, '--post-logout-redirect-uri', `${origin}/`];
    const client = await create('--auth-method', 'none', '--metadata', '{"application_type":"web"}', ...ends);
    files['/app.js'] = snippetOf(client, 'oidc-client-ts');
    const { email, password } = inject('worker');
    const browser = await newPage();
    await browser.goto(origin);
    await browser.evaluate("void import('/app.js').then(({ signIn }) => signIn())");
    await browser.getByLabel('E-mail address').fill(email);
    await browser.getByLabel('Password', { exact: true }).fill(password);
    await browser.getByRole('button', { name: 'Sign in', exact: true }).click();
    await browser.getByRole('button', { name: 'Allow' }).click();
    await browser.waitForURL(`${origin}/back**`);
    type Tokens = { profile: Record<string, unknown>; access_token: string };
    const user = (await browser.evaluate("import('/app.js').then(({ finish }) => finish())")) as Tokens;
    expect(user.profile).toMatchObject({ email });
    // The code is no longer in the address.
    expect(browser.url()).toBe(`${origin}/`);
    const renewed = (await browser.evaluate("import('/app.js').then(({ users }) => users.signinSilent())")) as Tokens;
    expect(renewed.access_token).not.toBe(user.access_token);
    await browser.evaluate("void import('/app.js').then(({ users }) => users.signoutRedirect())");
    // RP-Initiated Logout §2: the user is asked.
    await browser.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).click();
    await browser.waitForURL(`${origin}/`);
  });
});

/** next-auth without Next.js: what its `NextAuth` does with a configuration, by the package that it wraps. */
const NEXT_AUTH = `import { Auth, setEnvDefaults } from '@auth/core';
export default (config) => {
  config.basePath ||= '/api/auth';
  setEnvDefaults(process.env, config);
  const handler = (request) => Auth(request, config);
  return { handlers: { GET: handler, POST: handler } };
};
`;

describe('the snippet for Auth.js', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-snippets-'));
    mkdirSync(join(folder, 'node_modules', 'next-auth'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', 'next-auth', 'index.mjs'), NEXT_AUTH);
    writeFileSync(
      join(folder, 'node_modules', 'next-auth', 'package.json'),
      JSON.stringify({ name: 'next-auth', exports: './index.mjs' }),
    );
    symlinkSync(fileURLToPath(new URL('node_modules/@auth', import.meta.url)), join(folder, 'node_modules', '@auth'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['client_secret_basic', 'client_secret_post'])('signs a user in by %s', async (method) => {
    const app = 'http://localhost:3999';
    const callback = ['--redirect-uri', `${app}/api/auth/callback/postern`];
    const web = ['--metadata', '{"application_type":"web"}', '--auth-method', method];
    const client = await create(...callback, ...web);
    Object.assign(process.env, { CLIENT_SECRET: client.client_secret, AUTH_SECRET: 'a secret', AUTH_URL: app });
    const file = join(folder, `${method}.mjs`);
    writeFileSync(file, snippetOf(client, 'Auth.js'));
    type Program = { handlers: { GET: (request: Request) => Promise<Response> } };
    const { handlers } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Program;
    const browser = new User((url, init) => handlers.GET(new Request(url, init)), app);
    const { csrfToken } = (await (await browser.request('/api/auth/csrf')).json()) as { csrfToken: string };
    const started = await browser.request('/api/auth/signin/postern', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken, callbackUrl: app }).toString(),
    });
    const back = await authorize(started.headers.get('location') ?? '');
    await browser.request(back.href.slice(app.length));
    const session = (await (await browser.request('/api/auth/session')).json()) as { user?: Record<string, string> };
    expect(session.user).toMatchObject({ email: inject('worker').email });
  });
});
