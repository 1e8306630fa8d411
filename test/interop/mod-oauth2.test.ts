/** Apache's mod_oauth2 of Debian (libapache2-mod-oauth2) as resource server. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { freePort } from '../support/started.ts';
import { startApache } from './apache.ts';
import { isInstalled } from './debian-packages.ts';
import { issuer, type Registered } from './relying-party.ts';

const basic = ({ client_id, client_secret }: Registered) => ({
  authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
});

/** A form sent with the credentials of a client. */
const post = (client: Registered, path: string, form: Record<string, string>) =>
  fetch(`${issuer()}${path}`, { method: 'POST', headers: basic(client), body: new URLSearchParams(form) });

async function accessToken(client: Registered, resource: string, scope: string): Promise<string> {
  const response = await post(client, '/token', { grant_type: 'client_credentials', resource, scope });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Two resources, a client with tokens for both, and the client by which the first introspects. */
async function prepare() {
  const service = ['clients', 'create', '--grant-type', 'client_credentials', '--name'];
  const client = await admin<Registered>(...service, 'A service');
  const introspector = await admin<Registered>(...service, 'Apache');
  const [resource, other] = [`https://files.example.com/${randomUUID()}`, `https://mail.example.com/${randomUUID()}`];
  const scopes = ['--resource-scope', 'files.read Read files', '--resource-scope', 'files.write Write files'];
  await admin('resources', 'put', resource, '--name', 'Files', ...scopes, '--client', introspector.client_id);
  await admin('resources', 'put', other, '--name', 'Mail', '--resource-scope', 'files.read Read attachments');
  return {
    client,
    introspector,
    resource,
    good: await accessToken(client, resource, 'files.read'),
    withoutScope: await accessToken(client, resource, 'files.write'),
    forAnother: await accessToken(client, other, 'files.read'),
  };
}

/** Starts Apache with one way to validate tokens. @returns `open`, which sends a request to it and returns the status. */
async function start(verify: string, resource: string) {
  const apache = await startApache(
    'oauth2',
    await freePort(),
    `
<Location /secure>
  AuthType oauth2
  OAuth2TokenVerify ${verify}
  <RequireAll>
    Require oauth2_claim iss:${issuer()}
    Require oauth2_claim aud:${resource}
    Require oauth2_claim scope:files.read
  </RequireAll>
</Location>`,
  );
  const open = async (token?: string) => {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const response = await fetch(`${apache.url}/secure/page`, { headers });
    return response.status;
  };
  return { ...apache, open };
}

describe.skipIf(!isInstalled('apache2-bin', 'libapache2-mod-oauth2'))('Apache mod_oauth2', () => {
  it.each([
    ['metadata', () => `metadata ${issuer()}/.well-known/oauth-authorization-server`],
    ['JWKS', () => `jwks_uri ${issuer()}/.well-known/jwks.json`],
    [
      'introspection',
      ({ client_id, client_secret }: Registered) =>
        `introspect ${issuer()}/introspect introspect.auth=client_secret_basic&client_id=${client_id}&client_secret=${client_secret}`,
    ],
  ])('validates access tokens by %s, and refuses others', async (_, verify) => {
    const { introspector, resource, good, withoutScope, forAnother } = await prepare();
    const { open, stop } = await start(verify(introspector), resource);
    try {
      expect(await open(good)).toBe(200);
      expect(await open()).toBe(401);
      expect(await open(withoutScope)).toBe(401);
      expect(await open(forAnother)).toBe(401);
      const [header, payload, signature = ''] = good.split('.');
      expect(await open(`${header}.${payload}.${[...signature].reverse().join('')}`)).toBe(401);
    } finally {
      await stop();
    }
  });

  // It keeps answers of introspection; `expiry` says for how many seconds.
  it('refuses a revoked token by introspection', async () => {
    const { client, introspector, resource, good } = await prepare();
    const { client_id, client_secret } = introspector;
    const auth = `introspect.auth=client_secret_basic&client_id=${client_id}&client_secret=${client_secret}`;
    const { open, stop } = await start(`introspect ${issuer()}/introspect ${auth}&expiry=1`, resource);
    try {
      expect(await open(good)).toBe(200);
      await post(client, '/revoke', { token: good });
      await expect.poll(() => open(good), { timeout: 5_000 }).toBe(401);
    } finally {
      await stop();
    }
  });
});
