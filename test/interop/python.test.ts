/** authlib and requests-oauthlib of Debian (python3-authlib, python3-requests-oauthlib), by their defaults. */
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { isInstalled } from './debian-packages.ts';
import { createClient, issuer, REDIRECT_URI, runClient } from './relying-party.ts';

const INSECURE_TRANSPORT = { OAUTHLIB_INSECURE_TRANSPORT: '1', AUTHLIB_INSECURE_TRANSPORT: '1' };
const python = (script: string) => ['/usr/bin/python3', join('test', 'interop', script)];

describe('Python', () => {
  it.skipIf(!isInstalled('python3-requests-oauthlib'))(
    'requests-oauthlib: code, protected resource, refresh',
    async () => {
      const client = await createClient('requests-oauthlib', '--no-require-pkce');
      const result = await runClient(python('requests_oauthlib_client.py'), client, INSECURE_TRANSPORT);
      expect(result).toMatchObject({ me: 200, refreshed: true });
    },
  );

  it.skipIf(!isInstalled('python3-requests-oauthlib'))(
    'requests-oauthlib at the paths of a Frappe site, strict about the scope: code, get_logged_user, refresh, profile, revocation',
    async () => {
      await admin('settings', 'set', 'scopes_supported', 'all Everything that you may do');
      await admin('settings', 'set', 'frappe_endpoints', 'true');
      const scope = 'all openid profile email roles';
      const client = await createClient(
        'frappe',
        '--no-require-pkce',
        '--scope',
        scope,
        '--auth-method',
        'client_secret_post',
      );
      const result = await runClient(python('requests_oauthlib_frappe_client.py'), client, INSECURE_TRANSPORT);
      const { email } = inject('worker');
      expect(result).toMatchObject({
        scope: ['all', 'openid'],
        refreshed: true,
        logged: { message: email },
        profile: { email, roles: ['administrator'], iss: issuer() },
        introspected: { active: true, client_id: client.client_id, scope: 'all openid', email },
        revoked: [200, {}],
        afterwards: 401,
      });
      await admin('settings', 'set', 'frappe_endpoints', 'false');
      await admin('settings', 'set', 'scopes_supported', '');
    },
  );

  it.skipIf(!isInstalled('python3-authlib'))('authlib: code with PKCE, id_token, refresh', async () => {
    const client = await createClient('authlib');
    const result = await runClient(python('authlib_client.py'), client, INSECURE_TRANSPORT);
    expect(result).toMatchObject({ me: 200, refreshed: true, iss: issuer(), redirect: REDIRECT_URI });
  });
});
