/** Texts that are shown to others: control characters are refused at the edge, wherever they come in. */
import { describe, expect, it } from 'vitest';
import { authorizeUrl, makeClient, postToken, registerClient } from '../support/client.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, type Server, serve } from '../support/server.ts';

const CONTROL: [string, string][] = [
  ['NUL', '\u0000'],
  ['BEL', '\u0007'],
  ['ESC', '\u001b'],
  ['DEL', '\u007f'],
  ['CSI of C1', '\u009b'],
  ['NEL of C1', '\u0085'],
];
const IN_A_LINE: [string, string][] = [
  ['a line break', '\n'],
  ['a tab', '\t'],
  ['a bidirectional override', '\u202e'],
];

const APP = { template: 'github', client_id: 'x', client_secret: 'y' };
const REDIRECT = { redirect_uris: ['https://app.example/cb'] };

/** Every text that the admin API stores and shows, by a name that `x` stands for. */
const PLACES: [string, string, string, (x: string) => unknown][] = [
  ['the name of a client', 'POST', '/clients', (x) => ({ metadata: { client_name: x, ...REDIRECT } })],
  ['contacts of a client', 'POST', '/clients', (x) => ({ metadata: { contacts: [x], ...REDIRECT } })],
  ['the brand', 'PUT', '/settings/brand_name', (x) => ({ value: x })],
  ['the name of this resource', 'PUT', '/settings/resource_name', (x) => ({ value: x })],
  ['the name of a user', 'POST', '/users', (x) => ({ email: 'a@example.com', name: x })],
  ['the given name of a user', 'POST', '/users', (x) => ({ email: 'a@example.com', name: 'A', given_name: x })],
  ['the name of a resource', 'PUT', `/resources/${encodeURIComponent('https://n.example')}`, (x) => ({ name: x })],
  [
    'the sentence of a scope',
    'PUT',
    `/resources/${encodeURIComponent('https://n.example')}`,
    (x) => ({ name: 'N', scopes: [{ name: 'read', description: x }] }),
  ],
  ['the name of an initial access token', 'POST', '/initial-access-tokens', (x) => ({ name: x })],
  ['the name of a connected app', 'POST', '/connected-apps', (x) => ({ id: 'x', ...APP, name: x })],
  [
    'the name of a social login',
    'POST',
    '/social-logins',
    (x) => ({ id: 'x', provider: 'github', client_id: 'x', client_secret: 'y', name: x }),
  ],
];

describe('Unicode §23.1 control codes, in what an administrator sends', () => {
  for (const [place, method, path, body] of PLACES) {
    it(`${place} is refused with any, and taken without`, async () => {
      const server = serve();
      for (const [name, character] of [...CONTROL, ...IN_A_LINE]) {
        const response = await server.admin(method, path, body(`Notes${character}[2J`));
        expect([name, response.status]).toEqual([name, 400]);
      }
      const taken = await server.admin(method, path, body('Notes'));
      expect([place, taken.ok, taken.ok || (await taken.text())]).toEqual([place, true, true]);
    });
  }

  it('a setting of several lines keeps its lines, and takes no other control character', async () => {
    const server = serve();
    const path = '/settings/scopes_supported';
    for (const [name, character] of CONTROL) {
      const response = await server.admin('PUT', path, { value: `files.read See${character} your files` });
      expect([name, response.status]).toEqual([name, 400]);
    }
    const value = 'files.read See your files\nfiles Change them';
    expect(await administer(server, 'PUT', path, { value })).toMatchObject({ value });
  });
});

describe('Unicode §23.1 control codes, in what a client sends', () => {
  const namesIn = async (server: Server) => JSON.stringify(await administer(server, 'GET', '/clients'));

  it.each(CONTROL)(
    'a registration with %s is refused, in whatever field, and nothing is stored',
    async (_, character) => {
      const server = serve();
      const hostile = `\u001b]0;x${character}`;
      for (const metadata of [
        { client_name: hostile },
        { software_version: hostile },
        { default_acr_values: [hostile] },
        { jwks: { keys: [{ kty: 'EC', kid: hostile }] } },
        { [`client_name#${hostile}`]: 'x' },
        { unknown: { nested: [hostile] } },
      ]) {
        expect((await registerClient(server, metadata)).status).toBe(400);
      }
      expect(await namesIn(server)).toBe('{"clients":[]}');
    },
  );

  it.each(CONTROL)('a query and a form with %s are invalid_request', async (_, character) => {
    const server = serve();
    const client = await makeClient(server);
    expect((await server.fetch(authorizeUrl(client, { state: `x${character}` }))).status).toBe(400);
    const response = await postToken(server, client, { grant_type: 'refresh_token', refresh_token: `x${character}` });
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it.each([...CONTROL, ...IN_A_LINE])(
    'a metadata document whose name has %s describes no client',
    async (_, character) => {
      const client_id = 'https://app.acme.com/oauth/client.json';
      const document = { client_id, client_name: `Acme${character}`, ...REDIRECT, token_endpoint_auth_method: 'none' };
      pretendWeb({ [client_id]: () => json(document) });
      const response = await serve().fetch(authorizeUrl({ client_id }));
      expect([400, 401]).toContain(response.status);
      expect(await response.text()).toContain('The metadata document of this client is invalid');
    },
  );
});
