/** Programs of the how-to guides, run as they stand there: each signs a user in, or validates a real token. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { admin } from '../support/admin.ts';
import { fences } from '../support/documentation.ts';
import { User } from '../support/user.ts';

type Registered = { client_id: string; client_secret: string };

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-guides-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The block of a guide that begins with this fence. */
const blockOf = (guide: string, info: string): string =>
  fences(join('docs', 'how-to', `${guide}.md`)).find((fence) => fence.info === info)?.text ?? '';

describe('docs/how-to/hono-openid-client.md', () => {
  it('the application signs a user in, and says who it is', async () => {
    const { url, email, password } = inject('worker');
    const redirect = ['--redirect-uri', 'http://localhost:3000/callback'];
    const client = await admin<Registered>('clients', 'create', '--name', 'Backend', ...redirect);
    const path = join(folder, 'app.mjs');
    writeFileSync(path, blockOf('hono-openid-client', 'js hono'));
    vi.stubEnv('ISSUER', url);
    vi.stubEnv('CLIENT_ID', client.client_id);
    vi.stubEnv('CLIENT_SECRET', client.client_secret);
    const { default: app } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as {
      default: { request: (url: string, init?: RequestInit) => Promise<Response> };
    };
    const browser = new User(async (address, init) => app.request(address, init), 'http://localhost:3000');
    const started = await browser.request('/sign-in');
    const back = await new User(fetch, url).authorise(started.headers.get('location') ?? '', { email, password });
    const callback = await browser.request(back.pathname + back.search);
    expect(callback.status).toBe(302);
    expect(await (await browser.request('/')).text()).toContain(email);
    // The code and the flow are used up.
    expect((await browser.request(back.pathname + back.search)).status).toBe(400);
  });
});

const PYTHON = '/usr/bin/python3';
const hasPyJwt = spawnSync(PYTHON, ['-c', 'import jwt, cryptography']).status === 0;

describe.skipIf(!hasPyJwt)('docs/how-to/python-mcp-server.md', () => {
  const RESOURCE = 'https://guide.example/mcp';
  const OTHER = 'https://other.example/api';

  /** The result of the guide's `validate`: the token's subject, or the status and challenge of the refusal. */
  function validate(token: string): string {
    const script = [
      'import sys',
      'from validation import validate, Refused',
      'try:',
      '    print(validate("Bearer " + sys.argv[1])["sub"])',
      'except Refused as refused:',
      '    print(refused.status, refused.headers["WWW-Authenticate"])',
    ].join('\n');
    return execFileSync(PYTHON, ['-c', script, token], { cwd: folder, encoding: 'utf8' }).trim();
  }

  it('admits its own access tokens, and refuses those of another resource, without the scope, and id_tokens', async () => {
    const { url } = inject('worker');
    const source = blockOf('python-mcp-server', 'python validation');
    writeFileSync(
      join(folder, 'validation.py'),
      source.replace('https://id.example.com', url).replace('https://mcp.example.com/mcp', RESOURCE),
    );
    const scopes = ['--resource-scope', 'notes.read Read', '--resource-scope', 'notes.write Write'];
    for (const resource of [RESOURCE, OTHER]) await admin('resources', 'put', resource, '--name', 'Guide', ...scopes);
    const client = await admin<Registered>(
      'clients',
      'create',
      '--name',
      'Guide',
      '--grant-type',
      'client_credentials',
      '--acts-as',
      'admin@example.com',
      '--scope',
      'openid notes.read notes.write',
    );
    const tokens = async (form: Record<string, string>) => {
      const answer = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
      });
      return (await answer.json()) as { access_token: string };
    };
    const { access_token: own } = await tokens({ resource: RESOURCE, scope: 'notes.read' });
    expect(validate(own)).toMatch(/^u_/);
    const { access_token: narrow } = await tokens({ resource: RESOURCE, scope: 'notes.write' });
    expect(validate(narrow)).toMatch(/^403 Bearer error="insufficient_scope", scope="notes.read"/);
    const { access_token: foreign } = await tokens({ resource: OTHER, scope: 'notes.read' });
    expect(validate(foreign)).toMatch(/^401 Bearer error="invalid_token"/);
    expect(validate(`${own.slice(0, -4)}AAAA`)).toMatch(/^401 /);
    expect(validate('')).toMatch(/^401 /);
    for (const resource of [RESOURCE, OTHER]) await admin('resources', 'delete', resource);
  });
});
