/** Metadata of providers as they serve it: two documents, redirects, other media types, several directories. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CLIENT,
  comeBack,
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  idToken,
  press,
  remoteAdmin,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, type Server, serve } from '../support/server.ts';
import { makeLogin, pageText, says, signInWith, tells, whoAmI } from '../support/social.ts';

let server: Server;
let far: FarEnd;
let oauthDocument: string;
let openidDocument: string;

beforeEach(async () => {
  server = serve();
  far = await farEnd();
  oauthDocument = `${far.issuer}/.well-known/oauth-authorization-server`;
  openidDocument = `${far.issuer}/.well-known/openid-configuration`;
});

const found = (id = 'faraway') =>
  administer<{ metadata: string; completed_by: string; warning: string | null; issuer: string }>(
    server,
    'GET',
    `/connected-apps/${id}`,
  );

describe('OpenID Connect Discovery §4, RFC 8414 §3: an issuer with two documents', () => {
  it('has its OpenID document read first where OpenID is asked for, and its OAuth document where not', async () => {
    far.web.answers[openidDocument] = () => json(far.metadata);
    await connectApp(server, far);
    expect((await found()).metadata).toBe(openidDocument);
    await connectApp(server, far, { id: 'plain', scopes: ['files.read'], template: 'oauth' });
    expect((await found('plain')).metadata).toBe(oauthDocument);
  });

  it('signs in by a userinfo endpoint that only the OpenID document names', async () => {
    says(far, { email: undefined, email_verified: undefined });
    tells(far, { sub: 'alice', email: 'alice@faraway.net', email_verified: true });
    const { userinfo_endpoint, ...rest } = far.metadata;
    far.web.answers[oauthDocument] = () => json(rest);
    far.web.answers[openidDocument] = () => json({ issuer: far.issuer, userinfo_endpoint });
    await makeLogin(server, far);
    const user = server.user();
    await signInWith(user, far);
    expect(await whoAmI(user)).toContain('alice@faraway.net');
    expect(await administer(server, 'GET', '/social-logins/far')).toMatchObject({
      metadata: openidDocument,
      completed_by: oauthDocument,
    });
  });

  it('is no social login where it names no userinfo endpoint and OpenID is not asked for: nothing says who signs in', async () => {
    const make = async (changes: Record<string, unknown>) => {
      const of = { id: 'far', name: 'Faraway', issuer: far.issuer, sign_up: 'allow', ...CLIENT, ...changes };
      const response = await server.admin('POST', '/social-logins', of);
      return [response.status, await response.text()];
    };
    const { userinfo_endpoint, ...rest } = far.metadata;
    far.web.answers[oauthDocument] = () => json(rest);
    const why = expect.stringMatching(/no userinfo endpoint.*openid/);
    expect(await make({ provider: 'oauth', scopes: ['me'] })).toEqual([400, why]);
    expect(await make({ provider: 'openid', scopes: ['email'] })).toEqual([400, why]);
    const endpoints = { userinfo_endpoint: `${far.issuer}/me` };
    expect((await make({ id: 'typed', provider: 'oauth', scopes: ['me'], endpoints }))[0]).toBe(201);
    expect((await make({ provider: 'openid' }))[0]).toBe(201);
    const changed = await server.admin('PATCH', '/social-logins/far', { scopes: ['email'] });
    expect([changed.status, await changed.text()]).toEqual([400, why]);
  });

  it('keeps what its first document says, and takes nothing from a document of another issuer', async () => {
    far.web.answers[openidDocument] = () =>
      json({ ...far.metadata, issuer: 'https://evil.dev', userinfo_endpoint: 'https://evil.dev/me' });
    await connectApp(server, far);
    expect(await found()).toMatchObject({ metadata: oauthDocument, completed_by: null });
    far = await farEnd();
    oauthDocument = `${far.issuer}/.well-known/oauth-authorization-server`;
    openidDocument = `${far.issuer}/.well-known/openid-configuration`;
    far.web.answers[openidDocument] = () => json({ ...far.metadata, token_endpoint: `${far.issuer}/token` });
    far.web.answers[oauthDocument] = () =>
      json({ ...far.metadata, token_endpoint: `${far.issuer}/other`, userinfo_endpoint: `${far.issuer}/me` });
    await connectApp(server, far, { id: 'both' });
    expect(await found('both')).toMatchObject({ metadata: openidDocument, completed_by: oauthDocument });
    const user = await signedIn(server);
    const sent = await press(user, far, '', 'both');
    expect((await comeBack(user, far, sent, {}, 'both')).status).toBe(303);
    expect(far.tokenRequests).toHaveLength(1);
  });
});

describe('RFC 9110 §15.4: documents that stand elsewhere on the same origin', () => {
  const to = (location: string, status = 302) => new Response(null, { status, headers: { location } });

  it('are found by two redirects at most, metadata and keys alike', async () => {
    far.web.answers[oauthDocument] = () => to('/a', 301);
    far.web.answers[`${far.issuer}/a`] = () => to(`${far.issuer}/b`, 308);
    far.web.answers[`${far.issuer}/b`] = () => json(far.metadata);
    const keys = far.web.answers[`${far.issuer}/jwks`] as () => Response;
    far.web.answers[`${far.issuer}/jwks`] = () => to('/keys.json', 307);
    far.web.answers[`${far.issuer}/keys.json`] = keys;
    await connectApp(server, far);
    expect((await connectUser(await signedIn(server), far)).status).toBe(303);
    far.web.answers[`${far.issuer}/b`] = () => to('/c');
    far.web.answers[`${far.issuer}/c`] = () => json(far.metadata);
    await expect(
      connectApp(server, far, { id: 'three', issuer: `${far.issuer}/.well-known/openid-configuration` }),
    ).rejects.toThrow();
  });

  it.each(['https://evil.dev/metadata', 'http://id.faraway.net/a', 'https://10.0.0.1/a', '//evil.dev/a'])(
    'are not looked for at %s',
    async (location) => {
      far.web.answers[oauthDocument] = () => to(location);
      far.web.answers['https://evil.dev/metadata'] = () => json(far.metadata);
      far.web.answers['https://evil.dev/a'] = () => json(far.metadata);
      await expect(connectApp(server, far)).rejects.toThrow();
      expect(far.web.visits.filter((url) => !url.startsWith(far.issuer))).toEqual([]);
    },
  );
});

describe('an issuer and endpoints that an administrator typed', () => {
  const endpointsOf = ({ issuer }: FarEnd) => ({
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  });

  it('need no metadata, and the typed issuer is the one that id_tokens are validated by', async () => {
    for (const url of [oauthDocument, openidDocument]) delete far.web.answers[url];
    const endpoints = endpointsOf(far);
    far.issuer = `${far.issuer}/realms/staff`;
    says(far, {});
    await connectApp(server, far, { endpoints });
    expect(await found()).toMatchObject({ issuer: far.issuer, metadata: null });
    const user = await signedIn(server);
    expect(await pageText(await connectUser(user, far))).toBe('');
    says(far, { iss: new URL(far.issuer).origin });
    expect((await connectUser(user, far)).status).toBe(400);
    says(far, {});
    await makeLogin(server, far, { endpoints });
    const other = server.user();
    await signInWith(other, far);
    expect(await whoAmI(other)).toContain('alice@faraway.net');
  });
});

describe('RFC 8414 §3.2: metadata that is not served as application/json', () => {
  it.each(['application/octet-stream', 'text/plain; charset=utf-8', ''])(
    'is taken as %j, with a warning',
    async (type) => {
      far.web.answers[oauthDocument] = () =>
        new Response(new TextEncoder().encode(JSON.stringify(far.metadata)), {
          headers: type ? { 'content-type': type } : {},
        });
      await connectApp(server, far);
      await makeLogin(server, far);
      expect((await found()).warning).toContain('not as application/json');
      expect(await administer(server, 'GET', '/social-logins/far')).toMatchObject({
        warning: expect.stringContaining(oauthDocument),
      });
      const administrator = await signedIn(server);
      expect(await pageText(await administrator.open('/console/connected-apps/faraway'))).toContain(
        'not as application/json',
      );
      expect(await pageText(await administrator.open('/console/social-logins/far'))).toContain(
        'not as application/json',
      );
    },
  );

  it('is not taken as a page, or where it does not parse', async () => {
    const as = (body: string, type: string) => () => new Response(body, { headers: { 'content-type': type } });
    far.web.answers[oauthDocument] = as(JSON.stringify(far.metadata), 'text/html');
    await expect(connectApp(server, far)).rejects.toThrow();
    far.web.answers[oauthDocument] = as('not JSON', 'text/plain');
    await expect(connectApp(server, far)).rejects.toThrow();
  });
});

describe('OpenID Connect Core §3.1.3.7: a provider with an issuer for each of its directories', () => {
  const HOST = 'https://login.microsoftonline.com';
  const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';

  it.each(['common', 'organizations'])(
    'is a connected app at %s, whose id_tokens name their directory',
    async (name) => {
      far.metadata.issuer = `${HOST}/{tenantid}/v2.0`;
      far.metadata.authorization_response_iss_parameter_supported = false;
      far.web.answers[`${HOST}/${name}/v2.0/.well-known/openid-configuration`] = () => json(far.metadata);
      const as = (claims: Record<string, unknown>) => {
        far.grants.authorization_code = async () => tokens({ id_token: await idToken(far, claims) });
      };
      await connectApp(server, far, { template: 'microsoft', issuer: `${HOST}/${name}/v2.0`, ...CLIENT });
      const user = await signedIn(server);
      const come = async () => comeBack(user, far, await press(user, far), { iss: undefined });
      as({ iss: `${HOST}/${TENANT}/v2.0`, tid: 'other' });
      expect((await come()).status).toBe(400);
      as({ iss: `${HOST}/{tenantid}/v2.0` });
      expect((await come()).status).toBe(400);
      as({ iss: `${HOST}/${TENANT}/v2.0`, tid: TENANT });
      expect((await come()).status).toBe(303);
    },
  );

  it('is not one where the pattern stands anywhere else', async () => {
    const admin = await remoteAdmin(server);
    for (const named of ['https://evil.dev/{tenantid}/v2.0', `${far.issuer}/{tenantid}`]) {
      far.metadata.issuer = named;
      far.web.answers[`${far.issuer}/common/v2.0/.well-known/openid-configuration`] = () => json(far.metadata);
      const body = { id: 'x', template: 'microsoft', name: 'x', issuer: `${far.issuer}/common/v2.0`, ...CLIENT };
      expect((await admin('POST', '/connected-apps', body)).status).toBe(400);
    }
  });
});
