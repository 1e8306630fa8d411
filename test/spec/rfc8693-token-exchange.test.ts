/** RFC 8693: a token for a token, within a policy for each client. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  errorOf,
  makeClient,
  me,
  obtainTokens,
  payloadOf,
  postToken,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { administer, ISSUER, type Server, serve, setSetting } from '../support/server.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const FILES = 'https://files.acme.com';

let server: Server;
let front: TestClient;
let back: TestClient;
let tokens: Tokens;

beforeEach(async () => {
  server = serve();
  await setSetting(server, 'scopes_supported', 'notes Your notes\nmail Your mail');
  await administer(server, 'PUT', `/resources/${encodeURIComponent(FILES)}`, {
    name: 'Files',
    scopes: [{ name: 'files.read', description: 'Read your files' }],
    token_minutes: 2,
  });
  front = await makeClient(server);
  back = await makeClient(
    server,
    { grant_types: [GRANT], redirect_uris: [], token_endpoint_auth_method: 'client_secret_basic' },
    { exchange: policy() },
  );
  tokens = await obtainTokens(server, front, { scope: 'openid profile notes mail' });
});

const policy = (changes: Record<string, unknown> = {}) => ({
  from: [front.client_id],
  resources: [ISSUER, FILES],
  scopes: ['profile', 'notes', 'files.read'],
  ...changes,
});

const setPolicy = (exchange: unknown) => administer(server, 'PATCH', `/clients/${back.client_id}`, { exchange });

const exchange = (changes: Record<string, string | undefined> = {}, by = back) =>
  postToken(server, by, {
    grant_type: GRANT,
    subject_token: tokens.access_token,
    subject_token_type: ACCESS_TOKEN,
    resource: FILES,
    ...changes,
  });

const exchanged = async (changes: Record<string, string | undefined> = {}) => {
  const response = await exchange(changes);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Tokens & { issued_token_type: string };
};

describe('RFC 8693 §2 token exchange', () => {
  it('§2.2.1 the answer names the type of the token, and holds no refresh token', async () => {
    const answer = await exchanged();
    expect(answer).toMatchObject({
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      scope: 'profile files.read',
    });
    expect(answer.refresh_token).toBeUndefined();
    expect(answer.expires_in).toBeLessThanOrEqual(120);
  });

  it('§4.1 delegation: the user stays the subject, and act says who acts', async () => {
    const { sub } = payloadOf(tokens.access_token);
    const claims = payloadOf((await exchanged()).access_token);
    expect(claims).toMatchObject({ sub, aud: FILES, client_id: back.client_id, act: { sub: back.client_id } });
  });

  it('§4.1 who acted before stays inside', async () => {
    await setPolicy(policy({ from: ['*'] }));
    const first = await exchanged({ resource: ISSUER });
    const second = payloadOf((await exchanged({ subject_token: first.access_token })).access_token);
    expect(second.act).toEqual({ sub: back.client_id, act: { sub: back.client_id } });
  });

  it('§1.1 impersonation shows only the user, where the policy allows it', async () => {
    await setPolicy(policy({ semantics: ['impersonation'] }));
    expect(payloadOf((await exchanged()).access_token).act).toBeUndefined();
    const acting = { actor_token: tokens.access_token, actor_token_type: ACCESS_TOKEN };
    expect(await errorOf(await exchange(acting))).toBe('invalid_request');
    await setPolicy(policy({ semantics: ['impersonation', 'delegation'] }));
    const { sub } = payloadOf(tokens.access_token);
    expect(payloadOf((await exchanged(acting)).access_token).act).toEqual({ sub });
  });

  it('§4.1 a chain of actors has its bound: no token grows without end', async () => {
    await setPolicy(policy({ from: ['*'] }));
    let { access_token } = tokens;
    for (let hop = 0; hop < 8; hop++) {
      access_token = (await exchanged({ resource: ISSUER, subject_token: access_token })).access_token;
    }
    const response = await exchange({ resource: ISSUER, subject_token: access_token });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
  });

  it('§2.1 an actor_token must hold, too, and be of a client whose tokens may be exchanged', async () => {
    await setPolicy(policy({ semantics: ['delegation'] }));
    const helper = await makeClient(server);
    const acting = { actor_token: (await obtainTokens(server, helper)).access_token, actor_token_type: ACCESS_TOKEN };
    expect(await errorOf(await exchange(acting))).toBe('invalid_request');
    await setPolicy(policy({ from: [front.client_id, helper.client_id] }));
    expect((await exchange(acting)).status).toBe(200);
    await administer(server, 'PATCH', `/clients/${helper.client_id}`, { disabled: true });
    expect(await errorOf(await exchange(acting))).toBe('invalid_request');
  });

  it('§1.1 the audience is the target alone: neither openid nor admin leaves this server by an exchange', async () => {
    await setPolicy(policy({ resources: [FILES], scopes: [] }));
    const claims = payloadOf((await exchanged()).access_token);
    expect([claims.aud, claims.scope]).toEqual([FILES, 'profile']);
    expect(await errorOf(await exchange({ scope: 'openid' }))).toBe('invalid_scope');
  });

  it("scope only shrinks for the same resource, and what is the user's own never grows", async () => {
    expect((await exchanged({ resource: ISSUER })).scope).toBe('profile notes');
    expect((await exchanged({ resource: ISSUER, scope: 'notes' })).scope).toBe('notes');
    expect(await errorOf(await exchange({ resource: ISSUER, scope: 'mail' }))).toBe('invalid_scope');
    await setPolicy(policy({ scopes: ['email', 'admin', 'notes'] }));
    expect(await errorOf(await exchange({ resource: ISSUER, scope: 'email' }))).toBe('invalid_scope');
    expect(await errorOf(await exchange({ scope: 'admin' }))).toBe('invalid_scope');
    await setPolicy(policy({ scopes: [] }));
    expect((await exchanged({ resource: ISSUER })).scope).toBe('openid profile notes mail');
  });

  it('the resource must be one of the policy; audience names it as well; the only one is the default', async () => {
    expect(await errorOf(await exchange({ resource: `${ISSUER}/other` }))).toBe('invalid_target');
    expect(await errorOf(await exchange({ resource: 'https://unknown.example' }))).toBe('invalid_target');
    expect(await errorOf(await exchange({ resource: undefined }))).toBe('invalid_target');
    expect(payloadOf((await exchanged({ resource: undefined, audience: FILES })).access_token).aud).toBe(FILES);
    expect(payloadOf((await exchanged({ audience: `${FILES}/` })).access_token).aud).toBe(FILES);
    expect(await errorOf(await exchange({ audience: ISSUER }))).toBe('invalid_target');
    await setPolicy(policy({ resources: [FILES] }));
    expect(payloadOf((await exchanged({ resource: undefined })).access_token).aud).toBe(FILES);
  });

  it('only tokens of clients that the policy names may be exchanged, and only by a client that has a policy', async () => {
    await setPolicy(policy({ from: ['c_other'] }));
    expect(await errorOf(await exchange())).toBe('invalid_request');
    await setPolicy(null);
    expect(await errorOf(await exchange())).toBe('unauthorized_client');
    const publicly = await server.admin('POST', '/clients', {
      metadata: { grant_types: [GRANT], token_endpoint_auth_method: 'none' },
    });
    expect(publicly.status).toBe(400);
  });

  it('§2.2.2 a token that is not valid is invalid_request', async () => {
    const wrong: Record<string, string | undefined>[] = [
      { subject_token: 'nonsense' },
      { subject_token: `${tokens.access_token.slice(0, -6)}AAAAAA` },
      { subject_token: tokens.refresh_token },
      { subject_token: undefined },
      { subject_token_type: undefined },
      { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      { actor_token: tokens.access_token },
      // §2.1: actor_token_type MUST NOT be included where there is no actor_token.
      { actor_token_type: ACCESS_TOKEN },
      { actor_token: 'nonsense', actor_token_type: ACCESS_TOKEN },
    ];
    for (const changes of wrong) {
      const response = await exchange(changes);
      expect([changes, response.status, await errorOf(response)]).toEqual([changes, 400, 'invalid_request']);
    }
  });

  it('it never lives longer than the token that it was made from', async () => {
    await administer(server, 'PUT', `/resources/${encodeURIComponent(FILES)}`, { name: 'Files', token_minutes: 60 });
    const until = (token: string) => payloadOf(token).exp as number;
    expect(until((await exchanged()).access_token)).toBe(until(tokens.access_token));
  });

  it('it dies with the grant that it came from, and with either client', async () => {
    const { access_token } = await exchanged({ resource: ISSUER });
    expect((await me(server, access_token)).status).toBe(200);
    await administer(server, 'PATCH', `/clients/${back.client_id}`, { disabled: true });
    expect((await me(server, access_token)).status).toBe(401);
    expect((await me(server, tokens.access_token)).status).toBe(200);
    await administer(server, 'PATCH', `/clients/${back.client_id}`, { disabled: false });
    const again = (await exchanged({ resource: ISSUER })).access_token;
    expect((await me(server, again)).status).toBe(200);
    await administer(server, 'POST', '/revocations', { client: front.client_id });
    expect((await me(server, again)).status).toBe(401);
    expect(await errorOf(await exchange())).toBe('invalid_request');
  });

  it('a subject token that was revoked alone cannot be exchanged, though its grant remains valid', async () => {
    await administer(server, 'DELETE', `/tokens/${payloadOf(tokens.access_token).jti}`);
    const response = await exchange();
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
  });
});
