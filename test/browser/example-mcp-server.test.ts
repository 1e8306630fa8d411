/** examples/mcp-server, for MCP clients of others that know nothing but its address, and a user with a browser. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { freePorts, startExample } from '../support/example.ts';
import { PatientMemory } from '../support/mcp-memory.ts';
import { callbackPage, type Site, serveSite } from '../support/site.ts';
import { freePort, stopAll } from '../support/started.ts';

let address: URL;
let site: Site;
let page: Page;

beforeAll(async () => {
  const ports = await freePorts();
  [site] = await Promise.all([serveSite(callbackPage), startExample('mcp-server', ports)]);
  address = new URL(`http://localhost:${ports.MCP_PORT}/mcp`);
  page = await newPage();
});

afterAll(async () => {
  await closeBrowser();
  await site.close();
  await stopAll();
});

/** The user agrees in the browser. @returns where they are sent, and what the page told them. */
async function agree(url: string | undefined): Promise<{ back: URL; told: string }> {
  await page.goto(url ?? '');
  if (await page.getByLabel('Password').isVisible()) await signInOn(page, inject('worker'));
  const allow = page.getByRole('button', { name: 'Allow', exact: true });
  await allow.waitFor();
  const told = await page.locator('main').innerText();
  await allow.click();
  await page.waitForURL((now) => now.searchParams.has('code'));
  return { back: new URL(page.url()), told };
}

/** The text of a tool's result. */
async function call(client: Client, name: string, parameters = {}): Promise<string[]> {
  const { content } = await client.callTool({ name, arguments: parameters });
  return (content as { text: string }[]).map(({ text }) => text);
}

const grantOf = (token = '') => (JSON.parse(atob(token.split('.')[1] ?? '')) as { grant: string }).grant;

describe('the MCP server of examples/', () => {
  it('serves the official client: authorise, two tools, step up, refresh, cut off when the grant is revoked', async () => {
    const memory = new PatientMemory(`http://127.0.0.1:${site.port}/callback`);
    const connect = async () => {
      const client = new Client({ name: 'test', version: '1' });
      const transport = new StreamableHTTPClientTransport(address, { authProvider: memory });
      const connected = await client.connect(transport).then(
        () => true,
        () => false,
      );
      return { client, transport, connected };
    };
    const before = await connect();
    expect(before.connected).toBe(false);
    expect(memory.authorizeUrl?.searchParams.get('scope')).toBe('notes.read');
    const first = await agree(memory.authorizeUrl?.href);
    expect(first.told).toContain('Read your notes');
    await before.transport.finishAuth(first.back.searchParams.get('code') ?? '');

    const { client, transport } = await connect();
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['read_notes', 'write_note']);
    expect(await call(client, 'read_notes')).toEqual([]);

    await expect(call(client, 'write_note', { text: 'Hello' })).rejects.toThrow('Unauthorized');
    expect(memory.authorizeUrl?.searchParams.get('scope')).toBe('notes.read notes.write');
    const second = await agree(memory.authorizeUrl?.href);
    expect(second.told).toContain('Write notes for you');
    await transport.finishAuth(second.back.searchParams.get('code') ?? '');
    expect(await call(client, 'write_note', { text: 'Hello' })).toEqual(['Written.']);
    expect(await call(client, 'read_notes')).toEqual(['Hello']);

    memory.authorizeUrl = undefined;
    memory.expire();
    expect(await call(client, 'write_note', { text: 'Again' })).toEqual(['Written.']);
    expect(await call(client, 'read_notes')).toEqual(['Again', 'Hello']);
    expect(memory.authorizeUrl).toBeUndefined();

    await admin('grants', 'revoke', grantOf(memory.kept?.access_token));
    await expect(call(client, 'read_notes')).rejects.toThrow('Unauthorized');
    memory.expire();
    await expect(call(client, 'read_notes')).rejects.toThrow('Unauthorized');
    expect(memory.kept).toBeUndefined();
    await client.close();
  });

  it('serves mcp-remote in the same way, which brings it to programs that know only local servers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-mcp-remote-'));
    const proxy = new StdioClientTransport({
      command: process.execPath,
      args: [
        'node_modules/mcp-remote/dist/proxy.js',
        address.href,
        String(await freePort()),
        '--transport',
        'http-only',
      ],
      env: { ...getDefaultEnvironment(), MCP_REMOTE_CONFIG_DIR: folder, BROWSER: 'true' },
      stderr: 'pipe',
    });
    let said = '';
    let visited = 0;
    proxy.stderr?.on('data', (chunk) => (said += chunk));
    /** The address at which it asks the user next. */
    const asked = () =>
      expect
        .poll(() => said.match(/^http\S+\/authorize\?\S+$/gm)?.[visited], { timeout: 20_000 })
        .toBeDefined()
        .then(() => said.match(/^http\S+\/authorize\?\S+$/gm)?.[visited++] ?? '');

    const client = new Client({ name: 'test', version: '1' });
    const connected = client.connect(proxy);
    expect((await agree(await asked())).told).toContain('Read your notes');
    await connected;
    const before = await call(client, 'read_notes');

    const written = call(client, 'write_note', { text: 'By mcp-remote' });
    expect((await agree(await asked())).told).toContain('Write notes for you');
    expect(await written).toEqual(['Written.']);

    const file = readdirSync(join(folder, 'mcp-remote-v1')).find((name) => name.endsWith('tokens.json')) ?? '';
    const kept = () => JSON.parse(readFileSync(join(folder, 'mcp-remote-v1', file), 'utf8')) as Record<string, string>;
    const { access_token: second } = kept();
    writeFileSync(join(folder, 'mcp-remote-v1', file), JSON.stringify({ ...kept(), expires_at: Date.now() }));
    expect(await call(client, 'read_notes')).toEqual(['By mcp-remote', ...before]);
    expect(kept().access_token).not.toBe(second);

    await admin('grants', 'revoke', grantOf(second));
    const cutOff = call(client, 'read_notes').catch((error: Error) => error);
    // It has nothing to go on with, and asks the user again.
    await asked();
    await client.close();
    expect(await cutOff).toBeInstanceOf(Error);
    rmSync(folder, { recursive: true });
  });

  it('asks for every scope of a batch, and answers what cannot be read with a 4xx', async () => {
    const created = await admin<{ client_id: string; client_secret: string }>(
      'clients',
      'create',
      '--name',
      'Reader',
      '--grant-type',
      'client_credentials',
      '--scope',
      'notes.read',
    );
    const body = new URLSearchParams({ grant_type: 'client_credentials', resource: address.href, scope: 'notes.read' });
    const basic = btoa(`${created.client_id}:${created.client_secret}`);
    const headers = { authorization: `Basic ${basic}` };
    const given = await fetch(`${inject('worker').url}/token`, { method: 'POST', headers, body });
    const { access_token } = (await given.json()) as { access_token: string };
    const send = (body: string) =>
      fetch(address, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${access_token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body,
      });
    const tool = (name: string, id: number) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } });

    const batch = await send(JSON.stringify([tool('read_notes', 1), tool('write_note', 2)]));
    expect(batch.status).toBe(403);
    expect(batch.headers.get('www-authenticate')).toContain('scope="notes.read notes.write"');
    for (const unreadable of ['{', 'null', '[]x', '{"params":{"name":7}}', '[[]]']) {
      const { status } = await send(unreadable);
      expect([unreadable, status]).toEqual([unreadable, 400]);
    }
    expect((await fetch(address, { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(405);
  });
});
