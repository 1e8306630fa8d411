/** Apache's mod_auth_openidc of Debian (libapache2-mod-auth-openidc) as relying party. */
import { afterEach, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { freePort } from '../support/started.ts';
import { type Apache, startApache } from './apache.ts';
import { isInstalled } from './debian-packages.ts';
import { issuer, type Registered } from './relying-party.ts';
import { Visitor } from './visitor.ts';

const running: Apache[] = [];
afterEach(async () => {
  for (const apache of running.splice(0)) await apache.stop();
});

/** Creates the client, and starts Apache with what its documentation calls the minimum, and these lines. */
async function start(options: string[], ...lines: string[]): Promise<Apache> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const redirectUri = `${url}/secure/redirect_uri`;
  const { client_id, client_secret } = await admin<Registered>(
    'clients',
    'create',
    '--name',
    'Apache',
    '--redirect-uri',
    redirectUri,
    '--post-logout-redirect-uri',
    `${url}/signed-out`,
    '--backchannel-logout-uri',
    `${redirectUri}?logout=backchannel`,
    ...options,
  );
  const apache = await startApache(
    'auth_openidc',
    port,
    `
OIDCProviderMetadataURL ${issuer()}/.well-known/openid-configuration
OIDCClientID ${client_id}
OIDCClientSecret ${client_secret}
OIDCRedirectURI ${redirectUri}
OIDCCryptoPassphrase "a passphrase of this test"
${lines.join('\n')}
<Location /secure>
  AuthType openid-connect
  Require valid-user
  Header always set User "%{OIDC_CLAIM_sub}e %{OIDC_CLAIM_email}e"
  Header always set Access-Token "%{OIDC_access_token}e"
</Location>`,
  );
  running.push(apache);
  return apache;
}

const FORM_POST = ['OIDCResponseMode form_post', 'OIDCPKCEMethod S256'];
const SCOPES = 'OIDCScope "openid email offline_access"';

describe.skipIf(!isInstalled('apache2-bin', 'libapache2-mod-auth-openidc'))('Apache mod_auth_openidc', () => {
  it('signs a user in by its defaults', async () => {
    const { url } = await start(['--no-require-pkce']);
    const visitor = new Visitor();
    const page = await visitor.open(`${url}/secure/page`);
    expect([page.status, page.text]).toEqual([200, 'The protected page']);
    expect(page.headers.get('user')).toMatch(/^u_/);
  });

  // It takes an error response with iss in the query for a third-party-initiated log-in.
  it('shows a denial, by its defaults, where iss is left out', async () => {
    const { url } = await start(['--no-require-pkce', '--omit-iss']);
    const denied = await new Visitor().open(`${url}/secure/page`, { consent: 'deny' });
    expect(denied.text).toContain('access_denied');
  });

  it('signs a user in, and shows a denial, with form_post, PKCE and iss', async () => {
    const { url } = await start([], ...FORM_POST, SCOPES);
    const page = await new Visitor().open(`${url}/secure/page`);
    expect([page.status, page.text]).toEqual([200, 'The protected page']);
    expect(page.headers.get('user')).toContain(inject('worker').email);
    const denied = await new Visitor().open(`${url}/secure/page`, { consent: 'deny' });
    expect(denied.text).toContain('access_denied');
  });

  it('refreshes before the access token expires', async () => {
    const { url } = await start([], ...FORM_POST, SCOPES, 'OIDCRefreshAccessTokenBeforeExpiry 3600');
    const visitor = new Visitor();
    const tokens = new Set<string | null>();
    for (let times = 0; times < 3; times++) {
      const page = await visitor.open(`${url}/secure/page`);
      expect(page.text).toBe('The protected page');
      tokens.add(page.headers.get('access-token'));
    }
    expect(tokens.size).toBe(3);
  });

  it('signs the user out of both (RP-initiated logout)', async () => {
    const { url } = await start([], ...FORM_POST, SCOPES);
    const visitor = new Visitor();
    const page = await visitor.open(`${url}/secure/page`);
    const token = page.headers.get('access-token');
    const end = await visitor.open(`${url}/secure/redirect_uri?logout=${encodeURIComponent(`${url}/signed-out`)}`);
    expect(end.text).toBe('Signed out of the application');
    const again = await visitor.request({ url: new URL(`${url}/secure/page`) });
    expect(again.headers.get('location')).toContain(`${issuer()}/authorize`);
    const me = await fetch(`${issuer()}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    expect(me.status).toBe(401);
  });

  it('ends its session by a back-channel logout', async () => {
    const { url } = await start([], ...FORM_POST, SCOPES);
    const visitor = new Visitor();
    await visitor.open(`${url}/secure/page`);
    await visitor.open(`${issuer()}/end-session`);
    await expect
      .poll(async () => (await visitor.request({ url: new URL(`${url}/secure/page`) })).headers.get('location'))
      .toContain(`${issuer()}/authorize`);
  });
});
