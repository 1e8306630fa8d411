/** The console in an app of its own: no other page needs its code, which is more than that of all of them together. */
import { Hono } from 'hono';
import { consolePages } from './admin/console/routes.ts';
import type { Web } from './http/context.ts';
import { consoleTexts } from './locales/en/console-index.ts';
import { prepare } from './request-chain.ts';

export function createConsoleApp() {
  const app = new Hono<Web>();
  prepare(app);
  app.use(async function provideConsoleTexts(c, next) {
    c.set('consoleTexts', consoleTexts);
    await next();
  });
  return app.route('/', consolePages());
}
