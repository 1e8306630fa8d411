/** Stands where Cloudflare's API stands, for what `npm run deploy` reads there: the account that the stand-in of wrangler has. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from './wrangler-stand-in.ts';

export type ApiStandIn = { url: string; stop: () => Promise<void> };

export async function startApi(): Promise<ApiStandIn> {
  const server: Server = createServer((request, response) => {
    const token = decodeURIComponent(request.headers.authorization?.replace('Bearer ', '') ?? '');
    const result = answer(request.url ?? '', JSON.parse(readFileSync(token, 'utf8')) as Account);
    const errors = [{ code: 10000, message: 'Authentication error' }];
    response.statusCode = result === undefined ? 403 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(result === undefined ? { success: false, errors } : { success: true, result }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Undefined for what the token may not read. */
function answer(path: string, { workers, subdomain, fails }: Account): unknown {
  if (fails?.command === 'api') return undefined;
  if (path.endsWith('/workers/subdomain')) return { subdomain };
  const name = /service=([\w-]+)/.exec(path)?.[1] ?? /\/(?:scripts|services)\/([\w-]+)\//.exec(path)?.[1] ?? '';
  const worker = workers[name];
  if (!worker) return undefined;
  if (path.includes('/workers/domains/records')) return worker.domains.map((hostname) => ({ hostname, service: name }));
  if (path.includes('/routes')) return worker.routes.map((pattern) => ({ pattern, zone_name: 'example.com' }));
  if (path.endsWith('/environments/production')) return { environment: 'production', script: worker.script };
  if (path.endsWith('/schedules')) return { schedules: worker.crons.map((cron) => ({ cron })) };
  if (path.endsWith('/subdomain')) return { enabled: worker.workersDev, previews_enabled: false };
  return undefined;
}
