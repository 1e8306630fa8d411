/** The Worker: what Cloudflare calls. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { capabilities } from './authorization-server/capabilities.ts';
import { fetchAuthorized } from './client/authorized-fetch.ts';
import { type TakenToken, takeToken } from './client/connections.ts';
import { type Bindings, ConfigError, readConfig } from './config.ts';
import type { PersonId } from './protocol/credentials.ts';
import { Databases } from './storage/database.ts';
import { readLatestSettings } from './storage/settings.ts';
import { deliverPending, sweep } from './storage/sweep.ts';
import { makeDeps } from './web/context.ts';
import { errorResponse } from './web/render-error.tsx';

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

/** What Workers that are bound to this one may do with what people connected: `entrypoint = "Connections"`. */
export class Connections extends WorkerEntrypoint<Bindings> {
  /**
   * A token that is good now, where the app's `raw_tokens` lets Workers have it.
   * @param person whose account; '' for the app itself.
   * @throws OAuthError connection_required, insufficient_scope, access_denied, temporarily_unavailable
   */
  token(app: string, person: string, scopes: string[] = []): Promise<TakenToken> {
    return takeToken(this.#deps(), { appId: app, personId: person as PersonId | '', scopes, by: 'workers' });
  }

  /**
   * Sends the request on with a fresh token, which it never hands out. The headers `postern-app` and
   * `postern-person` (none for the app itself) say whose.
   */
  override async fetch(request: Request): Promise<Response> {
    const deps = this.#deps();
    return fetchAuthorized(deps, request).catch((error: unknown) => errorResponse(error, deps.moment.requestId));
  }

  #deps() {
    const waitUntil = (work: Promise<unknown>) => this.ctx.waitUntil(work);
    return makeDeps(this.env, { capabilities: capabilities(readConfig(this.env)), waitUntil });
  }
}
