/** coreos/go-oidc and x/oauth2 of Debian (golang-github-coreos-go-oidc-dev), by their defaults. */
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { isInstalled } from './debian-packages.ts';
import { createClient, runClient } from './relying-party.ts';

/** The folder of Debian's Go packages; nothing is fetched. */
const GO = { GOPATH: '/usr/share/gocode', GO111MODULE: 'off', GOFLAGS: '', GOPROXY: 'off', CGO_ENABLED: '0' };

describe('go-oidc', () => {
  it.skipIf(!isInstalled('golang-go', 'golang-github-coreos-go-oidc-dev'))(
    'code with PKCE, id_token with at_hash, userinfo, refresh',
    async () => {
      const client = await createClient('go-oidc');
      const program = join('test', 'interop', 'go_oidc_client.go');
      const result = await runClient(['/usr/bin/go', 'run', program], client, GO);
      const { email } = inject('worker');
      expect(result).toEqual({ state: 'a state', nonce: 'a nonce', email, userInfo: true, refreshed: true });
    },
    300_000,
  );
});
