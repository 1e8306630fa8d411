/** The Worker: what Cloudflare calls. */
import { createApp } from './app.ts';
import { type Bindings, ConfigError } from './config.ts';
import { Databases } from './storage/database.ts';
import { readLatestSettings } from './storage/settings.ts';
import { deliverPending, sweep } from './storage/sweep.ts';

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
