/** `@postern/resource-server/mcp` around a server of the official SDK, driven by its client (MCP 2026-07-28, Authorization). */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { GuardOptions, Principal } from '@postern/resource-server';
import { filterTools, protectMcp, type ToolScopes } from '@postern/resource-server/mcp';
import { describe, expect, it } from 'vitest';

const RESOURCE = 'https://notes.example.com/mcp';

const TOOLS: ToolScopes = { read: [], write: ['notes.write'], purge: ['notes.write', 'notes.admin'] };

const principalOf = (scopes: string[]): Principal => ({
  kind: 'user',
  subject: 'u_1',
  clientId: 'c_1',
  scopes,
  audience: [RESOURCE],
  tokenId: 't_1',
  issuedAt: 0,
  expiresAt: 4_000_000_000,
});

/** A token is the list of its scopes, joined by dots. */
const guard: GuardOptions = {
  issuer: 'https://id.example.com',
  resource: RESOURCE,
  scopes: ['notes'],
  hierarchy: { everything: ['notes', 'notes.write', 'notes.admin'] },
  verifier: { verify: async (token) => principalOf(token.split('~').map((scope) => scope.replace('_', '.'))) },
};

const ECHO = { description: 'Says who calls' };

function server(): McpServer {
  const mcp = new McpServer({ name: 'notes', version: '1' });
  for (const name of ['read', 'write', 'purge', 'unnamed'])
    mcp.registerTool(name, ECHO, ({ authInfo }) => ({
      content: [{ type: 'text', text: JSON.stringify({ name, ...authInfo }) }],
    }));
  return mcp;
}

const serving = (enableJsonResponse: boolean, tools: ToolScopes = TOOLS) =>
  protectMcp(guard, tools, async (request, { authInfo, body }) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse });
    await server().connect(transport);
    return transport.handleRequest(request, { authInfo, parsedBody: body });
  });

const call = (handler: ReturnType<typeof serving>, token: string, body: unknown, headers = {}) =>
  handler(
    new Request(RESOURCE, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
    undefined,
    undefined,
  );

const toolCall = (name: unknown, id = 1) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } });
const scopeOf = (response: Response) =>
  /scope="([^"]*)"/
    .exec(response.headers.get('www-authenticate') ?? '')?.[1]
    ?.split(' ')
    .sort();

async function connect(handler: ReturnType<typeof serving>, token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const fetch = (url: string | URL, init?: RequestInit) =>
    handler(new Request(url, init), undefined, undefined) as Promise<globalThis.Response>;
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(RESOURCE), { fetch, requestInit }));
  return client;
}

describe.each([
  ['JSON', true],
  ['a stream of events', false],
])('tools of a server that answers with %s', (_, isJson) => {
  it.each([
    ['notes', ['read']],
    ['notes~notes_write', ['read', 'write']],
    ['everything', ['read', 'write', 'purge']],
  ])('with the token of %s the client lists %j', async (token, names) => {
    const client = await connect(serving(isJson), token);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(names);
  });

  it('a tool that the token opens is called, and finds the principal in authInfo', async () => {
    const client = await connect(serving(isJson), 'notes~notes_write');
    const { content } = (await client.callTool({ name: 'write' })) as { content: { text: string }[] };
    const found = JSON.parse(content[0]?.text ?? '') as Record<string, unknown>;
    expect(found).toMatchObject({
      name: 'write',
      token: 'notes~notes_write',
      clientId: 'c_1',
      scopes: ['notes', 'notes.write'],
      resource: RESOURCE,
      extra: { principal: { subject: 'u_1' } },
    });
  });

  it('the entry * is for every other tool', async () => {
    const client = await connect(serving(isJson, { ...TOOLS, '*': [] }), 'notes');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['read', 'unnamed']);
  });
});

describe('MCP 2026-07-28, Scope Challenge Handling', () => {
  it('a call without the scopes of the tool gets one 403 that names all of them, and those that the token has', async () => {
    const response = await call(serving(true), 'notes~other', toolCall('purge'));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(response.headers.get('www-authenticate')).toContain('resource_metadata="');
    expect(scopeOf(response)).toEqual(['notes', 'notes.admin', 'notes.write', 'other']);
  });

  it('several calls in one request get one challenge with the scopes of all', async () => {
    const response = await call(serving(true), 'notes', [toolCall('read'), toolCall('write', 2), toolCall('purge', 3)]);
    expect(response.status).toBe(403);
    expect(scopeOf(response)).toEqual(['notes', 'notes.admin', 'notes.write']);
  });

  it('without the scopes of every request nothing comes in', async () => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    expect((await call(serving(true), 'notes_write', list)).status).toBe(403);
  });

  it.each(['unnamed', 'toString', '__proto__', '', null, 7, undefined])(
    'a call of %j, which the table does not name, does not reach the server',
    async (name) => {
      const response = await call(serving(true), 'everything', toolCall(name, 9));
      expect(await response.json()).toEqual({
        jsonrpc: '2.0',
        id: 9,
        error: { code: -32602, message: `Unknown tool: ${typeof name === 'string' ? name : ''}` },
      });
    },
  );
});

describe('what the server reads is what was validated', () => {
  const seen: unknown[] = [];
  const recorder = protectMcp(guard, TOOLS, async (request) => {
    seen.push(await request.json());
    return new Response(null, { status: 202 });
  });

  it('a member that is there twice is handed on once', async () => {
    const twice = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"purge"},"params":{"name":"read"}}';
    await call(recorder, 'notes', twice);
    expect(seen).toEqual([toolCall('read')]);
  });

  it.each([
    ['{', 400],
    ['', 400],
    [`"${'x'.repeat(4 * 1024 * 1024)}"`, 413],
  ])('a body that is not JSON, or too large, is refused', async (body, status) => {
    seen.length = 0;
    expect((await call(recorder, 'notes', body)).status).toBe(status);
    expect(seen).toEqual([]);
  });
});

describe('filterTools', () => {
  const list = (more = {}) => ({
    jsonrpc: '2.0',
    id: 1,
    result: { tools: [{ name: 'read' }, { name: 'purge' }, 'purge', { title: 'no name' }], ...more },
  });
  const json = (body: unknown, headers = {}) =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      headers: { 'content-type': 'application/json', ...headers },
    });
  const filtered = async (response: Response) => filterTools(response, principalOf(['notes']), TOOLS);

  it('a filtered list is private to its user (MCP 2026-07-28, Caching)', async () => {
    const answer = await (await filtered(json(list({ ttlMs: 1000, cacheScope: 'public' })))).json();
    expect(answer).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { tools: [{ name: 'read' }], ttlMs: 1000, cacheScope: 'private' },
    });
  });

  it('a member name that is written with escapes is the same', async () => {
    const answer = await filtered(json(JSON.stringify(list()).replace('"tools"', '"\\u0074ools"')));
    expect(await answer.text()).not.toContain('purge');
  });

  it('an answer that lists no tools is handed on byte for byte', async () => {
    const text = '{ "jsonrpc": "2.0", "id": 1, "result": { "content": [{ "type": "text", "text": "\\u0041" }] } }';
    expect(await (await filtered(json(text))).text()).toBe(text);
    const plain = '{"result" : {"content" : 12345678901234567890}}';
    expect(await (await filtered(json(plain))).text()).toBe(plain);
  });

  it('an answer that is compressed is not handed on', async () => {
    await expect(filtered(json(list(), { 'content-encoding': 'gzip' }))).rejects.toThrow(TypeError);
  });

  it.each([1, 2, 3, 7, 1000])(
    'a stream in pieces of %i bytes is filtered event by event, whatever ends its lines',
    async (size) => {
      const pretty = JSON.stringify(list(), null, 1)
        .split('\n')
        .map((line) => `data: ${line}`);
      const events = [
        `event: message\nid: 1\ndata: ${JSON.stringify(list())}\n\n`,
        ': keep-alive\r\n\r\n',
        `${pretty.join('\r\n')}\r\n\r\n`,
        `data:${JSON.stringify(list())}\r\r`,
        'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"text":"ä"}}\n\n',
      ];
      const bytes = new TextEncoder().encode(events.join(''));
      const body = new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const answer = await filtered(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
      const text = await answer.text();
      expect(text).not.toContain('purge');
      expect(text.match(/"name":"read"/g)?.length).toBe(3);
      expect(text).toContain('event: message\nid: 1\n');
      expect(text).toContain('"text":"ä"');
      expect(text.split('\n\n').length).toBe(6);
    },
  );

  it('an event is handed on before the next one comes', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const answer = await filtered(new Response(readable, { headers: { 'content-type': 'text/event-stream' } }));
    const [reader, writer] = [answer.body?.getReader(), writable.getWriter()];
    const written = writer.write(new TextEncoder().encode('data: {}\n\n'));
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: {}\n\n');
    await written;
    await writer.close();
  });
});

it('a table that is none is a TypeError when the program starts', () => {
  const table = { read: 'notes' } as unknown as ToolScopes;
  expect(() => protectMcp(guard, table, () => new Response())).toThrow(/^the tools: read/);
});
