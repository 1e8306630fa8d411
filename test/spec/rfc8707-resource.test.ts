/** RFC 8707: resource indicators. */
import { describe, expect, it } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type Tokens,
} from '../support/client.ts';
import { ISSUER, serve } from '../support/server.ts';

const MCP = `${ISSUER}/mcp`;
const FILES = `${ISSUER}/files`;
const audienceOf = (tokens: Tokens) => payloadOf(tokens.access_token).aud;

describe('RFC 8707 §2.1 authorization request', () => {
  it('a resource that is not known, not absolute or has a fragment is invalid_target', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const resource of [
      'https://other.example/mcp',
      `${ISSUER}.evil.example/`,
      `${ISSUER}/mcp#x`,
      '/mcp',
      'mcp',
      'https://as.example@evil.example/',
    ]) {
      const location = (await server.fetch(authorizeUrl(client, { resource }))).headers.get('location');
      expect([resource, new URL(location ?? '').searchParams.get('error')]).toEqual([resource, 'invalid_target']);
    }
  });

  it('no resource asked: the audience is the issuer', async () => {
    const server = serve();
    const tokens = await obtainTokens(server, await makeClient(server));
    expect(audienceOf(tokens)).toBe(ISSUER);
  });

  it('upper case and a trailing slash are accepted, and one canonical form is emitted', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const resource of [MCP, `${MCP}/`, 'HTTPS://AS.EXAMPLE/mcp']) {
      const tokens = await obtainTokens(server, client, { resource, scope: 'profile' });
      expect(audienceOf(tokens)).toBe(MCP);
    }
    expect(audienceOf(await obtainTokens(server, client, { resource: `${ISSUER}/` }))).toBe(ISSUER);
  });
});

describe('RFC 8707 §2.2 access token request', () => {
  it('of several granted, the token is for the one named, and for the first where none is named', async () => {
    const server = serve();
    const client = await makeClient(server);
    const changes = { resource: [MCP, FILES], scope: 'profile' };
    const named = await postToken(
      server,
      client,
      redemption(await obtainCode(server, client, changes), { resource: FILES }),
    );
    const tokens = (await named.json()) as Tokens;
    expect(audienceOf(tokens)).toBe(FILES);
    expect(audienceOf(await obtainTokens(server, client, changes))).toBe(MCP);
    const refreshed = await refresh(server, client, tokens.refresh_token, { resource: `${MCP}/` });
    expect(audienceOf((await refreshed.json()) as Tokens)).toBe(MCP);
  });

  it('a resource beyond what was granted is invalid_target, and spends neither code nor refresh token', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client, { resource: MCP, scope: 'profile' });
    for (const resource of [FILES, ISSUER, `${MCP}/deeper`, 'https://other.example']) {
      const response = await postToken(server, client, redemption(code, { resource }));
      expect([resource, response.status, await errorOf(response)]).toEqual([resource, 400, 'invalid_target']);
    }
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
    expect(await errorOf(await refresh(server, client, tokens.refresh_token, { resource: FILES }))).toBe(
      'invalid_target',
    );
    expect(await errorOf(await refresh(server, client, tokens.refresh_token, { resource: [MCP, FILES] }))).toBe(
      'invalid_target',
    );
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('the issuer stands beside the resource where openid was granted, so that userinfo opens', async () => {
    const server = serve();
    const tokens = await obtainTokens(server, await makeClient(server), { resource: MCP, scope: 'openid' });
    expect(audienceOf(tokens)).toEqual([MCP, ISSUER]);
    expect((await me(server, tokens.access_token, '/userinfo')).status).toBe(200);
  });

  it('a token for another resource opens nothing here', async () => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client, { resource: MCP, scope: 'profile' });
    expect((await me(server, tokens.access_token)).status).toBe(401);
    const own = await obtainTokens(server, client, { resource: `${ISSUER}/api/me`, scope: 'profile' });
    expect((await me(server, own.access_token)).status).toBe(200);
  });
});
