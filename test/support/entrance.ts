/** The entry point for other Workers, called in this isolate with the bindings of a server under test. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { Connections } from '../../src/worker.ts';
import type { Server } from './server.ts';

export type Entrance = Pick<Connections, 'token' | 'fetch'> & { settle: () => Promise<void> };

export function entrance({ env }: Server): Entrance {
  const context = createExecutionContext();
  const connections = new Connections(context, env);
  return {
    token: (...parameters) => connections.token(...parameters),
    fetch: (request) => connections.fetch(request),
    settle: () => waitOnExecutionContext(context),
  };
}
