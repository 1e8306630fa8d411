/** What wrangler.toml binds. */
declare namespace Cloudflare {
  interface Env {
    ISSUER: string;
    ORIGIN: string;
    NOTES_URL: string;
    ISSUES_URL: string;
    /** The MCP server of notes takes it: `wrangler secret put NOTES_SECRET`. */
    NOTES_SECRET: string;
    /** 32 random characters or more: `wrangler secret put SESSION_KEY`. */
    SESSION_KEY: string;
    POSTERN: Service<import('@postern/resource-server').TokenService>;
    CONNECTIONS: Fetcher;
  }
}
