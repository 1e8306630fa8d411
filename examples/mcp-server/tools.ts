/** The tools, and what each needs. Notes belong to the person whom the token speaks for. */
import { env } from 'cloudflare:workers';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

/** Every scope of the tool: a client that lacks one asks for all of them at once. */
const SCOPES = new Map([
  ['read_notes', ['notes.read']],
  ['write_note', ['notes.read', 'notes.write']],
]);

/** What the messages in a request need, each scope once; there may be several messages. */
export function scopesNeeded(body: unknown): string[] {
  const calls = z.array(z.object({ params: z.object({ name: z.string() }) }).catch({ params: { name: '' } }));
  const names = calls.parse([body].flat()).map(({ params }) => params.name);
  return [...new Set(names.flatMap((name) => SCOPES.get(name) ?? []))];
}

export function createServer(person: string): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });

  server.registerTool('read_notes', { description: 'Reads your newest notes' }, async () => {
    const { keys } = await env.NOTES.list({ prefix: `${person}/`, limit: 100 });
    const notes = await Promise.all(keys.map(({ name }) => env.NOTES.get(name)));
    return { content: notes.map((text) => ({ type: 'text', text: text ?? '' })) };
  });

  const input = { text: z.string().min(1).max(1000) };
  server.registerTool('write_note', { description: 'Writes a note', inputSchema: input }, async ({ text }) => {
    // The newest first.
    await env.NOTES.put(`${person}/${Number.MAX_SAFE_INTEGER - Date.now()}-${crypto.randomUUID()}`, text);
    return { content: [{ type: 'text', text: 'Written.' }] };
  });

  return server;
}
