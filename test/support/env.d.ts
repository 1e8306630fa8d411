/** What tests have bound: the Worker's own bindings, two shards, and the migrations. */
declare namespace Cloudflare {
  interface Env extends PosternBindings {
    /** Refreshes of test/feature/staying-signed-in.test.ts. */
    SIMULATED_REFRESHES: number;
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}
type PosternBindings = import('../../src/config.ts').Bindings;
