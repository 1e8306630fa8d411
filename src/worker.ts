/** The Worker: what Cloudflare calls. */
import { createApp } from './app.ts';
import { type Bindings, ConfigError } from './config.ts';

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
} satisfies ExportedHandler<Bindings>;
