/** PKCE as a client, and providers that refuse it (RFC 7636, RFC 9700 §2.1.1). */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CLIENT,
  comeBack,
  connectApp,
  type FarEnd,
  farEnd,
  idToken,
  press,
  remoteAdmin,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { type Server, serve } from '../support/server.ts';
import { makeLogin, pageText, pressButton, returnFrom, says } from '../support/social.ts';

let server: Server;
let far: FarEnd;

beforeEach(async () => {
  server = serve();
  far = await farEnd();
});

const challengeOf = (sent: Response) => new URL(sent.headers.get('location') ?? '').searchParams.get('code_challenge');

describe('RFC 9700 §2.1.1: pkce', () => {
  it.each(['connected app', 'social login'])(
    'never: no challenge and no verifier, but a nonce that must come back: %s',
    async (kind) => {
      far.metadata.code_challenge_methods_supported = ['plain'];
      const isApp = kind === 'connected app';
      if (isApp) await connectApp(server, far, { pkce: 'never' });
      else await makeLogin(server, far, { pkce: 'never' });
      const user = isApp ? await signedIn(server) : server.user();
      const come = async (claims: Record<string, unknown>) => {
        const sent = isApp ? await press(user, far) : await pressButton(user, far);
        expect(challengeOf(sent)).toBeNull();
        expect(far.nonce).not.toBe('');
        says(far, claims);
        return isApp ? comeBack(user, far, sent) : returnFrom(user, far, sent);
      };
      expect((await come({ nonce: 'another' })).status).toBe(400);
      expect((await come({ nonce: undefined })).status).toBe(400);
      expect((await come({})).status).toBe(303);
      expect(far.tokenRequests.map(({ body }) => body.get('code_verifier'))).toEqual([null, null, null]);
    },
  );

  it('never: is refused for MCP, and without OpenID', async () => {
    const admin = await remoteAdmin(server);
    const app = { name: 'x', issuer: far.issuer, pkce: 'never', ...CLIENT };
    const refusals = [
      await admin('POST', '/connected-apps', { ...app, id: 'a', template: 'mcp', resource: `${far.issuer}/mcp` }),
      await admin('POST', '/connected-apps', { ...app, id: 'b', template: 'oauth', scopes: ['files.read'] }),
      await admin('POST', '/connected-apps', { ...app, id: 'c', template: 'frappe' }),
      await admin('POST', '/social-logins', { ...app, id: 'd', provider: 'openid', scopes: ['email'] }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    for (const refused of refusals) expect(await refused.text()).toContain('pkce');
  });

  it('always: demands that the metadata names S256; auto sends a challenge where it says nothing', async () => {
    delete far.metadata.code_challenge_methods_supported;
    await connectApp(server, far, { pkce: 'always' });
    await connectApp(server, far, { id: 'auto' });
    const user = await signedIn(server);
    expect(await pageText(await press(user, far))).toContain('does not support PKCE with S256');
    far.grants.authorization_code = async () => tokens({ id_token: await idToken(far) });
    const sent = await press(user, far, '', 'auto');
    expect(challengeOf(sent)).toMatch(/^[\w-]{43}$/);
    expect((await comeBack(user, far, sent, {}, 'auto')).status).toBe(303);
    expect(far.tokenRequests[0]?.body.get('code_verifier')).toMatch(/^[\w-]{43,}$/);
  });
});
