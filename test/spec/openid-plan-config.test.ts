/** The modules of the OpenID Foundation's config certification plan, by name, as the suite sends them. */
import { describe, expect, it } from 'vitest';
import { ISSUER, serve } from '../support/server.ts';

type Metadata = Record<string, string & string[]>;

describe('OpenID Connect Discovery §3 the config certification plan', () => {
  it('oidcc-discovery-endpoint-verification', async () => {
    const response = await serve().fetch('/.well-known/openid-configuration');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
    ]);
    const metadata = (await response.json()) as Metadata;
    expect(metadata.issuer).toBe(ISSUER);
    for (const name of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']) {
      expect([name, metadata[name]]).toEqual([name, expect.stringMatching(/^https:/)]);
    }
    expect(metadata.response_types_supported).toContain('code');
    expect(metadata.subject_types_supported).toContain('public');
    expect(metadata.id_token_signing_alg_values_supported).toContain('RS256');
    expect(metadata.scopes_supported).toContain('openid');
    expect(metadata.claims_supported).toContain('sub');
    const { pathname } = new URL(metadata.jwks_uri ?? '');
    const { keys } = (await (await serve().fetch(pathname)).json()) as { keys: Record<string, unknown>[] };
    expect(keys.some(({ kty }) => kty === 'RSA')).toBe(true);
    for (const key of keys) expect(key).not.toHaveProperty('d');
  });
});
