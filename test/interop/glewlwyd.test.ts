/** Glewlwyd of Debian (glewlwyd) as identity provider, set up by its API. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/started.ts';
import { User } from '../support/user.ts';
import { connectAndRefresh, redirectUris, signInTwice } from './as-client.ts';
import { isInstalled } from './debian-packages.ts';
import { type ServerProgram, startProgram } from './server-program.ts';

const SCHEMA = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';

const configuration = (port: number) => `
port = ${port}
bind_address = "127.0.0.1"
external_url = "http://localhost:${port}"
login_url = "login.html"
api_prefix = "api"
log_mode = "console"
log_level = "INFO"
cookie_secure = 0
session_key = "GLEWLWYD2_SESSION_ID"
login_api_enabled = true
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "/usr/lib/glewlwyd/user"
user_middleware_module_path = "FOLDER/none"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = { type = "sqlite3"; path = "FOLDER/database"; };
`;

/**
 * The OpenID plugin as its page makes it, with the claims name and email, and access tokens that live for 2 seconds.
 */
function plugin(issuer: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    module: 'oidc',
    name: 'oidc',
    display_name: 'OpenID Connect',
    parameters: {
      iss: issuer,
      'jwt-type': 'rsa',
      'jwt-key-size': '256',
      key: privateKey,
      cert: publicKey,
      'access-token-duration': 2,
      'refresh-token-duration': 1_209_600,
      'code-duration': 600,
      'refresh-token-rolling': true,
      'allow-non-oidc': true,
      'auth-type-code-enabled': true,
      'auth-type-token-enabled': false,
      'auth-type-id-token-enabled': true,
      'auth-type-password-enabled': false,
      'auth-type-client-enabled': false,
      'auth-type-refresh-enabled': true,
      'pkce-allowed': true,
      'introspection-revocation-allowed': true,
      'introspection-revocation-allow-target-client': true,
      'oauth-dpop-allowed': true,
      'oauth-dpop-iat-duration': 60,
      'name-claim': 'mandatory',
      'email-claim': 'mandatory',
    },
  };
}

describe.skipIf(!isInstalled('glewlwyd'))('Glewlwyd', () => {
  let glewlwyd: ServerProgram;
  let origin = '';
  let alice: User;

  async function call(user: User, method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    const response = await user.request(`/api${path}`, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    glewlwyd = await startProgram({
      files: { 'glewlwyd.conf': configuration(port) },
      command: ['/usr/bin/glewlwyd', '--config-file=FOLDER/glewlwyd.conf'],
      port,
      prepare: (folder) => {
        mkdirSync(join(folder, 'none'));
        const database = new DatabaseSync(join(folder, 'database'));
        database.exec(readFileSync(SCHEMA, 'utf8'));
        database.close();
      },
    });
    const administrator = new User(fetch, origin);
    await call(administrator, 'POST', '/auth/', { username: 'admin', password: 'password' });
    await call(administrator, 'POST', '/mod/plugin/', plugin(`${origin}/api/oidc`));
    await call(administrator, 'POST', '/client/', {
      client_id: 'postern',
      name: 'Postern',
      client_secret: 'a-secret-of-letters',
      confidential: true,
      redirect_uri: redirectUris('glewlwyd'),
      authorization_type: ['code', 'refresh_token'],
      token_endpoint_auth_method: ['client_secret_basic'],
      scope: [],
    });
    const password = 'a password of Alice';
    const names = { username: 'alice', name: 'Alice', email: 'alice@glewlwyd.example' };
    await call(administrator, 'POST', '/user/', { ...names, password, scope: ['openid', 'g_profile'] });
    alice = new User(fetch, origin);
    await call(alice, 'POST', '/auth/', { username: 'alice', password });
    await call(alice, 'PUT', '/auth/grant/postern', { scope: 'openid' });
  });

  afterAll(() => glewlwyd?.stop());

  /** The last step of its sign-in page. */
  const authorize = async (url: string) => {
    const response = await alice.request(`${url}&g_continue`);
    return response.headers.get('location') ?? '';
  };

  async function endRefreshTokens(): Promise<void> {
    const tokens = (await (await call(alice, 'GET', '/oidc/token/')).json()) as { token_hash: string }[];
    expect(tokens).not.toEqual([]);
    for (const { token_hash } of tokens) {
      await call(alice, 'DELETE', `/oidc/token/${encodeURIComponent(token_hash)}`);
    }
  }

  const options = () => [
    '--issuer',
    `${origin}/api/oidc`,
    '--client-id',
    'postern',
    '--client-secret',
    'a-secret-of-letters',
    '--scope',
    'openid',
  ];

  it('signs a user in', async () => {
    expect(await signInTwice('glewlwyd', options(), authorize)).toContain('alice@glewlwyd.example');
  });

  it('is connected, refreshed, and connected again after its refresh token was disabled', async () => {
    await connectAndRefresh('glewlwyd', options(), authorize, endRefreshTokens);
  }, 120_000);
});
