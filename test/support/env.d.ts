/** What tests have bound: the Worker's own bindings, two shards, and the migrations. */
declare namespace Cloudflare {
  interface Env extends PosternBindings {
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}
type PosternBindings = import('../../src/config.ts').Bindings;
