/** RFC 9207: the issuer in the authorization response. */
import { describe, expect, it } from 'vitest';
import { ADMINISTRATOR, authorizeUrl, makeClient, registerClient } from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { administer, ISSUER, serve } from '../support/server.ts';
import { parseForm, readForm, text } from '../support/user.ts';

describe('RFC 9207 §2 response parameter iss', () => {
  it('the authorization server MUST include it in success and in error responses', async () => {
    const server = serve();
    const client = await makeClient(server);
    const success = await server.user().authorise(authorizeUrl(client), ADMINISTRATOR);
    expect(success.searchParams.get('iss')).toBe(ISSUER);
    const error = new URL((await server.fetch(authorizeUrl(client, { prompt: 'none' }))).headers.get('location') ?? '');
    expect(error.searchParams.get('error')).toBe('login_required');
    expect(error.searchParams.get('iss')).toBe(ISSUER);
  });
});

describe('RFC 9207 §2.3 a client that cannot bear iss', () => {
  const OMIT = { omit_iss: true };

  it('gets no answer with it where an administrator says so: success, error, denial, query and form_post alike', async () => {
    const server = serve();
    const client = await makeClient(server, {}, OMIT);
    const other = await makeClient(server);
    const user = server.user();
    await user.authorise(authorizeUrl(other), ADMINISTRATOR);
    for (const [of, iss] of [
      [client, null],
      [other, ISSUER],
    ] as const) {
      const success = await user.authorise(authorizeUrl(of), ADMINISTRATOR);
      expect([success.searchParams.has('code'), success.searchParams.get('iss')]).toEqual([true, iss]);
      const silent = await server.fetch(authorizeUrl(of, { prompt: 'none' }));
      const error = new URL(silent.headers.get('location') ?? '');
      expect([error.searchParams.get('error'), error.searchParams.get('iss')]).toEqual(['login_required', iss]);
      const page = await readForm(await user.open(authorizeUrl(of, { prompt: 'consent' })), '/consent');
      const denied = new URL((await user.send(page, { decision: 'deny' })).headers.get('location') ?? '');
      expect([denied.searchParams.get('error'), denied.searchParams.get('iss')]).toEqual(['access_denied', iss]);
      const posted = await server.fetch(authorizeUrl(of, { prompt: 'none', response_mode: 'form_post' }));
      expect((await posted.text()).includes('name="iss"')).toBe(iss !== null);
    }
  });

  it('is never told by the client itself: registration does not know the member', async () => {
    const server = serve();
    const response = await registerClient(server, OMIT);
    expect([response.status, await response.json()]).toEqual([201, expect.not.objectContaining(OMIT)]);
    const { clients } = await administer<{ clients: object[] }>(server, 'GET', '/clients');
    expect(clients).toMatchObject([{ omit_iss: false }]);
  });

  it('is a field of the console that says what it opens: mix-up attacks', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const { client_id } = await makeClient(server);
    const path = `/console/clients/${client_id}/edit`;
    const response = await administrator.open(path);
    const html = await response.text();
    expect(text(html)).toMatch(/Omit iss .*mix-up attack/);
    await administrator.send(parseForm(html, path), { omit_iss: 'on' });
    expect(await administer(server, 'GET', `/clients/${client_id}`)).toMatchObject(OMIT);
  });
});

describe('RFC 9207 §3 authorization server metadata', () => {
  it('indicates its support, and the issuer is the one of the metadata', async () => {
    const document = await (await serve().fetch('/.well-known/oauth-authorization-server')).json();
    expect(document).toMatchObject({ issuer: ISSUER, authorization_response_iss_parameter_supported: true });
  });
});
