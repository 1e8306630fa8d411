/** The console in an app of its own: no other page needs its code, which is more than that of all of them together. */
import { Hono } from 'hono';
import { consolePages } from './admin/console/routes.ts';
import type { Web } from './http/context.ts';
import { prepare } from './request-chain.ts';

export function createConsoleApp() {
  const app = new Hono<Web>();
  prepare(app);
  return app.route('/', consolePages());
}
