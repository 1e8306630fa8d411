/** A website on another origin of this machine, for the browser tests. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Visit = { method: string; url: URL; body: string };
export type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer };
export type Site = { port: number; visits: Visit[]; close: () => Promise<void> };

/** Serves what `answer` gives for a visit; nothing means 404. */
export async function serveSite(answer: (visit: Visit) => Answer | undefined): Promise<Site> {
  const visits: Visit[] = [];
  const server = createServer(async (request, response) => {
    const visit = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', `http://${request.headers.host}`),
      body: await bodyOf(request),
    };
    visits.push(visit);
    const { status = 200, headers = {}, body = '' } = answer(visit) ?? { status: 404 };
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, visits, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

/** A page that shows how it was called. */
export const callbackPage = ({ url }: Visit): Answer => ({
  body: `<!doctype html><html lang="en"><title>The application</title><h1>Back at the application</h1><p>${url.searchParams.has('code') ? 'with a code' : `with ${url.searchParams.get('error')}`}</p></html>`,
});
