/** Social login and what stands beside it: consent of applications, linking and unlinking, passwords switched off. */
import { describe, expect, it } from 'vitest';
import { authorizeUrl, makeClient, registerClient } from '../support/client.ts';
import { type FarEnd, farEnd } from '../support/far-end.ts';
import { type Person, parseForm, readForm } from '../support/person.ts';
import { ADMINISTRATOR, administer, type Server, serve, setSetting } from '../support/server.ts';
import {
  follow,
  identitiesOf,
  makeLogin,
  pressButton,
  type Row,
  returnFrom,
  said,
  says,
  signInWith,
  whoAmI,
} from '../support/social.ts';

const METHODS = '/account/sign-in-methods';

async function scene(changes: Row = {}): Promise<{ server: Server; far: FarEnd }> {
  const server = serve();
  const far = await farEnd();
  says(far, { sub: 'alice', email: 'alice@faraway.net', name: 'Alice' });
  await makeLogin(server, far, changes);
  return { server, far };
}

async function administrator(server: Server): Promise<Person> {
  const person = server.person();
  await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return person;
}

/** Presses "Link" on the page of the account, and comes back to the question. */
async function askToLink(person: Person, far: FarEnd): Promise<Response> {
  const html = await (await person.open(METHODS)).text();
  return returnFrom(person, far, follow(far, await person.send(parseForm(html, `${METHODS}/link`))));
}

/** And says yes. */
async function link(person: Person, far: FarEnd): Promise<Response> {
  return person.send(await readForm(await askToLink(person, far), '/social-login/far/link'));
}

async function unlink(person: Person, id: unknown): Promise<Response> {
  const page = await person.open(`${METHODS}/unlink?id=${id}`);
  return person.send(await readForm(page, `${METHODS}/unlink`));
}

describe('MCP security best practices, confused deputy: an application that registered itself', () => {
  for (const remembered of [false, true]) {
    it(`gets no code by a social login without our own consent${remembered ? ', even where consent is remembered' : ''}`, async () => {
      const { server, far } = await scene();
      await setSetting(server, 'skip_authorization', remembered);
      const metadata = { client_name: 'Innocent', redirect_uris: ['https://evil.dev/cb'] };
      const client = (await (await registerClient(server, metadata)).json()) as { client_id: string };
      const person = server.person();
      // They were here before: the provider would send them straight back.
      await signInWith(person, far);
      person.cookies.delete('__Host-session');
      const start = await person.request(authorizeUrl(client, { redirect_uri: 'https://evil.dev/cb' }));
      const page = start.headers.get('location') ?? '';
      // Before they are sent anywhere, they are told who asks.
      expect(await said(await person.open(page))).toContain('Innocent (evil.dev) asks you to sign in');
      const back = await signInWith(person, far, 'far', page);
      expect(back.headers.get('location')).toMatch(/^\/authorize\?/);
      const consent = await person.open(back.headers.get('location') ?? '');
      const form = await readForm(consent, '/consent');
      expect(form.html).toContain('evil.dev');
      const allowed = await person.send(form, { decision: 'allow' });
      expect(allowed.headers.get('location')).toMatch(/^https:\/\/evil\.dev\/cb\?code=pc_/);
      // And not again without being asked.
      const again = await person.open(authorizeUrl(client, { redirect_uri: 'https://evil.dev/cb' }));
      expect(again.headers.get('location')).toBeNull();
    });
  }

  it('a client that an administrator vouches for goes on without being asked', async () => {
    const { server, far } = await scene();
    const client = await makeClient(server, {}, { trusted: true });
    const person = server.person();
    const start = await person.request(authorizeUrl(client));
    const back = await signInWith(person, far, 'far', start.headers.get('location') ?? '');
    const answer = await person.open(back.headers.get('location') ?? '');
    expect(answer.headers.get('location')).toContain('code=pc_');
  });
});

describe('linking and unlinking', () => {
  it('an account elsewhere is linked on the page of the account, signs in from then on, and can go again', async () => {
    const { server, far } = await scene({ sign_up: 'deny' });
    const person = await administrator(server);
    const page = await said(await link(person, far));
    expect(page).toContain('It is linked');
    expect(page).toContain('alice@faraway.net');
    const other = server.person();
    expect((await signInWith(other, far)).status).toBe(303);
    expect(await whoAmI(other)).toContain(ADMINISTRATOR.email);
    const [identity] = await identitiesOf(server);
    expect(await said(await unlink(person, identity?.id))).toContain('It is unlinked');
    expect((await signInWith(server.person(), far)).status).toBe(403);
  });

  it('nothing is linked before the person has seen what: the browser may be signed in there as somebody else', async () => {
    const { server, far } = await scene();
    const person = await administrator(server);
    says(far, { sub: 'mallory', email: 'mallory@faraway.net' });
    const html = await (await person.open(METHODS)).text();
    const sent = follow(far, await person.send(parseForm(html, `${METHODS}/link`)));
    expect(new URL(sent.headers.get('location') ?? '').searchParams.get('prompt')).toBe('select_account');
    const form = await readForm(await returnFrom(person, far, sent), '/social-login/far/link');
    expect(form.html).toContain('mallory@faraway.net at Faraway signs you in here');
    expect(await identitiesOf(server)).toEqual([]);
    // Not by a form of another session, nor with what waits in another browser.
    const other = await administrator(server);
    expect((await other.send(form)).status).toBe(400);
    expect((await person.send(form, { form_token: 'x' })).status).toBe(403);
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('is asked of somebody who signed in a while ago only after they have done so again', async () => {
    const { server, far } = await scene();
    const person = await administrator(server);
    const page = await askToLink(person, far);
    const form = await readForm(page, '/social-login/far/link');
    await server.env.DB.prepare('UPDATE sessions SET auth_time = 0').run();
    expect(await said(await person.send(form))).toContain('Please sign in again');
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('one that signs in somebody else is not taken from them', async () => {
    const { server, far } = await scene();
    await signInWith(server.person(), far);
    const page = await link(await administrator(server), far);
    expect([page.status, await said(page)]).toEqual([409, expect.stringContaining('It signs in somebody else')]);
    expect(await identitiesOf(server)).toHaveLength(1);
  });

  it('is finished by whoever began it: another person in the same browser links nothing', async () => {
    const { server, far } = await scene();
    const person = await administrator(server);
    const html = await (await person.open(METHODS)).text();
    const sent = follow(far, await person.send(parseForm(html, `${METHODS}/link`)));
    person.cookies.delete('__Host-session');
    expect(await said(await returnFrom(person, far, sent))).toContain('Somebody else began this');
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('the only way in stays', async () => {
    const { server, far } = await scene();
    const person = server.person();
    await signInWith(person, far);
    const [identity] = await identitiesOf(server);
    const page = await unlink(person, identity?.id);
    expect([page.status, await said(page)]).toEqual([409, expect.stringContaining('your only way to sign in')]);
    expect(await identitiesOf(server)).toHaveLength(1);
    // An administrator knows what they do.
    await administer(server, 'DELETE', `/identities/${identity?.id}`);
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('nobody unlinks what is not theirs', async () => {
    const { server, far } = await scene();
    await signInWith(server.person(), far);
    const [identity] = await identitiesOf(server);
    const person = await administrator(server);
    expect((await person.open(`${METHODS}/unlink?id=${identity?.id}`)).status).toBe(404);
  });
});

describe('passwords switched off', () => {
  const off = (server: Server) => server.admin('PUT', '/settings/password_sign_in', { value: false });

  it('only where a social login is shown and an administrator can sign in without; then no password is taken', async () => {
    const { server, far } = await scene();
    const person = await administrator(server);
    expect((await off(server)).status).toBe(409);
    await link(person, far);
    await administer(server, 'PATCH', '/social-logins/far', { disabled: true });
    expect((await off(server)).status).toBe(409);
    await administer(server, 'PATCH', '/social-logins/far', { disabled: false });
    expect((await off(server)).status).toBe(200);
    const html = await (await server.person().open('/sign-in')).text();
    expect([html.includes('type="password"'), html.includes('Continue with Faraway')]).toEqual([false, true]);
    const stubborn = server.person();
    const form = await readForm(await stubborn.open('/sign-in'), '/social-login/far');
    const typed = { email: ADMINISTRATOR.email, password: ADMINISTRATOR.password };
    const refused = await stubborn.send({ ...form, action: '/sign-in' }, typed);
    expect([refused.status, await said(refused)]).toEqual([400, expect.stringContaining('Passwords are switched off')]);
    for (const path of ['/sign-up', '/forgot']) {
      expect(await (await stubborn.open(path)).text()).not.toMatch(/<form[^>]*(sign-up|forgot)/);
    }
    const other = server.person();
    expect((await signInWith(other, far)).status).toBe(303);
    // The last one stays for as long as it is the only way.
    expect((await server.admin('DELETE', '/social-logins/far')).status).toBe(409);
    expect((await server.admin('PATCH', '/social-logins/far', { disabled: true })).status).toBe(409);
    // Nor does a password that no longer signs anybody in count as another way.
    const [identity] = await identitiesOf(server);
    expect((await unlink(other, identity?.id)).status).toBe(409);
  });
});

describe('a record', () => {
  it('that is incomplete is kept, says what is missing, has no button, and cannot be enabled', async () => {
    const server = serve();
    const create = (provider: string) => administer<Row>(server, 'POST', '/social-logins', { id: provider, provider });
    const cases = { keycloak: 'the issuer', office365: 'the directories', apple: undefined, github: 'the client id' };
    for (const [provider, missing] of Object.entries(cases)) {
      if (missing === undefined) continue;
      const made = await create(provider);
      expect(made).toMatchObject({ disabled: true, why_not_shown: expect.stringContaining(missing) });
      expect((await server.admin('PATCH', `/social-logins/${provider}`, { disabled: false })).status).toBe(400);
    }
    const github = await administer<Row>(server, 'PATCH', '/social-logins/github', { client_id: 'x' });
    expect(github.why_not_shown).toBe('the client secret must be given');
    expect(await (await server.person().open('/sign-in')).text()).not.toContain('Continue with');
    expect((await server.admin('POST', '/social-logins', { id: 'github', provider: 'github' })).status).toBe(409);
  });

  it('keeps its secret sealed, and never with another issuer', async () => {
    const { server } = await scene();
    const row = JSON.stringify(await server.env.DB.prepare('SELECT * FROM social_logins').first());
    expect(row).not.toContain('theSecret');
    const other = await farEnd();
    const moved = await administer<Row>(server, 'PATCH', '/social-logins/far', { issuer: other.issuer });
    expect(moved).toMatchObject({ has_secret: false, client_id: null, why_not_shown: 'the client id must be given' });
  });

  it('that is deleted says whom it signed in, and leaves their accounts', async () => {
    const { server, far } = await scene();
    await signInWith(server.person(), far);
    expect(await administer(server, 'GET', '/social-logins/far')).toMatchObject({ people: 1, without_another_way: 1 });
    const ended = await administer(server, 'DELETE', '/social-logins/far');
    expect(ended).toEqual({ deleted: true, people: 1, without_another_way: 1 });
    expect(await identitiesOf(server)).toEqual([]);
    expect((await administer<{ people: Row[] }>(server, 'GET', '/people')).people).toHaveLength(1);
    expect((await server.fetch('/social-login/far/callback')).status).toBe(404);
  });

  it('that was disabled meanwhile lets nobody back in', async () => {
    const { server, far } = await scene();
    const person = server.person();
    const sent = await pressButton(person, far);
    await administer(server, 'PATCH', '/social-logins/far', { disabled: true });
    expect((await returnFrom(person, far, sent)).status).toBe(404);
    expect(far.asked).toHaveLength(0);
  });
});
