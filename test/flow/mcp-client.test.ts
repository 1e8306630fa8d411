/** The official MCP client, which knows only an address, gets a token and keeps it fresh. */
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, inject, it } from 'vitest';
import { Memory } from '../support/mcp-memory.ts';
import { User } from '../support/user.ts';

const REDIRECT_URI = 'http://localhost:3999/callback';

describe('the official MCP TypeScript client', () => {
  it('gets a token from a 401: discovery, registration, PKCE, token, refresh', async () => {
    const worker = inject('worker');
    const memory = new Memory(REDIRECT_URI);
    const address = new URL('/api/me', worker.url);
    const transport = new StreamableHTTPClientTransport(address, { authProvider: memory });
    await expect(new Client({ name: 'test', version: '1' }).connect(transport)).rejects.toThrow('Unauthorized');
    expect(memory.information?.client_id).toMatch(/^c_/);
    expect(memory.authorizeUrl?.searchParams.get('resource')).toBe(address.href);
    expect(memory.authorizeUrl?.searchParams.get('code_challenge_method')).toBe('S256');

    const back = await new User(fetch, worker.url).authorise(memory.authorizeUrl?.href ?? '', worker);
    expect(back.searchParams.get('state')).toBe('a-state');
    expect(back.searchParams.get('iss')).toBe(worker.url);
    await transport.finishAuth(back.searchParams.get('code') ?? '');

    const first = memory.kept?.access_token;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${first}` } });
    expect(answer.status).toBe(200);

    expect(await auth(memory, { serverUrl: address })).toBe('AUTHORIZED');
    expect(memory.kept?.access_token).not.toBe(first);
    const again = await fetch(address, { headers: { authorization: `Bearer ${memory.kept?.access_token}` } });
    expect(again.status).toBe(200);
  });

  it('with a refresh token answers a step-up by a refresh, which widens nothing; without it the user is asked', async () => {
    const worker = inject('worker');
    const address = new URL('/api/me', worker.url);
    // The guard's challenge names the scope of the operation, and the one that the token has.
    const wanted = 'profile email';
    const memory = new Memory(REDIRECT_URI);
    expect(await auth(memory, { serverUrl: address, scope: 'email offline_access' })).toBe('REDIRECT');
    const back = await new User(fetch, worker.url).authorise(memory.authorizeUrl?.href ?? '', worker);
    await auth(memory, { serverUrl: address, authorizationCode: back.searchParams.get('code') ?? '' });
    const { access_token: first, refresh_token = '' } = memory.kept ?? {};
    expect(refresh_token).not.toBe('');
    memory.authorizeUrl = undefined;

    const call = () => {
      const transport = new StreamableHTTPClientTransport(address, { authProvider: memory });
      return new Client({ name: 'test', version: '1' }).connect(transport);
    };
    await expect(call()).rejects.toThrow('after trying upscoping');
    expect(memory.kept?.access_token).not.toBe(first);
    expect(memory.kept?.scope).not.toContain('profile');
    expect(memory.authorizeUrl).toBeUndefined();

    // RFC 6749 §6: the scope of a refresh MUST NOT include any that was not originally granted.
    const refreshed = await fetch(new URL('/token', worker.url), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: memory.information?.client_id ?? '',
        refresh_token: memory.kept?.refresh_token ?? '',
        scope: 'profile email',
      }),
    });
    expect(((await refreshed.json()) as { scope: string }).scope).toBe('email');

    memory.kept = { ...memory.kept, refresh_token: undefined } as NonNullable<typeof memory.kept>;
    await expect(call()).rejects.toThrow('Unauthorized');
    const { href = '', searchParams } = (memory.authorizeUrl as URL | undefined) ?? {};
    expect(searchParams?.get('scope')).toBe(wanted);
    const agreed = await new User(fetch, worker.url).authorise(href, worker);
    await auth(memory, { serverUrl: address, authorizationCode: agreed.searchParams.get('code') ?? '' });
    expect(memory.kept?.scope).toBe(wanted);
  });
});
