/** RFC 9700 §2.1.1 and §4.8.2: confidential clients that an administrator exempted from PKCE. */
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  errorOf,
  makeClient,
  obtainCode,
  payloadOf,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, runCron, type Server, serve } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

const WITHOUT = { code_challenge: undefined, code_challenge_method: undefined };
const SECRET = { token_endpoint_auth_method: 'client_secret_basic' };
const EXEMPT = { require_pkce: false };

const exempt = (server: Server, metadata: Record<string, unknown> = {}) =>
  makeClient(server, { ...SECRET, ...metadata }, EXEMPT);

const patch = (server: Server, { client_id }: { client_id: string }, body: object) =>
  server.admin('PATCH', `/clients/${encodeURIComponent(client_id)}`, body);

const requirePkceOf = async (server: Server, { client_id }: { client_id: string }) =>
  (await administer<{ require_pkce: boolean }>(server, 'GET', `/clients/${client_id}`)).require_pkce;

/** A redemption as clients without PKCE send it. */
const plain = (code: string, changes: Record<string, string | undefined> = {}) =>
  redemption(code, { code_verifier: undefined, ...changes });

async function refusalOf(server: Server, url: string) {
  const { searchParams } = new URL((await server.fetch(url)).headers.get('location') ?? 'none:');
  return [searchParams.get('error'), searchParams.get('error_description')];
}

async function statusAndError(response: Promise<Response>) {
  const answer = await response;
  return [answer.status, await errorOf(answer)];
}

describe('RFC 9700 §2.1.1 an authorization request without code_challenge', () => {
  it('is refused of every client that nobody exempted, public or confidential', async () => {
    const server = serve();
    for (const method of ['none', 'client_secret_basic', 'client_secret_post']) {
      const client = await makeClient(server, { token_endpoint_auth_method: method });
      expect(await requirePkceOf(server, client)).toBe(true);
      expect(await refusalOf(server, authorizeUrl(client, WITHOUT))).toEqual([
        'invalid_request',
        expect.stringContaining('code_challenge is missing'),
      ]);
    }
  });

  it('is answered with a code for an exempted client, which is redeemed without code_verifier; the nonce comes back', async () => {
    const server = serve();
    const client = await exempt(server);
    const code = await obtainCode(server, client, { ...WITHOUT, nonce: 'n-0S6' });
    const response = await postToken(server, client, plain(code));
    expect(response.status).toBe(200);
    const { id_token = '' } = (await response.json()) as Tokens;
    expect(payloadOf(id_token)).toMatchObject({ nonce: 'n-0S6', aud: client.client_id });
    expect(await statusAndError(postToken(server, client, plain(code)))).toEqual([400, 'invalid_grant']);
  });

  it('is refused with code_challenge_method alone, exempted or not', async () => {
    const server = serve();
    const client = await exempt(server);
    expect((await refusalOf(server, authorizeUrl(client, { code_challenge: undefined })))[0]).toBe('invalid_request');
  });

  it('redirect_uri is required at the token endpoint, even where the authorization request named none', async () => {
    const server = serve();
    const client = await exempt(server);
    for (const redirect_uri of [REDIRECT_URI, undefined]) {
      const code = await obtainCode(server, client, { ...WITHOUT, redirect_uri, scope: 'profile' });
      const wrong = [{ redirect_uri: undefined }, { redirect_uri: `${REDIRECT_URI}/` }];
      for (const changes of wrong) {
        expect(await statusAndError(postToken(server, client, plain(code, changes)))).toEqual([400, 'invalid_grant']);
      }
      expect((await postToken(server, client, plain(code))).status).toBe(200);
    }
  });

  it('is pushed alike (PAR, RFC 9126): exempted it is accepted, else refused', async () => {
    const server = serve();
    const client = await exempt(server);
    const { searchParams } = new URL(authorizeUrl(client, WITHOUT), REDIRECT_URI);
    const request = Object.fromEntries([...searchParams].filter(([name]) => name !== 'client_id'));
    const pushed = await postForm(server, client, '/par', request);
    expect(pushed.status).toBe(201);
    const { request_uri } = (await pushed.json()) as { request_uri: string };
    const query = new URLSearchParams({ client_id: client.client_id, request_uri });
    const back = await server.user().authorise(`/authorize?${query}`, ADMINISTRATOR);
    const code = back.searchParams.get('code') ?? '';
    expect(await statusAndError(postToken(server, client, redemption(code)))).toEqual([400, 'invalid_grant']);
    expect((await postToken(server, client, plain(code))).status).toBe(200);
    const other = await makeClient(server, SECRET);
    expect(await statusAndError(postForm(server, other, '/par', request))).toEqual([400, 'invalid_request']);
  });

  it('is not refused from what this isolate holds of the client, where an administrator exempted it elsewhere', async () => {
    const server = serve();
    const client = await makeClient(server, SECRET);
    expect((await refusalOf(server, authorizeUrl(client, WITHOUT)))[0]).toBe('invalid_request');
    const user = server.user();
    await user.authorise(authorizeUrl(client), ADMINISTRATOR);
    await server.env.DB.prepare('UPDATE clients SET require_pkce = 0').run();
    const back = await user.authorise(authorizeUrl(client, WITHOUT), ADMINISTRATOR);
    expect((await postToken(server, client, plain(back.searchParams.get('code') ?? ''))).status).toBe(200);
  });
});

describe('RFC 9700 §4.8.2 PKCE downgrade', () => {
  it('a code_challenge that an exempted client sends is enforced: no verifier, a wrong one, and method plain are refused', async () => {
    const server = serve();
    const client = await exempt(server);
    const code = await obtainCode(server, client);
    expect(await statusAndError(postToken(server, client, plain(code)))).toEqual([400, 'invalid_request']);
    const wrong = redemption(code, { code_verifier: 'x'.repeat(64) });
    expect(await statusAndError(postToken(server, client, wrong))).toEqual([400, 'invalid_grant']);
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
    for (const code_challenge_method of ['plain', undefined]) {
      expect((await refusalOf(server, authorizeUrl(client, { code_challenge_method })))[0]).toBe('invalid_request');
    }
  });

  it('a code_verifier for a code without code_challenge is refused, and spends nothing', async () => {
    const server = serve();
    const client = await exempt(server);
    const code = await obtainCode(server, client, WITHOUT);
    expect(await statusAndError(postToken(server, client, redemption(code)))).toEqual([400, 'invalid_grant']);
    expect((await postToken(server, client, plain(code))).status).toBe(200);
  });

  it('a code without code_challenge is refused once PKCE is required again; so is a consent page that is open', async () => {
    const server = serve();
    const client = await exempt(server);
    const code = await obtainCode(server, client, WITHOUT);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await readForm(await user.open(authorizeUrl(client, WITHOUT)), '/consent');
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { require_pkce: true });
    expect(await statusAndError(postToken(server, client, plain(code)))).toEqual([400, 'invalid_grant']);
    expect(await codeOf(user, page)).toBeNull();
  });
});

/** The code that an answer to the consent page leads to, if any. */
async function codeOf(user: User, form: Awaited<ReturnType<typeof readForm>>) {
  let response = await user.send(form, { decision: 'allow' });
  for (let hops = 0; hops < 3; hops++) {
    const location = new URL(response.headers.get('location') ?? '/', 'https://as.example');
    if (location.origin !== 'https://as.example') return location.searchParams.get('code');
    response = await user.request(`${location.pathname}${location.search}`);
  }
  return null;
}

describe('RFC 9700 §2.1.1 who is exempted', () => {
  it('no public client, by no way: the refusal names require_pkce', async () => {
    const server = serve();
    const made = await server.admin('POST', '/clients', {
      metadata: { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' },
      ...EXEMPT,
    });
    expect([made.status, await made.json()]).toEqual([
      400,
      expect.objectContaining({ error_description: expect.stringMatching(/^require_pkce: /) }),
    ]);
    const client = await makeClient(server);
    expect((await patch(server, client, EXEMPT)).status).toBe(400);
    const confidential = await exempt(server);
    const becomes = { metadata: { token_endpoint_auth_method: 'none' } };
    expect((await patch(server, confidential, becomes)).status).toBe(400);
    expect((await patch(server, confidential, { ...becomes, require_pkce: true })).status).toBe(200);
    // Whatever the row says.
    await server.env.DB.prepare('UPDATE clients SET require_pkce = 0').run();
    expect((await refusalOf(serve(server.env), authorizeUrl(client, WITHOUT)))[0]).toBe('invalid_request');
  });

  it('one whose redirect URIs are all https; loopback only where the issuer is on loopback', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const path = '/console/clients/new/website';
    const form = await readForm(await administrator.open(path), path);
    const fields = form.fields.filter(([name]) => name !== 'require_pkce');
    for (const uri of ['http://localhost/callback', 'http://127.0.0.1:3000/']) {
      const typed = { client_name: 'Wiki', redirect_uris: `${REDIRECT_URI}\n${uri}` };
      const response = await administrator.send({ ...form, fields }, typed);
      expect([uri, response.status]).toEqual([uri, 400]);
      expect(await response.text()).toMatch(/id="require_pkce-error">[^<]*redirect URIs are https/);
    }
    const native = { redirect_uris: [REDIRECT_URI, 'com.example.app:/callback'] };
    expect((await server.admin('POST', '/clients', { metadata: { ...native, ...SECRET }, ...EXEMPT })).status).toBe(
      400,
    );
    expect((await patch(server, await exempt(server), { metadata: native })).status).toBe(400);
    // The command on loopback may; what it made is of no use to an issuer that is not.
    const redirect_uri = 'http://localhost:9000/callback';
    const client = await exempt(server, { redirect_uris: [redirect_uri] });
    const request = { ...WITHOUT, redirect_uri };
    expect((await refusalOf(server, authorizeUrl(client, request)))[0]).toBe('invalid_request');
    const local = serve({ ...server.env, ISSUER: 'http://localhost:8787' });
    const code = await obtainCode(local, client, request);
    expect((await postToken(local, client, plain(code, { redirect_uri }))).status).toBe(200);
  });

  it('one with a key of its own, too', async () => {
    const server = serve();
    const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x' }] };
    const client = await exempt(server, { token_endpoint_auth_method: 'private_key_jwt', jwks });
    expect(await obtainCode(server, client, WITHOUT)).toMatch(/^pc_/);
  });

  it('none that says so itself: not by registration, not by RFC 7592, not by a metadata document', async () => {
    const server = serve();
    const registered = (await (await registerClient(server, { ...SECRET, ...EXEMPT })).json()) as Registered;
    expect(registered).not.toHaveProperty('require_pkce');
    await put(server, registered, EXEMPT);
    expect(await requirePkceOf(server, registered)).toBe(true);
    const id = 'https://app.acme.com/metadata.json';
    pretendWeb({
      [id]: () =>
        json({
          client_id: id,
          redirect_uris: [REDIRECT_URI],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks_uri: 'https://app.acme.com/jwks.json',
          ...EXEMPT,
        }),
    });
    const page = await server.fetch(authorizeUrl({ client_id: id }, WITHOUT));
    expect([page.status, text(await page.text())]).toEqual([400, expect.stringContaining('code_challenge is missing')]);
    expect((await patch(server, { client_id: id }, EXEMPT)).status).toBe(400);
  });
});

type Registered = TestClient & { registration_access_token: string };

const put = (server: Server, client: Registered, metadata: Record<string, unknown>) =>
  server.fetch(`/register/${client.client_id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${client.registration_access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: client.client_id, redirect_uris: [REDIRECT_URI], ...SECRET, ...metadata }),
  });

describe('RFC 7592 §2.2 the exemption of a client that registered itself', () => {
  async function registeredAndExempted(server: Server) {
    const made = (await (await registerClient(server, SECRET)).json()) as Registered;
    const client = { ...made, method: 'client_secret_basic' };
    await administer(server, 'PATCH', `/clients/${client.client_id}`, EXEMPT);
    return client;
  }

  it('ends with its redirect URIs, and the audit log says so; a code that is outstanding is refused', async () => {
    const server = serve();
    const client = await registeredAndExempted(server);
    const code = await obtainCode(server, client, WITHOUT);
    await put(server, client, { client_name: 'Another name' });
    expect(await requirePkceOf(server, client)).toBe(false);
    await put(server, client, { redirect_uris: [REDIRECT_URI, 'https://evil.example/callback'] });
    expect(await requirePkceOf(server, client)).toBe(true);
    expect(await statusAndError(postToken(server, client, plain(code)))).toEqual([400, 'invalid_grant']);
    await put(server, client, {});
    expect(await requirePkceOf(server, client)).toBe(true);
    const { events } = await administer<{ events: object[] }>(
      server,
      'GET',
      '/events?type=client.pkce-exemption-ended',
    );
    expect(events).toMatchObject([{ subject: client.client_id, actor: `client:${client.client_id}` }]);
  });

  it('ends where it becomes a public client, and does not come back with a secret', async () => {
    const server = serve();
    const client = await registeredAndExempted(server);
    await put(server, client, { token_endpoint_auth_method: 'none' });
    expect(await requirePkceOf(server, client)).toBe(true);
    await put(server, client, {});
    expect(await requirePkceOf(server, client)).toBe(true);
  });

  it('fifty changes of the redirect URIs, with the exemption given amid them: it is not for URIs that came later', async () => {
    const server = serve();
    const client = (await (await registerClient(server, SECRET)).json()) as Registered;
    const changes = Array.from({ length: 50 }, (_, index) =>
      put(server, client, { redirect_uris: [`https://evil.example/${index}`] }),
    );
    await Promise.all([patch(server, client, EXEMPT), ...changes]);
    await put(server, client, { redirect_uris: ['https://evil.example/last'] });
    expect(await requirePkceOf(server, client)).toBe(true);
  });

  it('keeps the registration from being swept as one that nobody decided about', async () => {
    const server = serve();
    const client = await registeredAndExempted(server);
    await server.env.DB.prepare('UPDATE clients SET last_used_at = 0').run();
    await runCron(server.env);
    expect(await requirePkceOf(server, client)).toBe(false);
  });
});

describe('the exemption in the console', () => {
  it('is a field of confidential clients only, for new ones as well, and names what needs attention', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const open = async (path: string) => (await administrator.open(path)).text();
    expect(await open('/console/clients/new/browser')).not.toContain('require_pkce');
    const form = await readForm(
      await administrator.open('/console/clients/new/website'),
      '/console/clients/new/website',
    );
    expect(form.fields).toContainEqual(['require_pkce', expect.any(String)]);
    const typed = { client_name: 'Old wiki', redirect_uris: REDIRECT_URI };
    const required = await (await administrator.send(form, typed)).text();
    const idIn = (html: string) => ({ client_id: /c_\w{22}/.exec(html)?.[0] ?? '' });
    expect(await requirePkceOf(server, idIn(required))).toBe(true);
    expect(text(await open('/console'))).toContain('Nothing needs attention.');
    const fields = form.fields.filter(([name]) => name !== 'require_pkce');
    const made = idIn(await (await administrator.send({ ...form, fields }, typed)).text());
    expect(await requirePkceOf(server, made)).toBe(false);
    const overview = await open('/console');
    expect(text(overview)).toContain('Old wiki may send authorization requests without PKCE');
    expect(overview).toContain(`/console/clients/${made.client_id}`);
    const path = `/console/clients/${made.client_id}/edit`;
    const edit = await readForm(await administrator.open(path), path);
    expect(edit.fields.some(([name]) => name === 'require_pkce')).toBe(false);
    await administrator.send(edit, { require_pkce: 'on' });
    expect(await requirePkceOf(server, made)).toBe(true);
    expect(text(await open('/console'))).toContain('Nothing needs attention.');
  });

  it('of more clients than the overview names is counted', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    for (let index = 0; index < 12; index++) await exempt(server, { client_name: `Client ${index}` });
    const said = text(await (await administrator.open('/console')).text());
    expect(said.match(/may send authorization requests without PKCE/g)).toHaveLength(10);
    expect(said).toContain('Further clients may do so, too');
  });
});
