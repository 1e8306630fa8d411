/** The official MCP client package, version 2: discovery, registration, PKCE, token, refresh. */
import { auth, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { Memory } from '../support/mcp-memory.ts';
import { authorize, issuer, REDIRECT_URI } from './relying-party.ts';

describe('@modelcontextprotocol/client 2', () => {
  it('gets a token from a 401, uses it and refreshes it', async () => {
    const memory = new Memory(REDIRECT_URI);
    const address = new URL('/api/me', issuer());
    const transport = new StreamableHTTPClientTransport(address, { authProvider: memory as never });
    await expect(new Client({ name: 'test', version: '1' }).connect(transport)).rejects.toThrow();
    const back = await authorize(memory.authorizeUrl ?? '');
    await transport.finishAuth(back.searchParams as never);
    const first = memory.kept?.access_token;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${first}` } });
    expect(answer.status).toBe(200);
    expect(await auth(memory as never, { serverUrl: address })).toBe('AUTHORIZED');
    expect(memory.kept?.access_token).not.toBe(first);
  });

  it('with a refresh token answers a step-up by asking the user, for what the token has and the operation needs', async () => {
    const memory = new Memory(REDIRECT_URI);
    const address = new URL('/api/me', issuer());
    const code = async () => {
      const back = await authorize(memory.authorizeUrl ?? '');
      return { authorizationCode: back.searchParams.get('code') ?? '', iss: back.searchParams.get('iss') ?? '' };
    };
    expect(await auth(memory as never, { serverUrl: address, scope: 'email offline_access' })).toBe('REDIRECT');
    await auth(memory as never, { serverUrl: address, ...(await code()) });
    expect([memory.kept?.scope, typeof memory.kept?.refresh_token]).toEqual(['email offline_access', 'string']);
    memory.authorizeUrl = undefined;

    const transport = new StreamableHTTPClientTransport(address, { authProvider: memory as never });
    await expect(new Client({ name: 'test', version: '1' }).connect(transport)).rejects.toThrow();
    const wanted = (memory.authorizeUrl as URL | undefined)?.searchParams.get('scope')?.split(' ');
    expect(wanted).toEqual(expect.arrayContaining(['email', 'profile']));
    await auth(memory as never, { serverUrl: address, ...(await code()) });
    const headers = { authorization: `Bearer ${memory.kept?.access_token}` };
    expect((await fetch(address, { headers })).status).toBe(200);
  });
});
