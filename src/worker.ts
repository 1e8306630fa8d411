/** The Worker: what Cloudflare calls. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { ABOVE, createApp } from './app.ts';
import { introspectForWorker, revokeForWorker } from './authorization-server/rpc.ts';
import type { TakenToken } from './client/connections.ts';
import { lookAtSome } from './client/moved.ts';
import { fetchForWorker, type Refused, tokenForWorker } from './client/rpc.ts';
import { type Bindings, ConfigError } from './config.ts';
import type { Expected, Introspected, Revoked, TokenService, Verified } from './guard/token-service.ts';
import { verifyForWorker } from './resource-server/rpc.ts';
import { readLatestSettings } from './storage/settings.ts';
import { deliverPending, sweep } from './storage/sweep.ts';
import { makeDeps } from './web/context.ts';
import { actorOfCaller, type CallerProps, rpcDeps } from './web/rpc.ts';

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
  async scheduled(controller, env, context) {
    const now = controller.scheduledTime;
    const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
    const deps = makeDeps(env, { ...ABOVE, network: 'cron', place: {}, now, waitUntil });
    const { databases } = deps;
    await deliverPending(databases);
    deps.later('tell that sessions are over', ABOVE.tellOfEnd(deps, undefined));
    deps.later('look at servers elsewhere', lookAtSome(deps));
    await sweep(databases, now, await readLatestSettings(databases));
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

/** For the same, what people connected: their accounts elsewhere (`entrypoint = "Connections"`). */
export class Connections extends WorkerEntrypoint<Bindings, CallerProps> {
  /**
   * A token that is good now, where the setting `raw_tokens` of the app lets Workers have it.
   * @param person whose account, by id; '' for the app itself.
   */
  token(app: string, person: string, scopes: string[] = []): Promise<TakenToken | Refused> {
    return tokenForWorker(this.#deps(), app, person, scopes);
  }

  /**
   * Sends the request on with a fresh token, which it never hands out. The headers `postern-app` and
   * `postern-person` (none for the app itself) say whose.
   */
  override fetch(request: Request): Promise<Response> {
    return fetchForWorker(this.#deps(), request);
  }

  #deps() {
    const { env, ctx } = this;
    const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work);
    const deps = makeDeps(env, { ...ABOVE, network: 'worker', place: {}, now: Date.now(), waitUntil });
    return { ...deps, actor: actorOfCaller(ctx.props) };
  }
}
