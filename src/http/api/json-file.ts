/** Sends a JSON document as a download: indented, for users who open it. */
import type { Context } from 'hono';
import type { Web } from '../context.ts';

export function jsonFile(c: Context<Web>, content: object): Response {
  return c.body(`${JSON.stringify(content, null, 2)}\n`, 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Disposition': 'attachment; filename="user-data.json"',
    'Cache-Control': 'no-store',
  });
}
