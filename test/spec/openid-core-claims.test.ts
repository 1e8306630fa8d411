/** OpenID Connect Core §5.1, §5.4 to §5.6: which claims are asked for, agreed to, and given. */
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  me,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { administer, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, text, type User } from '../support/user.ts';

const PICTURE = 'https://pictures.example.com/ada.png';
const PROFILE = { name: 'Ada Lovelace', given_name: 'Ada', family_name: 'Lovelace', picture: PICTURE };

/** A user with a whole profile, signed in, and a client to ask about them. */
async function signedIn(metadata: Record<string, unknown> = {}, standing: Record<string, unknown> = {}) {
  const server = serve();
  const client = await makeClient(server, metadata, standing);
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  const id = users[0]?.id ?? '';
  await administer(server, 'PATCH', `/users/${id}`, PROFILE);
  return { server, client, user, id };
}

const asking = (claims: unknown) => ({ claims: typeof claims === 'string' ? claims : JSON.stringify(claims) });

async function tokensFor(
  { server, client, user }: { server: Server; client: TestClient; user: User },
  changes: Record<string, string>,
): Promise<Tokens> {
  const back = await user.authorise(authorizeUrl(client, changes), ADMINISTRATOR);
  const code = back.searchParams.get('code');
  if (!code) throw new Error(`no code: ${back.href}`);
  const response = await postToken(server, client, redemption(code));
  return (await response.json()) as Tokens;
}

const userinfoOf = async (server: Server, { access_token }: Tokens) =>
  (await (await me(server, access_token, '/userinfo')).json()) as Record<string, unknown>;

const errorAt = (response: Response) => new URL(response.headers.get('location') ?? 'none:').searchParams.get('error');

describe('OpenID Connect Core §5.4 requesting claims using scope values', () => {
  it('each scope opens its claims and no other', async () => {
    const all = await signedIn();
    const expected: Record<string, Record<string, unknown>> = {
      openid: {},
      profile: { ...PROFILE, updated_at: expect.any(Number) },
      email: { email: ADMINISTRATOR.email, email_verified: false },
      roles: { roles: ['administrator'] },
    };
    for (const [scope, claims] of Object.entries(expected)) {
      const tokens = await tokensFor(all, { scope: [...new Set(['openid', scope])].join(' ') });
      expect(await userinfoOf(all.server, tokens)).toEqual({ sub: all.id, ...claims });
    }
  });

  it('what the user leaves out is not opened', async () => {
    const { server, client, user, id } = await signedIn();
    const page = await user.open(authorizeUrl(client, { scope: 'openid profile email' }));
    const form = parseForm(await page.text(), '/consent');
    const fields = form.fields.filter(([, value]) => value !== 'email');
    const answer = await user.send({ ...form, fields }, { decision: 'allow' });
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
    expect(tokens.scope).toBe('openid profile');
    expect(await userinfoOf(server, tokens)).toEqual({ sub: id, ...PROFILE, updated_at: expect.any(Number) });
  });

  it('§5.3.2: a claim without a value is left out, not null', async () => {
    const all = await signedIn();
    await administer(all.server, 'PATCH', `/users/${all.id}`, { given_name: null, family_name: null, picture: null });
    const tokens = await tokensFor(all, { scope: 'openid profile' });
    expect(await userinfoOf(all.server, tokens)).toEqual({
      sub: all.id,
      name: 'Ada Lovelace',
      updated_at: expect.any(Number),
    });
  });

  it('§5.1: email_verified is true only when the address has been verified', async () => {
    const all = await signedIn();
    const tokens = await tokensFor(all, { scope: 'openid email' });
    expect((await userinfoOf(all.server, tokens)).email_verified).toBe(false);
    await administer(all.server, 'PATCH', `/users/${all.id}`, { email_verified: true });
    expect((await userinfoOf(all.server, tokens)).email_verified).toBe(true);
  });
});

describe('OpenID Connect Core §5.5 requesting claims using the "claims" request parameter', () => {
  it('userinfo gives what was asked for there, id_token what was asked for there, essential or not', async () => {
    const all = await signedIn();
    const claims = {
      userinfo: { given_name: { essential: true }, email: null },
      id_token: { picture: null, roles: { essential: true } },
    };
    const tokens = await tokensFor(all, { scope: 'openid', ...asking(claims) });
    expect(await userinfoOf(all.server, tokens)).toEqual({
      sub: all.id,
      given_name: 'Ada',
      email: ADMINISTRATOR.email,
    });
    const payload = payloadOf(tokens.id_token ?? '');
    expect(payload).toMatchObject({ picture: PICTURE, roles: ['administrator'] });
    expect(payload).not.toHaveProperty('email');
    expect(tokens.scope).toBe('openid');
  });

  it('what was agreed to lasts as long as the grant', async () => {
    const all = await signedIn();
    const first = await tokensFor(all, { scope: 'openid', ...asking({ userinfo: { email: null } }) });
    const later = (await (await refresh(all.server, all.client, first.refresh_token)).json()) as Tokens;
    expect(await userinfoOf(all.server, later)).toEqual({ sub: all.id, email: ADMINISTRATOR.email });
  });

  it('the consent page asks for it in words, and what is left out there is not given', async () => {
    const { server, client, user, id } = await signedIn();
    const claims = { userinfo: { email: null, picture: null }, id_token: { email: null } };
    const html = await (await user.open(authorizeUrl(client, { scope: 'openid', ...asking(claims) }))).text();
    expect(text(html)).toContain('See your e-mail address');
    expect(text(html)).toContain('See your name and picture');
    const form = parseForm(html, '/consent');
    const fields = form.fields.filter(([, value]) => value !== 'email');
    const answer = await user.send({ ...form, fields }, { decision: 'allow' });
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
    expect(await userinfoOf(server, tokens)).toEqual({ sub: id, picture: PICTURE });
    expect(payloadOf(tokens.id_token ?? '')).not.toHaveProperty('email');
  });

  it('remembered consent covers it only where it was agreed to before', async () => {
    const all = await signedIn();
    await setSetting(all.server, 'skip_authorization', true);
    await tokensFor(all, { scope: 'openid', ...asking({ userinfo: { email: null } }) });
    const again = (claims: unknown) =>
      all.user.request(authorizeUrl(all.client, { scope: 'openid', ...asking(claims) }));
    expect((await again({ userinfo: { email: null } })).status).toBe(303);
    expect((await again({ userinfo: { email: null, picture: null } })).status).toBe(200);
  });

  it('members that are not understood MUST be ignored', async () => {
    const all = await signedIn();
    const claims = { userinfo: { shoe_size: { essential: true }, toString: null, email: null }, verified: { x: 1 } };
    const tokens = await tokensFor(all, { scope: 'openid', ...asking(claims) });
    expect(await userinfoOf(all.server, tokens)).toEqual({ sub: all.id, email: ADMINISTRATOR.email });
  });

  it('what is not such a request is invalid_request, sent to the client', async () => {
    const { client, user } = await signedIn();
    for (const bad of [
      'x',
      '[]',
      '7',
      '{"userinfo":[]}',
      '{"id_token":{"email":7}}',
      '{"userinfo":{"a":{"values":1}}}',
    ]) {
      const response = await user.request(authorizeUrl(client, asking(bad)));
      expect([bad, errorAt(response)]).toEqual([bad, 'invalid_request']);
    }
  });

  it('what an administrator did not let the client ask for by scope it cannot ask for by name', async () => {
    const all = await signedIn({ scope: 'openid profile' });
    const claims = { userinfo: { email: { essential: true }, given_name: null } };
    const tokens = await tokensFor(all, { scope: 'openid', ...asking(claims) });
    expect(await userinfoOf(all.server, tokens)).toEqual({ sub: all.id, given_name: 'Ada' });
  });

  it('without openid the parameter means nothing', async () => {
    const all = await signedIn();
    const tokens = await tokensFor(all, { scope: 'profile', ...asking({ userinfo: { email: null } }) });
    expect(tokens.id_token).toBeUndefined();
    const mine = (await (await me(all.server, tokens.access_token)).json()) as Record<string, unknown>;
    expect(mine).not.toHaveProperty('email');
  });

  it('claims for the id_token cannot replace those of the protocol', async () => {
    const all = await signedIn();
    const claims = {
      id_token: { iss: { value: 'https://evil.example' }, aud: null, sid: null, nonce: { value: 'x' } },
    };
    const { id_token = '' } = await tokensFor(all, { scope: 'openid', ...asking(claims) });
    expect(payloadOf(id_token)).toMatchObject({
      iss: 'https://as.example',
      aud: all.client.client_id,
      nonce: 'the-nonce',
    });
  });
});

describe('OpenID Connect Core §5.5.1 individual claims requests', () => {
  it('sub with a value: MUST NOT reply with tokens for a different user', async () => {
    const { client, user, id } = await signedIn({}, { trusted: true });
    const ask = (sub: string, prompt: string) =>
      user.request(authorizeUrl(client, { prompt, ...asking({ id_token: { sub: { value: sub } } }) }));
    expect((await ask(id, 'none')).headers.get('location')).toContain('code=');
    expect(errorAt(await ask('u_0000000000000000000000', 'none'))).toBe('login_required');
    const signIn = await ask('u_0000000000000000000000', 'select_account');
    expect(signIn.headers.get('location')).toMatch(/^\/sign-in/);
  });

  it('sub with a value: who signs in as another gets an error at the client', async () => {
    const { server, client } = await signedIn({}, { trusted: true });
    const claims = asking({ id_token: { sub: { value: 'u_0000000000000000000000' } } });
    const back = await server.user().authorise(authorizeUrl(client, claims), ADMINISTRATOR);
    expect(back.searchParams.get('error')).toBe('login_required');
  });

  it('auth_time as an essential claim is returned', async () => {
    const all = await signedIn();
    const { id_token = '' } = await tokensFor(all, asking({ id_token: { auth_time: { essential: true } } }));
    expect(typeof payloadOf(id_token).auth_time).toBe('number');
  });
});

describe('OpenID Connect Core §5.5.1.1 requesting the "acr" claim', () => {
  const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
  const essential = (...values: string[]) => asking({ id_token: { acr: { essential: true, values } } });

  it('the value returned is one of those asked for', async () => {
    const all = await signedIn();
    const { id_token = '' } = await tokensFor(all, essential('urn:example:gold', PASSWORD));
    expect(payloadOf(id_token)).toMatchObject({ acr: PASSWORD, amr: ['pwd'] });
  });

  it('one that nobody can reach is a failed authentication', async () => {
    const { client, user } = await signedIn();
    const response = await user.request(authorizeUrl(client, essential('urn:example:gold')));
    expect(errorAt(response)).toBe('unmet_authentication_requirements');
  });

  it('one that the user did not reach is asked for, and then a failed authentication', async () => {
    const { server, client, user } = await signedIn();
    const url = authorizeUrl(client, essential('phr'));
    expect((await user.request(url)).headers.get('location')).toMatch(/^\/sign-in/);
    expect(errorAt(await user.request(`${url}&prompt=none`))).toBe('login_required');
    const back = await server.user().authorise(url, ADMINISTRATOR);
    expect(back.searchParams.get('error')).toBe('unmet_authentication_requirements');
  });

  it('acr_values and default_acr_values are wishes: what was done is returned', async () => {
    const all = await signedIn({ default_acr_values: ['phr'] });
    for (const changes of [{}, { acr_values: 'phr urn:example:gold' }]) {
      const { id_token = '' } = await tokensFor(all, changes as Record<string, string>);
      expect(payloadOf(id_token).acr).toBe(PASSWORD);
    }
  });
});
