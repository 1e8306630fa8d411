/** The search of the console: by the beginning of any word, over terms that follow their records, at a bounded cost. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { administratorAt } from '../support/console-user.ts';
import { administer, bindings, type Server, serve } from '../support/server.ts';
import { StorageMeter } from '../support/storage-meter.ts';
import { text, type User } from '../support/user.ts';

type Client = { client_id: string };

const createClient = (server: Server, client_name: string, uri = 'https://photos.acme.example/callback') =>
  administer<Client>(server, 'POST', '/clients', {
    metadata: { client_name, redirect_uris: [uri], token_endpoint_auth_method: 'none' },
  });

const createUser = (server: Server, name: string, email: string) =>
  administer<{ id: string }>(server, 'POST', '/users', { name, email });

const search = async (user: User, words: string) =>
  text(await (await user.open(`/console/search?q=${encodeURIComponent(words)}`)).text());

async function scene() {
  const server = serve();
  return { server, administrator: await administratorAt(server) };
}

describe('the search of the console', () => {
  it.each(['ada', 'lovel', 'Love ada', 'engine.exam', 'lovelace@eng', 'ADA'])(
    'finds a user by "%s": beginnings of words of the name and the address',
    async (words) => {
      const { server, administrator } = await scene();
      await createUser(server, 'Ada Lovelace', 'ada.lovelace@engine.example');
      await createUser(server, 'Grace Hopper', 'grace@cobol.example');
      const found = await search(administrator, words);
      expect(found).toContain('Ada Lovelace');
      expect(found).not.toContain('Grace Hopper');
    },
  );

  it('finds a client by its name, its host and its ID, and a setting by its label', async () => {
    const { server, administrator } = await scene();
    const { client_id } = await createClient(server, 'Photo Album');
    for (const words of ['album', 'photos.acme', 'acme pho', client_id, client_id.slice(0, 9)])
      expect(await search(administrator, words)).toContain('Photo Album');
    expect(await search(administrator, 'access lifetime')).toContain('Access token lifetime');
    expect(await search(administrator, 'nothing-like-it')).toContain('Nothing was found');
  });

  it('finds letters beyond ASCII, and text that would be SQL or a pattern is text', async () => {
    const { server, administrator } = await scene();
    await createUser(server, 'Øyvind Ångström', 'oy@acme.example');
    for (const words of ['øyv', 'Øyvind', 'ång']) expect(await search(administrator, words)).toContain('Øyvind');
    for (const words of ["'; DROP TABLE users", '%', '_', '"', '\\', '* OR 1'])
      expect(await search(administrator, words)).not.toContain('Øyvind');
  });

  it('follows a change of name and of address, and forgets what was deleted', async () => {
    const { server, administrator } = await scene();
    const { id } = await createUser(server, 'Ada Byron', 'ada@acme.example');
    await administer(server, 'PATCH', `/users/${id}`, { name: 'Ada Lovelace', email: 'countess@acme.example' });
    expect(await search(administrator, 'byron')).toContain('Nothing was found');
    for (const words of ['lovelace', 'countess']) expect(await search(administrator, words)).toContain('Ada Lovelace');
    const { client_id } = await createClient(server, 'Photo Album');
    await administer(server, 'PATCH', `/clients/${client_id}`, { metadata: { client_name: 'Picture Book' } });
    expect(await search(administrator, 'album')).toContain('Nothing was found');
    expect(await search(administrator, 'book')).toContain('Picture Book');
    await administer(server, 'DELETE', `/clients/${client_id}`);
    expect(await search(administrator, 'book')).toContain('Nothing was found');
    const { results } = await env.DB.prepare('SELECT * FROM search_terms WHERE id = ?').bind(client_id).all();
    expect(results).toEqual([]);
  });

  it('of a client that registered itself at most eight words are kept, however many its name has', async () => {
    const { server, administrator } = await scene();
    const client_name = Array.from({ length: 20 }, (_, index) => `word${index}`).join(' ');
    const register = (metadata: object) =>
      server.fetch('/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token_endpoint_auth_method: 'none', ...metadata }),
      });
    const redirect_uris = ['https://many.example/cb'];
    const { client_id } = (await (await register({ client_name, redirect_uris })).json()) as Client;
    const terms = await env.DB.prepare('SELECT count(*) AS count FROM search_terms WHERE id = ?')
      .bind(client_id)
      .first();
    expect(terms).toEqual({ count: 8 });
    expect(await search(administrator, 'word7')).toContain('word0');
    expect(await search(administrator, 'word12')).toContain('Nothing was found');
  });
});

describe('the search of the console with 1,000,000 terms', () => {
  it('reads at most 6,000 rows, however many records have a word', async () => {
    const stretch = 100_000;
    for (let from = 0; from < 1_000_000; from += stretch) {
      await env.DB.prepare(
        `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + stretch - 1})
         INSERT INTO search_terms (term, kind, id)
         SELECT CASE i % 4 WHEN 0 THEN 'common' WHEN 1 THEN 'word' || (i / 4) WHEN 2 THEN 'example' ELSE 'host' || (i % 90) END,
           CASE WHEN i % 2 THEN 'user' ELSE 'client' END, 'x_' || (i / 4) FROM n`,
      ).run();
    }
    const meter = new StorageMeter();
    const server = serve(meter.over(bindings()));
    const administrator = await administratorAt(server);
    await createUser(server, 'Common Example', 'word1@host7.example');
    for (const words of [
      'common',
      'c',
      'example common',
      'word1 common example',
      'host7 nothing',
      'common nothing-at-all',
    ]) {
      meter.take();
      await administrator.open(`/console/search?q=${encodeURIComponent(words)}`);
      expect.soft(meter.take().rowsRead, words).toBeLessThanOrEqual(6_000);
    }
    expect(await search(administrator, 'word1@host7')).toContain('Common Example');
  }, 180_000);
});
