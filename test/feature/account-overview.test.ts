/** The overview of an account: each part with its state in one line, and one link. */
import { describe, expect, it } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { ADMINISTRATOR, makeClient, obtainTokens } from '../support/client.ts';
import { connectApp, farEnd } from '../support/far-end.ts';
import { administer, ISSUER, type Server, serve } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

async function signedIn(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

/** Each card by its heading: the state and the link. */
async function cardsOf(user: User) {
  const html = await (await user.open('/account')).text();
  const cards = [...html.matchAll(/<li><h2>([^<]+)<\/h2><p>(.*?)<\/p><a href="([^"]+)">([^<]+)<\/a>/gs)];
  return Object.fromEntries(cards.map(([, name, state = '', href, link]) => [name, [text(state), link, href]]));
}

describe('the overview of an account', () => {
  it('says what is not set up, and leads to where it is', async () => {
    const cards = await cardsOf(await signedIn(serve()));
    expect(cards['E-mail']).toEqual(['admin@example.com Not confirmed', 'Confirm the address', '/account/email']);
    expect(cards.Passkeys?.slice(1)).toEqual(['Add a passkey', '/account/passkeys']);
    expect(cards.Browsers).toEqual(['Signed in with this browser only', 'Manage browsers', '/account/sessions']);
    expect(cards.Applications?.[0]).toBe('No application may use your account.');
    expect(cards['Connected accounts']?.[0]).toBe('No account at another service is connected.');
    expect(cards['API keys']).toEqual(['You have no key.', 'Create a key', '/account/keys']);
  });

  it('counts passkeys, browsers, applications and keys', async () => {
    const server = serve();
    const user = await signedIn(server);
    await obtainTokens(server, await makeClient(server));
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    await administer(server, 'POST', '/api-keys', { name: 'Backup', scope: 'profile', user: users[0]?.id });
    const form = await readForm(await user.open('/account/passkeys/add'), '/account/passkeys/add');
    await user.send(form, { name: 'Laptop', passkey: await new Authenticator(ISSUER).create(form) });
    const cards = await cardsOf(user);
    expect(cards.Passkeys?.slice(0, 2)).toEqual(['One passkey', 'Manage passkeys']);
    expect(cards.Browsers?.[0]).toBe('Signed in with 2 browsers');
    expect(cards.Applications?.[0]).toBe('One application has access.');
    expect(cards['API keys']?.[0]).toMatch(/^One key, expires [A-Z][a-z]{2} \d{1,2}, \d{4}$/);
  });

  it('names a connected account by its address, and marks one that needs a reconnection', async () => {
    const server = serve();
    const user = await signedIn(server);
    await connectApp(server, await farEnd());
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    const insert = `INSERT INTO connections (id, app_id, user_id, issuer, scopes, account, state, fence, settled_fence,
      lease_until, leased_by, created_at, refreshed_at) VALUES ('x', 'faraway', ?, 'x', '[]', 'alice@faraway.net', ?, 0,
      0, 0, '', 0, 0)`;
    await server.env.DB.prepare(insert).bind(users[0]?.id, 'connected').run();
    expect((await cardsOf(user))['Connected accounts']?.[0]).toBe('alice@faraway.net at Faraway');
    await server.env.DB.prepare(`UPDATE connections SET state = 'reconnect'`).run();
    expect((await cardsOf(user))['Connected accounts']?.[0]).toBe('alice@faraway.net at Faraway Reconnect needed');
  });
});
