/** The entry point for other Workers, called in this isolate with the bindings of a server under test. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import type { CallerProps } from '../../src/http/rpc-caller.ts';
import type { ConnectionToken } from '../../src/oauth-client/connections.ts';
import { Connections } from '../../src/worker.ts';
import { recordStatements } from './query-plans.ts';
import type { Server } from './server.ts';

export type Entrance = Pick<Connections, 'fetch'> & {
  /** Throws what was refused. */
  token: (...parameters: Parameters<Connections['token']>) => Promise<ConnectionToken>;
  settle: () => Promise<void>;
};

/** @param props of the binding: every app where they are left out. */
export function entrance({ env }: Server, props: CallerProps = { caller: 'program', apps: ['*'] }): Entrance {
  const context = Object.assign(createExecutionContext(), { props });
  const connections = new Connections(context, recordStatements(env));
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
