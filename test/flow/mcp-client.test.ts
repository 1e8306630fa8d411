/** The official MCP client, which knows only an address, gets a token and keeps it fresh. */
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, inject, it } from 'vitest';
import { Memory } from '../support/mcp-memory.ts';
import { Person } from '../support/person.ts';

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

    const back = await new Person(fetch, worker.url).authorise(memory.authorizeUrl?.href ?? '', worker);
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
});
