/** The user's part of a diagnosis: the browser returns to a free port of this machine (RFC 8252 §7.3). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SignIn } from '../../src/admin/doctor/knowledge.ts';
import { MINUTE } from '../../src/protocol/lifetimes.ts';
import { Failure } from '../failure.ts';

const PATIENCE = 5 * MINUTE;

export async function listenForCallback(): Promise<SignIn & { close: () => void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const authorize = (url: URL) =>
    new Promise<URL>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Failure('No user signed in within five minutes.')), PATIENCE);
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        const callback = new URL(request.url ?? '/', redirectUri);
        if (callback.pathname !== '/callback') return void response.writeHead(404).end();
        response.writeHead(200, { 'content-type': 'text/plain' }).end('Done. You can close this page.');
        clearTimeout(timer);
        resolve(callback);
      });
      console.error(`Open this address in your browser, and sign in:\n\n  ${url.href}\n`);
    });
  return { redirectUri, authorize, close: () => void server.close() };
}
