/** RFC 9207: the issuer in the authorization response. */
import { describe, expect, it } from 'vitest';
import { ADMINISTRATOR, authorizeUrl, makeClient } from '../support/client.ts';
import { ISSUER, serve } from '../support/server.ts';

describe('RFC 9207 §2 response parameter iss', () => {
  it('the authorization server MUST include it in success and in error responses', async () => {
    const server = serve();
    const client = await makeClient(server);
    const success = await server.person().authorise(authorizeUrl(client), ADMINISTRATOR);
    expect(success.searchParams.get('iss')).toBe(ISSUER);
    const error = new URL((await server.fetch(authorizeUrl(client, { prompt: 'none' }))).headers.get('location') ?? '');
    expect(error.searchParams.get('error')).toBe('login_required');
    expect(error.searchParams.get('iss')).toBe(ISSUER);
  });
});

describe('RFC 9207 §3 authorization server metadata', () => {
  it('indicates its support, and the issuer is the one of the metadata', async () => {
    const document = await (await serve().fetch('/.well-known/oauth-authorization-server')).json();
    expect(document).toMatchObject({ issuer: ISSUER, authorization_response_iss_parameter_supported: true });
  });
});
