/** Logs of the platform beside the Worker: no query, because links that set a password have their token in one. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('Cloudflare Workers Logs', () => {
  it('redact the query of every request', () => {
    const [, observability = ''] = readFileSync('wrangler.toml', 'utf8').split(/^\[observability\]$/m);
    const [own = ''] = observability.split(/^\[/m);
    expect(own).toMatch(/^redact_query_string = true$/m);
  });
});
