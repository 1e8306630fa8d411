/** The budget of storage rounds that the reader of a page waits for, warm: every page about oneself and of the console. */
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createConsoleApp } from '../../src/console-app.ts';
import { Authenticator } from '../support/authenticator.ts';
import { makeClient, obtainTokens } from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { CLIENT, connectApp, farEnd } from '../support/far-end.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { administer, bindings, ISSUER, type Server, serve, settle } from '../support/server.ts';
import { readForm, type User } from '../support/user.ts';

/** Rounds of a page: the session with its user, and the records of the page. */
const ROUNDS = 2;

/** Rounds of a page with grants or sessions: their cutoffs are read when the records are known. */
const OF_GRANTS = 3;

/** Pages that have to wait for more. */
const MORE: Record<string, number> = {
  '/console/grants': OF_GRANTS,
  '/console/tokens': OF_GRANTS,
  '/console/sessions': OF_GRANTS,
  // Redeemed codes are left out by the grants of their shards.
  '/console/codes': OF_GRANTS,
  '/console/users/:id': OF_GRANTS,
  '/console/clients/:id': OF_GRANTS,
  '/console/clients/:id/grants': OF_GRANTS,
  '/console/clients/:id/tokens': OF_GRANTS,
  // Its user is known when the latest grant is.
  '/console/clients/:id/timeline': OF_GRANTS + 1,
  '/console/clients/:id/disable': OF_GRANTS,
  '/console/clients/:id/end': OF_GRANTS,
  '/console/clients/:id/refuse': OF_GRANTS,
  '/console/clients/:id/delete': OF_GRANTS,
};

/** Values of path parameters that no list of the console links to. */
const NAMES: Record<string, string> = {
  ':kind': 'website',
  ':group': 'tokens',
  ':app': 'faraway',
  ':template': 'github',
  ':provider': 'github',
  ':client': 'postern-command',
  ':user': 'itself',
};

const PAGES = [
  ...new Set(
    [...createApp().routes, ...createConsoleApp().routes]
      .filter(({ method, path }) => method === 'GET' && /^\/(account|console)(\/|$)/.test(path))
      .map(({ path }) => path),
  ),
];

/** Questions about what is not there in this test: their budget is that of saying so. */
const NOT_THERE = [
  '/console/users/:id/passkeys/:passkey',
  '/console/identities/:id/delete',
  '/console/connections/:app/:user/delete',
  '/console/issuers/:issuer/subjects/:subject',
  '/console/codes/:hash/end',
  '/console/devices/:id/end',
  '/account/sign-in-methods/unlink',
];

/** One of everything that a page may show. */
async function fill(server: Server, user: User): Promise<void> {
  const client = await makeClient(server);
  await obtainTokens(server, client);
  const far = await farEnd();
  await connectApp(server, far);
  const login = { id: 'far', provider: 'openid', name: 'Faraway', issuer: far.issuer, ...CLIENT };
  await administer(server, 'POST', '/social-logins', login);
  await administer(server, 'PUT', `/resources/${encodeURIComponent('https://files.acme.com')}`, { name: 'Files' });
  await administer(server, 'PUT', `/issuers/${encodeURIComponent('https://id.acme.com')}`, {
    jwks_uri: 'https://id.acme.com/jwks',
  });
  await administer(server, 'POST', '/initial-access-tokens', { name: 'Partners' });
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  await administer(server, 'POST', '/api-keys', { name: 'Backup', scope: 'profile', user: users[0]?.id });
  const form = await readForm(await user.open('/account/passkeys/add'), '/account/passkeys/add');
  await user.send(form, { name: 'Laptop', passkey: await new Authenticator(ISSUER).create(form) });
}

/** An address of that route that shows something, as the list above it links to it. */
async function addressOf(user: User, route: string): Promise<string> {
  const named = Object.entries(NAMES).reduce((path, [parameter, name]) => path.replace(parameter, name), route);
  const [list = '', , below = ''] = named.split(/(\/:\w+)/);
  if (list === named) return named;
  const html = await (await user.open(list)).text();
  const [, found = 'none'] =
    [...html.matchAll(new RegExp(`href="${list}/([^"?/]+)`, 'g'))].find(([, id]) => !PAGES.includes(`${list}/${id}`)) ??
    [];
  return `${list}/${found}${below}`;
}

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`rounds that the reader of a page waits for, warm, with ${shards.length} shards beside DB`, () => {
    it(`are ${ROUNDS} at most: who is there, and what the page shows`, async () => {
      const recorder = new Recorder();
      const server = serve(wrapStores(bindings([...shards]), recorder.act));
      const user = await administratorAt(server);
      await fill(server, user);
      const passkey = await server.env.DB.prepare('SELECT id FROM passkeys').all<{ id: string }>();
      const seen: string[] = [];
      for (const route of PAGES) {
        const query = /passkeys\/re/.test(route) ? `?id=${passkey.results[0]?.id}` : '';
        const address = (await addressOf(user, route)) + query;
        const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        await server.fetch(address, { headers: { cookie } });
        await settle();
        recorder.forget();
        const response = await server.fetchOnly(address, { headers: { cookie } });
        await response.text();
        if (response.status === 200) seen.push(route);
        const [rounds, most] = [recorder.rounds(), MORE[route] ?? ROUNDS];
        expect.soft(rounds, `${address} (${response.status})`).toBeLessThanOrEqual(most);
      }
      const isThere = (route: string) =>
        !NOT_THERE.includes(route) && (shards.length > 0 || !route.startsWith('/console/shards/:name'));
      expect(seen).toEqual(PAGES.filter(isThere));
    }, 60_000);
  });
}
