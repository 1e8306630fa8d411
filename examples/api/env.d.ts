/** What wrangler.toml binds. */
declare namespace Cloudflare {
  interface Env {
    ISSUER: string;
    RESOURCE: string;
    APP_ORIGIN: string;
    TASKS: KVNamespace;
    POSTERN: Service<import('@postern/resource-server').TokenService>;
  }
}
