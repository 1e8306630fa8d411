/** What wrangler.toml binds. */
declare namespace Cloudflare {
  interface Env {
    ISSUER: string;
    RESOURCE: string;
    NOTES: KVNamespace;
    POSTERN: Service<import('@postern/resource-server').TokenService>;
  }
}
