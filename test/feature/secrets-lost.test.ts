/** Secrets that are malformed, lost or replaced: what still works, and who is told. */
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import type { Bindings } from '../../src/config.ts';
import { Tokens } from '../../src/worker.ts';
import { administratorAt } from '../support/console-user.ts';
import { bindings, runCron, type Server, serve } from '../support/server.ts';
import { text } from '../support/user.ts';

const ANOTHER = Buffer.alloc(32, 7).toString('base64url');
const METADATA = '/.well-known/oauth-authorization-server';

/** The same stores, with other secrets. */
const serveWith = (changes: Record<string, string | undefined>): Server =>
  serve(bindings([], changes as Partial<Bindings>));

async function putSecretsOfOthers(server: Server): Promise<void> {
  const credentials = { client_id: 'x', client_secret: 'y' };
  for (const [path, kind] of [
    ['/connected-apps', 'template'],
    ['/social-logins', 'provider'],
  ] as const) {
    const made = await server.admin('POST', path, { id: 'kept', [kind]: 'github', ...credentials });
    expect(made.status, await made.clone().text()).toBe(201);
  }
}

const sealing = async (server: Server) => (await server.admin('POST', '/sealing')).json();

describe('a secret that is malformed', () => {
  it.each<[Record<string, string>]>([
    [{ ADMIN_PASSWORD: 'short' }],
    [{ SIGNING_KEY_9: 'no key' }],
    [{ ROOT_SECRET_9: 'short' }],
    [{ SOCIAL_LOGIN_WORK: 'no JSON' }],
  ])('is left out where the server runs without it: %j', async (changes) => {
    expect((await serveWith(changes).fetch(METADATA)).status).toBe(200);
  });

  it('stands under what needs attention', async () => {
    const page = await administratorAt(serveWith({ SIGNING_KEY_9: 'no key' }));
    expect(text(await (await page.open('/console')).text())).toContain('SIGNING_KEY_9 must be a private JWK');
  });

  it('is told to no client where the server cannot run: 503, and the sentence in the log', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = serveWith({ ROOT_SECRET_1: 'short' });
    for (const path of ['/', METADATA, '/token']) {
      const response = await server.fetch(path, { method: path === '/token' ? 'POST' : 'GET' });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
      expect(await response.text()).toBe('This server cannot answer at present.\n');
    }
    expect(logged.mock.calls.flat().join()).toContain('ROOT_SECRET_1 must be 32 random bytes');
    await expect(Tokens.prototype.verify.call({ env: server.env, ctx: {} } as never, '', {} as never)).rejects.toThrow(
      /^This server cannot answer at present\.$/,
    );
    logged.mockRestore();
  });
});

describe('a root secret that was replaced in its slot', () => {
  it('is seen where stored secrets are sealed again, and under what needs attention', async () => {
    const server = serve();
    await putSecretsOfOthers(server);
    expect(await sealing(server)).toMatchObject({ resealed: 0, unreadable: 0 });
    const replaced = serveWith({ ROOT_SECRET_1: ANOTHER });
    expect(await sealing(replaced)).toMatchObject({ sealed_with: '1', resealed: 0, unreadable: 2 });
    const page = await administratorAt(replaced);
    expect(text(await (await page.open('/console')).text())).toContain('No root secret opens 2 of the stored secrets');
    // Put back, nothing is lost.
    expect(await sealing(server)).toMatchObject({ resealed: 0, unreadable: 0 });
  });
});

describe('the secrets that the server ran with', () => {
  const recorded = async () => {
    const { results } = await env.DB.prepare('SELECT name, fingerprint FROM secret_fingerprints ORDER BY name').all();
    return Object.fromEntries(results.map(({ name, fingerprint }) => [name, fingerprint]));
  };
  let env: Bindings;

  it('are recorded by fingerprints, which tell nothing of them and stay when a secret is lost', async () => {
    env = bindings();
    await runCron(env, Date.now());
    const before = await recorded();
    const names = Object.keys(env).filter((name) => /^(SIGNING_KEY|ROOT_SECRET)_/.test(name));
    expect(Object.keys(before)).toEqual(names.sort());
    const { kid, alg, d, ...publicKey } = JSON.parse(env.SIGNING_KEY_1 ?? '');
    // RFC 7638: the thumbprint of the public key.
    expect(before.SIGNING_KEY_1).toBe(await calculateJwkThumbprint(publicKey));
    expect(before.ROOT_SECRET_1).toMatch(/^[\w-]{8}$/);
    await runCron({ ...env, ROOT_SECRET_1: undefined, ROOT_SECRET_2: ANOTHER, SEAL_WITH: '2' }, Date.now());
    expect(await recorded()).toEqual({ ...before, ROOT_SECRET_2: expect.any(String) });
    // The replaced secret is the one in use from now on.
    await runCron({ ...env, ROOT_SECRET_1: ANOTHER }, Date.now());
    expect((await recorded()).ROOT_SECRET_1).not.toBe(before.ROOT_SECRET_1);
  });
});
