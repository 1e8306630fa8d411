/** The tools, and what each needs. Notes belong to the user whom the token speaks for. */
import { env } from 'cloudflare:workers';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { ToolScopes } from '@postern/resource-server/mcp';
import { z } from 'zod';

/** The scopes of each tool beside those of every request: a client that lacks one asks for all of them at once. */
export const SCOPES: ToolScopes = { read_notes: [], write_note: ['notes.write'] };

export function createServer(user: string): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });

  server.registerTool('read_notes', { description: 'Reads your newest notes' }, async () => {
    const { keys } = await env.NOTES.list({ prefix: `${user}/`, limit: 100 });
    const notes = await Promise.all(keys.map(({ name }) => env.NOTES.get(name)));
    return { content: notes.map((text) => ({ type: 'text', text: text ?? '' })) };
  });

  const input = { text: z.string().min(1).max(1000) };
  server.registerTool('write_note', { description: 'Writes a note', inputSchema: input }, async ({ text }) => {
    // The newest first.
    await env.NOTES.put(`${user}/${Number.MAX_SAFE_INTEGER - Date.now()}-${crypto.randomUUID()}`, text);
    return { content: [{ type: 'text', text: 'Written.' }] };
  });

  return server;
}
