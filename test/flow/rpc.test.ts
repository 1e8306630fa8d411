/** Two Workers of one account, running side by side: the API of the documentation asks Postern over RPC. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import { newSecrets } from '../../scripts/secrets.ts';
import { parseConfig } from '../../src/config.ts';
import { sha256 } from '../../src/crypto/digest.ts';
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import { User } from '../support/user.ts';

const PAGE = 'docs/how-to/service-bindings.md';
const ISSUER = 'http://localhost:8787';
const NOTES = 'https://notes.example.com';
const CALLBACK = 'https://app.example/callback';
const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789';

const secrets: Record<string, string> = { ...newSecrets('admin@example.com'), SIGN_WITH: '1,2', SEAL_WITH: '1' };
let folder = '';
let harness: TestHarness;

/** The first block of the page in this language: the Worker that the page builds. */
function block(language: string): string {
  const found = [...readFileSync(PAGE, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return found.find(([, info]) => info === language)?.[2] ?? '';
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-rpc-'));
  writeFileSync(join(folder, 'wrangler.toml'), block('toml'));
  writeFileSync(join(folder, 'notes.ts'), block('ts'));
  harness = createTestHarness({
    workers: [
      { configPath: join(folder, 'wrangler.toml') },
      { configPath: join(process.cwd(), 'wrangler.toml'), vars: { ISSUER, ...secrets } },
    ],
  });
  await harness.listen();
  await harness.getWorker('postern').applyD1Migrations('DB');
});

afterAll(async () => {
  await harness?.close();
  rmSync(folder, { recursive: true, force: true });
});

const postern = ((url: string, init?: RequestInit) =>
  harness.getWorker('postern').fetch(url, init as never)) as unknown as typeof fetch;
const notes = (authorization?: string) =>
  harness.getWorker('notes').fetch(`${NOTES}/`, { headers: authorization ? { authorization } : {} });

async function administer<T>(method: string, path: string, body: unknown): Promise<T> {
  const token = localCommandToken(parseConfig({ ISSUER, ...secrets }).root, ISSUER, Date.now());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await postern(`${ISSUER}/api/admin${path}`, { method, headers, body: JSON.stringify(body) });
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as T;
}

/** An access token that a user let a client have, for the notes. */
async function obtainToken(): Promise<string> {
  const { client_id } = await administer<{ client_id: string }>('POST', '/clients', {
    metadata: { client_name: 'Pen', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
  });
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: CALLBACK,
    scope: 'openid notes.read',
    resource: NOTES,
    code_challenge: sha256(VERIFIER),
    code_challenge_method: 'S256',
  });
  const who = { email: 'admin@example.com', password: secrets.ADMIN_PASSWORD ?? '' };
  const back = await new User(postern, ISSUER).authorise(`/authorize?${asked}`, who);
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id,
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
    code: back.searchParams.get('code') ?? '',
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await postern(`${ISSUER}/token`, { method: 'POST', headers, body: body.toString() });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('an API that trusts this server over RPC', () => {
  it('learns who calls, answers with the challenge that it is given, and refuses at once what was revoked', async () => {
    await administer('PUT', `/resources/${encodeURIComponent(NOTES)}`, {
      name: 'Notes',
      scopes: [{ name: 'notes.read', description: 'Read your notes' }],
    });
    const bare = await notes();
    expect(bare.status).toBe(401);
    const metadata = /resource_metadata="([^"]+)"/.exec(bare.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(await (await postern(metadata)).json()).toMatchObject({ resource: NOTES, authorization_servers: [ISSUER] });

    const token = await obtainToken();
    const answer = await notes(`Bearer ${token}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ notesOf: expect.stringMatching(/^u_/) });

    const { jti } = JSON.parse(atob(token.split('.')[1] ?? '')) as { jti: string };
    const revoked = await postern(`${ISSUER}/api/admin/tokens/${jti}`, {
      method: 'DELETE',
      headers: {
        authorization: `Bearer ${localCommandToken(parseConfig({ ISSUER, ...secrets }).root, ISSUER, Date.now())}`,
      },
    });
    expect(revoked.status).toBe(204);
    const refused = await notes(`Bearer ${token}`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('is typed: the code of the page passes a strict type check', () => {
    const types = join(process.cwd(), 'node_modules/@cloudflare/workers-types');
    const tsconfig = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: 'es2024',
        module: 'preserve',
        types: [types],
        allowImportingTsExtensions: true,
        moduleResolution: 'bundler',
        paths: { '@postern/resource-server': [join(process.cwd(), 'packages/resource-server/src/index.ts')] },
      },
      files: ['notes.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const check = () => spawnSync('npx', ['tsc', '-p', join(folder, 'tsconfig.json')], { encoding: 'utf8' }).stdout;
    expect(check()).toBe('');
    // And the check can fail.
    const wrong = block('ts').replace('verified.principal.subject', 'verified.principal.nothing');
    writeFileSync(join(folder, 'notes.ts'), wrong);
    expect(check()).toContain("'nothing' does not exist");
  });
});
