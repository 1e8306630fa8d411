/** The entry point for other Workers, called in this isolate with the bindings of a server under test. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import type { TakenToken } from '../../src/client/connections.ts';
import { Connections } from '../../src/worker.ts';
import type { Server } from './server.ts';

export type Entrance = Pick<Connections, 'fetch'> & {
  /** Throws what was refused. */
  token: (...parameters: Parameters<Connections['token']>) => Promise<TakenToken>;
  settle: () => Promise<void>;
};

export function entrance({ env }: Server): Entrance {
  const context = createExecutionContext();
  const connections = new Connections(context, env);
  return {
    token: async (...parameters) => {
      const answer = await connections.token(...parameters);
      if ('error' in answer) throw Object.assign(new Error(answer.description), { ...answer, code: answer.error });
      return answer;
    },
    fetch: (request) => connections.fetch(request),
    settle: () => waitOnExecutionContext(context),
  };
}
