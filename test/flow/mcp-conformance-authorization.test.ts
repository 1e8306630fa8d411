/** This server as an authorization server, validated by the scenarios of @modelcontextprotocol/conformance. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { readResults, run } from '../support/mcp-conformance.ts';
import { freePort } from '../support/started.ts';
import { User } from '../support/user.ts';

const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'];

/**
 * Clients that the runner can be. None of them has a secret: the runner leaves a secret out where the metadata lists
 * `none` beside the methods with one.
 */
const CLIENTS: Record<string, (redirectUri: string) => Promise<{ client_id: string }>> = {
  'that an administrator created': (redirectUri) =>
    admin('clients', 'create', '--name', 'MCP conformance', '--auth-method', 'none', '--redirect-uri', redirectUri),
  'that registered itself': async (redirectUri) => {
    const response = await fetch(`${inject('worker').url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }),
    });
    return (await response.json()) as { client_id: string };
  },
};

/** Runs every scenario of a revision; the user signs in and consents. @returns by scenario, the checks that failed. */
async function runScenarios(revision: string, clientFor: (redirectUri: string) => Promise<{ client_id: string }>) {
  const worker = inject('worker');
  const folder = mkdtempSync(join(tmpdir(), 'postern-mcp-as-'));
  const port = await freePort();
  const redirectUri = `http://127.0.0.1:${port}/callback`;
  const { client_id } = await clientFor(redirectUri);
  let visit: Promise<unknown> | undefined;
  const onOutput = (output: string) => {
    const url = /^http\S+\/authorize\?\S+$/m.exec(output)?.[0];
    if (url && !visit) visit = new User(fetch, worker.url).authorise(url, worker).then(fetch);
  };
  const words = ['--url', worker.url, '--client-id', client_id, '--resource', worker.url];
  try {
    const output = await run(
      ['authorization', ...words, '-p', String(port), '--spec-version', revision, '-o', folder],
      {},
      onOutput,
    );
    await visit;
    const results = readResults(folder);
    if (results.size === 0) throw new Error(`the runner reported no scenario: ${output.slice(-3000)}`);
    return Object.fromEntries(results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('MCP: the authorization server', () => {
  for (const [kind, clientFor] of Object.entries(CLIENTS)) {
    for (const revision of REVISIONS) {
      it(`passes every scenario of ${revision}, for a client ${kind}`, async () => {
        const results = await runScenarios(revision, clientFor);
        expect(Object.keys(results)).toHaveLength(2);
        expect(results).toEqual(Object.fromEntries(Object.keys(results).map((name) => [name, []])));
      });
    }
  }
});
