/** The snippets that the console shows for a client, run as they stand there against a running Worker. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { snippetsFor } from '../../src/admin/console/snippets/index.ts';
import type { ClientMetadata } from '../../src/protocol/client-metadata.ts';
import { CLIENT_CREDENTIALS, DEVICE_CODE } from '../../src/protocol/grant-type.ts';
import { admin } from '../support/admin.ts';
import { User } from '../support/user.ts';

type Created = { client_id: string; client_secret?: string; metadata: ClientMetadata };

const CALLBACK = 'http://localhost:3000/callback';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-snippets-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const create = (...options: string[]) => admin<Created>('clients', 'create', '--name', 'Snippets', ...options);

/** The text of a snippet of this client. */
function snippetOf({ client_id, metadata }: Created, wanted: string): string {
  const values = { issuer: inject('worker').url, clientId: client_id, metadata, resource: 'https://mcp.example/mcp' };
  const found = snippetsFor(values).find(({ name }) => name === wanted);
  if (!found) throw new Error(`no snippet for ${wanted}`);
  return found.text;
}

/** Runs a program with input. @returns its standard output. */
function run(program: string, parameters: string[], input: string, env: Record<string, string> = {}): Promise<string> {
  return new Promise((done, failed) => {
    const options = { env: { ...process.env, ...env }, cwd: folder };
    const started = execFile(program, parameters, options, (error, stdout, stderr) =>
      error ? failed(new Error(`${error.message}\n${stdout}\n${stderr}`)) : done(stdout),
    );
    started.stdin?.end(input);
  });
}

const node = (name: string, text: string, env: Record<string, string> = {}) => {
  writeFileSync(join(folder, name), text);
  return run(process.execPath, [name], '', env);
};

/** The code that an authorization request ends with. */
async function authorise(address: string): Promise<URL> {
  const { url, email, password } = inject('worker');
  return new User(fetch, url).authorise(address, { email, password });
}

describe('the snippets of a client', () => {
  it.each(['client_secret_basic', 'client_secret_post'])(
    'get a token for a service that authenticates by %s, with curl and openid-client',
    async (method) => {
      const client = await create('--grant-type', CLIENT_CREDENTIALS, '--auth-method', method);
      const secret = client.client_secret ?? '';
      const answer = await run('bash', ['-c', snippetOf(client, 'curl')], `${secret}\n`);
      expect(answer).toContain('"access_token"');
      const token = await node(`${method}.mjs`, snippetOf(client, 'openid-client'), { CLIENT_SECRET: secret });
      expect(token.trim().split('.')).toHaveLength(3);
    },
  );

  it('get a token for a service that authenticates by private_key_jwt', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [jwk, key] = [pair.publicKey, pair.privateKey].map((one) => one.export({ format: 'jwk' }));
    const jwks = JSON.stringify({ keys: [{ ...jwk, kid: 'k1', alg: 'ES256' }] });
    const by = ['--auth-method', 'private_key_jwt', '--jwks', jwks];
    const client = await create('--grant-type', CLIENT_CREDENTIALS, ...by);
    const CLIENT_KEY = JSON.stringify({ ...key, kid: 'k1' });
    const token = await node('key.mjs', snippetOf(client, 'openid-client'), { CLIENT_KEY });
    expect(token.trim().split('.')).toHaveLength(3);
    expect(() => snippetOf(client, 'curl')).toThrow('no snippet');
  });

  it('begin device authorization, with curl and openid-client', async () => {
    const device = ['--auth-method', 'none', '--grant-type', DEVICE_CODE, '--grant-type', 'refresh_token'];
    const client = await create(...device);
    // Nobody confirms it: the first poll is pending.
    const [begin = ''] = snippetOf(client, 'curl').split('# Show user_code');
    expect(await run('bash', ['-c', begin], '')).toContain('"user_code"');
    const text = snippetOf(client, 'openid-client');
    const [, beforePolling = ''] = /^([\s\S]*?)const tokens/.exec(text) ?? [];
    expect(await node('device.mjs', beforePolling)).toMatch(/^Enter \S+ at http/);
  });

  it.each([
    ['none', ['--auth-method', 'none', '--metadata', '{"application_type":"native"}']],
    ['either place of the secret', []],
  ])('sign a user in with openid-client and with curl, by %s', async (_, options) => {
    const client = await create('--redirect-uri', CALLBACK, ...options);
    vi.stubEnv('CLIENT_SECRET', client.client_secret ?? '');
    const path = join(folder, `code-${client.client_id}.mjs`);
    writeFileSync(path, snippetOf(client, 'openid-client'));
    const program = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as {
      signIn: () => Promise<{ address: string; verifier: string; state: string }>;
      finish: (address: string, pending: object) => Promise<{ user: { sub: string } }>;
    };
    const pending = await program.signIn();
    const { user } = await program.finish((await authorise(pending.address)).href, pending);
    expect(user.sub).toMatch(/^u_/);
  });

  it('redeem a code with curl', async () => {
    const client = await create('--redirect-uri', CALLBACK, '--auth-method', 'none');
    const [start = '', finish = ''] = snippetOf(client, 'curl').split("read -rp 'Code: ' CODE\n");
    const address = await run('bash', ['-c', `${start}echo "$VERIFIER"`], '');
    const [url = '', verifier = ''] = address.trim().split('\n');
    const code = (await authorise(url)).searchParams.get('code') ?? '';
    const answer = await run('bash', ['-c', finish], '', { CODE: code, VERIFIER: verifier });
    expect(answer).toContain('"id_token"');
  });
});
