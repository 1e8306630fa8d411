/** authlib and requests-oauthlib of Debian (python3-authlib, python3-requests-oauthlib), by their defaults. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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

  it.skipIf(!isInstalled('python3-authlib'))('authlib: code with PKCE, id_token, refresh', async () => {
    const client = await createClient('authlib');
    const result = await runClient(python('authlib_client.py'), client, INSECURE_TRANSPORT);
    expect(result).toMatchObject({ me: 200, refreshed: true, iss: issuer(), redirect: REDIRECT_URI });
  });
});
