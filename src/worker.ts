/** The Worker: what Cloudflare calls. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { introspectForWorker, revokeForWorker } from './authorization-server/rpc.ts';
import { type Bindings, ConfigError } from './config.ts';
import type { Expected, Introspected, Revoked, TokenService, Verified } from './guard/token-service.ts';
import { verifyForWorker } from './resource-server/rpc.ts';
import { Databases } from './storage/database.ts';
import { readLatestSettings } from './storage/settings.ts';
import { deliverPending, sweep } from './storage/sweep.ts';
import { type CallerProps, rpcDeps } from './web/rpc.ts';

const app = createApp();

export default {
  async fetch(request, env, context) {
    try {
      return await app.fetch(request, env, context);
    } catch (error) {
      // The one thing that can fail before a handler runs. It says what whoever runs the server must mend.
      if (!(error instanceof ConfigError)) throw error;
      console.error(JSON.stringify({ configuration: error.message }));
      return new Response(`This server is not configured: ${error.message}\n`, { status: 500 });
    }
  },

  /** The cron: once every five minutes, in one Cloudflare location. */
  async scheduled(controller, env) {
    const databases = new Databases(env);
    await deliverPending(databases);
    await sweep(databases, controller.scheduledTime, await readLatestSettings(databases));
  },
} satisfies ExportedHandler<Bindings>;

/** For Workers of the same account, by a service binding to this entry point: no HTTP, and no keys to fetch. */
export class Tokens extends WorkerEntrypoint<Bindings, CallerProps> implements TokenService {
  verify(credentials: string | null | undefined, expected: Expected): Promise<Verified> {
    return verifyForWorker(rpcDeps(this.env, this.ctx.props), credentials, expected);
  }

  introspect(token: string): Promise<Introspected> {
    return introspectForWorker(rpcDeps(this.env, this.ctx.props), token);
  }

  revoke(token: string): Promise<Revoked> {
    return revokeForWorker(rpcDeps(this.env, this.ctx.props), token);
  }
}
