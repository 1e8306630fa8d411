/** examples/mcp-gateway in front of servers of the official SDK that know no OAuth, driven by its client. */
import { randomUUID } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { GuardOptions, Principal } from '@postern/resource-server';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  answerGateway,
  type GatewayServer,
  withConnection,
  withSecret,
} from '../../../examples/mcp-gateway/gateway.ts';

const ORIGIN = 'https://gateway.example.com';
const KEY = 'a session key of at least thirty-two characters';

/** A token is the name of its user and the scopes, such as `ann~notes`. */
const principalOf = (token: string, resource: string): Principal => {
  const [subject = '', ...scopes] = token.split('~');
  const times = { issuedAt: 0, expiresAt: 4_000_000_000 };
  return { kind: 'user', subject, clientId: 'c_1', scopes, audience: [resource], tokenId: 't_1', ...times };
};

const guardOf = (path: string): GuardOptions => ({
  issuer: 'https://id.example.com',
  resource: ORIGIN + path,
  scopes: ['notes'],
  verifier: { verify: async (token) => principalOf(token, ORIGIN + path) },
});

let upstreamHeaders: Record<string, string>[] = [];

/** An MCP server with sessions, whose answers are streams. */
function statefulServer(): (request: Request) => Promise<Response> {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request) => {
    upstreamHeaders.push(Object.fromEntries(request.headers));
    const id = request.headers.get('mcp-session-id');
    const known = id === null ? undefined : sessions.get(id);
    if (known) return known.handleRequest(request);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void sessions.set(session, transport),
    });
    const mcp = new McpServer({ name: 'upstream', version: '1' });
    for (const name of ['read', 'write', 'secret'])
      mcp.registerTool(name, { description: name }, () => ({ content: [{ type: 'text', text: `did ${name}` }] }));
    await mcp.connect(transport);
    const answered = await transport.handleRequest(request);
    answered.headers.set('set-cookie', 'upstream=1');
    return answered;
  };
}

const tools = { read: [], write: ['notes.write'] };
const notes = (send: GatewayServer['send']): GatewayServer => ({
  guard: guardOf('/notes'),
  tools,
  upstream: 'https://internal.example.com/mcp',
  send,
});

let servers: GatewayServer[];
beforeEach(() => {
  upstreamHeaders = [];
  servers = [
    notes(withSecret('the-upstream-secret', statefulServer())),
    { ...notes(withConnection('issues', { fetch: statefulServer() })), guard: guardOf('/issues') },
  ];
});

const fetchGateway = (url: string | URL, init?: RequestInit) => answerGateway(new Request(url, init), servers, KEY);

async function connect(path: string, token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${token}`, cookie: 'session=of-the-caller' } };
  const fetch = fetchGateway as (url: string | URL, init?: RequestInit) => Promise<globalThis.Response>;
  await client.connect(new StreamableHTTPClientTransport(new URL(ORIGIN + path), { fetch, requestInit }));
  return client;
}

describe.each(['/notes', '/issues'])('the MCP server at %s', (path) => {
  it('is listed by what the token opens, and called', async () => {
    const client = await connect(path, 'ann~notes');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['read']);
    expect(await client.callTool({ name: 'read' })).toMatchObject({ content: [{ text: 'did read' }] });
  });

  it('never sees the token or a cookie of the caller', async () => {
    await (await connect(path, 'ann~notes')).listTools();
    expect(upstreamHeaders.length).toBeGreaterThan(1);
    expect(JSON.stringify(upstreamHeaders)).not.toMatch(/ann~notes|of-the-caller/);
  });

  it('is described for clients, and asks for a token', async () => {
    const document = await fetchGateway(`${ORIGIN}/.well-known/oauth-protected-resource${path}`);
    expect(await document.json()).toMatchObject({ resource: ORIGIN + path });
    const refused = await fetchGateway(ORIGIN + path, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain(`oauth-protected-resource${path}"`);
  });
});

it('a server with a secret gets that one; a connected app gets the user', async () => {
  await connect('/notes', 'ann~notes');
  expect(upstreamHeaders[0]).toMatchObject({ authorization: 'Bearer the-upstream-secret' });
  upstreamHeaders = [];
  await connect('/issues', 'ann~notes');
  expect(upstreamHeaders[0]).toMatchObject({ 'postern-app': 'issues', 'postern-user': 'ann' });
  expect(upstreamHeaders[0]?.authorization).toBeUndefined();
});

const post = (token: string, method: string, params: object, session?: string) =>
  fetchGateway(`${ORIGIN}/notes`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });

const initialize = (token: string) =>
  post(token, 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  });

it('a call without the scopes of the tool is 403, and does not reach the server', async () => {
  const response = await post('ann~notes', 'tools/call', { name: 'write' });
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toContain('scope="notes notes.write"');
  expect(upstreamHeaders).toEqual([]);
});

it('a session belongs to its user: for another it does not exist', async () => {
  const session = (await initialize('ann~notes')).headers.get('mcp-session-id') ?? '';
  expect(session).not.toBe('');
  expect((await post('ann~notes', 'tools/list', {}, session)).status).toBe(200);
  const before = upstreamHeaders.length;
  expect((await post('eve~notes', 'tools/list', {}, session)).status).toBe(404);
  expect((await post('eve~notes', 'tools/list', {}, session.slice(session.indexOf('.') + 1))).status).toBe(404);
  expect(upstreamHeaders.length).toBe(before);
});

it('answers are streams, without cookies of the server', async () => {
  const response = await initialize('ann~notes');
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('set-cookie')).toBeNull();
});

it.each([401, 403, 302])(
  'an answer %i of the server is a failure of the gateway, not of the caller',
  async (status) => {
    const headers = { 'www-authenticate': 'Bearer realm="upstream"', location: 'https://elsewhere.example.com/' };
    servers = [notes(async () => new Response(null, { status, headers }))];
    const response = await post('ann~notes', 'tools/list', {});
    expect([response.status, response.headers.get('www-authenticate'), response.headers.get('location')]).toEqual([
      502,
      null,
      null,
    ]);
  },
);

it('a 403 to the account that the user connected is a 403, with the reason and without a challenge', async () => {
  const refuse = (body: string) => async () =>
    new Response(body, {
      status: 403,
      headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer error="insufficient_scope"' },
    });
  const ask = async (body: string) => {
    servers = [notes(withConnection('issues', { fetch: refuse(body) }))];
    const response = await post('ann~notes', 'tools/list', {});
    const { error, error_description } = (await response.json()) as Record<string, string>;
    return [response.status, response.headers.get('www-authenticate'), error, error_description];
  };
  const refused = 'the MCP server does not allow this to the account that you connected';
  const reason = 'connect again: https://id.example.com/account/connections/issues';
  expect(await ask(JSON.stringify({ error: 'insufficient_scope', error_description: reason }))).toEqual([
    403,
    null,
    'access_denied',
    `${refused}: ${reason}`,
  ]);
  for (const body of ['', 'Forbidden', 'null', '[]', JSON.stringify({ error_description: 'x'.repeat(501) })])
    expect(await ask(body)).toEqual([403, null, 'access_denied', `${refused}.`]);
});

it('another path is 404', async () => {
  expect((await fetchGateway(`${ORIGIN}/other`)).status).toBe(404);
});
