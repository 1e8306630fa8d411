/** examples/mcp-gateway before a server that knows no OAuth: with tokens of the running Worker, and clients of others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { answerGateway, type GatewayServer, withSecret } from '../../examples/mcp-gateway/gateway.ts';
import { snippetsFor } from '../../src/admin/console/snippets/index.ts';
import type { ClientMetadata } from '../../src/protocol/client-metadata.ts';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../src/protocol/grant-type.ts';
import { admin } from '../support/admin.ts';
import { Memory } from '../support/mcp-memory.ts';
import { freePort } from '../support/started.ts';
import { User } from '../support/user.ts';

type Handler = (request: Request) => Promise<Response>;

/** Serves a `fetch` handler on a port. @returns its end. */
async function serve(port: number, handler: Handler): Promise<() => void> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming;
    const hasBody = !['GET', 'HEAD'].includes(method);
    const request = new Request(`http://localhost:${port}${url}`, {
      method,
      headers: Object.entries(incoming.headers) as [string, string][],
      ...(hasBody && { body: Readable.toWeb(incoming) as unknown as BodyInit, duplex: 'half' }),
    } as RequestInit);
    const response = await handler(request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) Readable.fromWeb(response.body as never).pipe(outgoing);
    else outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () => server.close();
}

const SECRET = 'a secret of the MCP server';
const ends: (() => void)[] = [];
let address: URL;
let upstream: string;

/** An MCP server that takes a secret and nothing else. */
const notes: Handler = async (request) => {
  if (request.headers.get('authorization') !== `Bearer ${SECRET}`) return new Response(null, { status: 401 });
  if (request.method !== 'POST') return new Response(null, { status: 405 });
  const mcp = new McpServer({ name: 'notes', version: '1' });
  for (const name of ['read', 'write'])
    mcp.registerTool(name, { description: name }, () => ({ content: [{ type: 'text', text: `did ${name}` }] }));
  const transport = new WebStandardStreamableHTTPServerTransport();
  await mcp.connect(transport);
  return transport.handleRequest(request);
};

beforeAll(async () => {
  const [port, behind] = [await freePort(), await freePort()];
  address = new URL(`http://localhost:${port}/notes`);
  upstream = `http://localhost:${behind}/mcp`;
  await admin('resources', 'put', address.href, '--name', 'Notes', '--resource-scope', 'notes.read Read your notes');
  const server: GatewayServer = {
    guard: { issuer: inject('worker').url, resource: address.href, scopes: ['notes.read'] },
    tools: { read: [], write: ['notes.write'] },
    upstream,
    send: withSecret(SECRET, fetch),
  };
  ends.push(await serve(behind, notes));
  ends.push(await serve(port, (request) => answerGateway(request, [server], 'a key of thirty-two characters or more')));
});
afterAll(async () => {
  for (const end of ends) end();
  await admin('resources', 'delete', address.href);
});

const agree = (url: string) => new User(fetch, inject('worker').url).authorise(url, inject('worker'));

it('the official client signs in, sees the tools of its token, and calls one', async () => {
  const memory = new Memory('http://localhost:3999/callback');
  const transport = () => new StreamableHTTPClientTransport(address, { authProvider: memory });
  const first = transport();
  await expect(new Client({ name: 'test', version: '1' }).connect(first)).rejects.toThrow('Unauthorized');
  const back = await agree(memory.authorizeUrl?.href ?? '');
  await first.finishAuth(back.searchParams.get('code') ?? '');
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport());
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['read']);
  expect(await client.callTool({ name: 'read' })).toMatchObject({ content: [{ text: 'did read' }] });
  await client.close();
});

/** Starts mcp-remote as a local server, answers its authorization request, and lists the tools that the program then has. */
async function toolsByMcpRemote(command: string, args: string[], env: Record<string, string> = {}): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-mcp-gateway-'));
  const more = { MCP_REMOTE_CONFIG_DIR: folder, BROWSER: 'true', ...env };
  const proxy = new StdioClientTransport({
    command,
    args,
    env: { ...getDefaultEnvironment(), ...more },
    stderr: 'pipe',
  });
  let said = '';
  proxy.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const client = new Client({ name: 'test', version: '1' });
  const connected = client.connect(proxy);
  await expect.poll(() => said.match(/^http\S+\/authorize\?\S+$/m)?.[0], { timeout: 20_000 }).toBeDefined();
  const back = await agree(said.match(/^http\S+\/authorize\?\S+$/m)?.[0] ?? '');
  await fetch(back);
  await connected;
  const { tools } = await client.listTools();
  await client.close();
  rmSync(folder, { recursive: true });
  return tools.map(({ name }) => name);
}

it('mcp-remote signs in and lists the tools, for programs that know only local servers', async () => {
  const parameters = [address.href, String(await freePort()), '--transport', 'http-only'];
  const tools = await toolsByMcpRemote(process.execPath, ['node_modules/mcp-remote/dist/proxy.js', ...parameters]);
  expect(tools).toEqual(['read']);
});

it.each([
  ['none', ['--auth-method', 'none']],
  ['a secret', []],
])('mcp-remote does so with the snippet of a client, which authenticates by %s', async (_, options) => {
  const redirectUri = `http://localhost:${await freePort()}/oauth/callback`;
  const client = await admin<{ client_id: string; client_secret?: string; metadata: ClientMetadata }>(
    'clients',
    'create',
    '--name',
    'mcp-remote',
    '--redirect-uri',
    redirectUri,
    '--grant-type',
    AUTHORIZATION_CODE,
    '--grant-type',
    REFRESH_TOKEN,
    ...options,
  );
  const values = { issuer: inject('worker').url, clientId: client.client_id, metadata: client.metadata };
  const snippets = snippetsFor({ ...values, resource: address.href });
  const { text = '' } = snippets.find(({ name }) => name === 'mcp-remote') ?? {};
  const env = { PATH: process.env.PATH ?? '', CLIENT_SECRET: client.client_secret ?? '' };
  expect(await toolsByMcpRemote('bash', ['-c', `exec ${text}`], env)).toEqual(['read']);
});
