/** Signing in with accounts of a server that was not written here, and of another Postern. */
import { afterEach, describe, expect, inject, it } from 'vitest';
import { admin, runAdmin } from '../support/admin.ts';
import { type RunningProvider, startProvider } from '../support/oidc-provider.ts';
import { secondServer } from '../support/second-server.ts';
import { parseForm, text, User } from '../support/user.ts';

type Row = Record<string, unknown>;

let provider: RunningProvider | undefined;
const made: string[] = [];

const callback = (id: string) => `${inject('worker').url}/social-login/${id}/callback`;

afterEach(async () => {
  await provider?.close();
  provider = undefined;
  for (const id of made.splice(0)) await admin('social-logins', 'delete', id);
});

async function create(id: string, preset: string, ...words: string[]): Promise<Row> {
  const record = await admin<Row>('social-logins', 'create', id, preset, '--sign-up', 'allow', ...words);
  made.push(id);
  return record;
}

/** Presses the button, and lets `there` answer at the provider. */
async function signIn(id: string, there: (url: string) => Promise<string>): Promise<User> {
  const user = new User(fetch, inject('worker').url);
  const page = await (await user.open('/sign-in')).text();
  const sent = await user.send(parseForm(page, `/social-login/${id}`));
  const url = sent.headers.get('location');
  if (!url) throw new Error(text(await sent.text()));
  const back = await user.open(await there(url));
  if (back.status !== 200) throw new Error(text(await back.text()));
  return user;
}

const whoIs = async (user: User) => text(await (await user.open('/account')).text());

describe('oidc-provider as the far end', () => {
  const credentials = ['--client-id', 'postern', '--client-secret', 'a secret: with % signs & more'];
  const client = (id: string, more: Row = {}) => ({
    clients: [
      {
        client_id: 'postern',
        client_secret: 'a secret: with % signs & more',
        redirect_uris: [callback(id)],
        token_endpoint_auth_method: 'client_secret_basic',
        ...more,
      },
    ],
  });
  const agree = async (url: string) => {
    const location = (await new User(fetch, new URL(url).origin).open(url)).headers.get('location');
    if (!location) throw new Error('not sent back');
    return location;
  };

  it('signs a new user in, and the same user again', async () => {
    provider = await startProvider(client('basic'));
    const record = await create(
      'basic',
      'openid',
      '--issuer',
      provider.issuer,
      '--scope',
      'openid email',
      ...credentials,
    );
    expect(record).toMatchObject({ why_not_shown: null, redirect_uri: callback('basic') });
    for (let times = 0; times < 2; times++)
      expect(await whoIs(await signIn('basic', agree))).toContain('alice@far.example');
    const { identities } = await admin<{ identities: Row[] }>('identities', 'list', '--login', 'basic');
    expect(identities).toMatchObject([{ subject: 'alice', issuer: provider.issuer, account: 'alice@far.example' }]);
    expect((await runAdmin('social-logins', 'list')).stdout).toMatch(/^basic .* openid +shown$/m);
  });

  it('that demands pushed requests (RFC 9126) and signed assertions (RFC 7523) gets them', async () => {
    const { keys } = (await (await fetch(`${inject('worker').url}/.well-known/jwks.json`)).json()) as {
      keys: object[];
    };
    const method = { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined, jwks: { keys } };
    provider = await startProvider({
      ...client('strict', { ...method, token_endpoint_auth_signing_alg: 'ES256' }),
      clientAuthMethods: ['private_key_jwt'],
      features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } },
    });
    const words = ['--issuer', provider.issuer, '--client-id', 'postern', '--auth-method', 'private_key_jwt'];
    await create('strict', 'openid', '--link-by-email', 'yes', '--scope', 'openid email', ...words);
    expect(await whoIs(await signIn('strict', agree))).toContain('alice@far.example');
    expect(provider.paths).toContain('/request');
  });

  it('that binds every token to a key (RFC 9449) receives proofs, also at the userinfo endpoint', async () => {
    const dPoP = { enabled: true, nonceSecret: Buffer.alloc(32, 3), requireNonce: () => true };
    provider = await startProvider({
      ...client('bound', { dpop_bound_access_tokens: true }),
      features: { dPoP },
      // The address stands in its userinfo alone.
      conformIdTokenClaims: true,
    });
    const words = ['--issuer', provider.issuer, '--link-by-email', 'yes', '--scope', 'openid email', ...credentials];
    expect(await create('bound', 'openid', ...words)).toMatchObject({ dpop: 'auto' });
    expect(await whoIs(await signIn('bound', agree))).toContain('alice@far.example');
    expect(provider.paths).toContain('/me');
    await admin('social-logins', 'change', 'bound', '--dpop', 'never');
    await expect(signIn('bound', agree)).rejects.toThrow('refused');
  });
});

describe('another Postern as the far end', () => {
  it('signs its users in here', { timeout: 180_000 }, async () => {
    const far = await secondServer();
    const registered = await fetch(`${far.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'The other one',
        redirect_uris: [callback('postern')],
        token_endpoint_auth_method: 'client_secret_basic',
      }),
    });
    const { client_id, client_secret } = (await registered.json()) as { client_id: string; client_secret: string };
    const words = ['--issuer', far.url, '--client-id', client_id, '--client-secret', client_secret];
    await create('postern', 'postern', ...words, '--trust-email', 'yes', '--link-by-email', 'yes', '--role', 'guest');
    const who = far.administrator;
    await new User(fetch, inject('worker').url).signIn(inject('worker').email, inject('worker').password);
    await admin('users', 'change', inject('worker').email, '--email-verified', 'yes');
    const user = await signIn('postern', async (url) => (await new User(fetch, far.url).authorise(url, who)).href);
    expect(await whoIs(user)).toContain(who.email);
    await admin('users', 'change', inject('worker').email, '--email-verified', 'no');
  });
});
