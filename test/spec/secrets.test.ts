/** No secret, code, token or password stands in a page twice, in a log line, or in the audit log. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ADMINISTRATOR, authorizeUrl, makeClient, postToken, redemption, type Tokens } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { type Person, readForm } from '../support/person.ts';
import { administer, bindings, serve, setSetting } from '../support/server.ts';

const pages: string[] = [];
const lines: string[] = [];

beforeEach(() => {
  pages.length = 0;
  lines.length = 0;
  for (const method of ['log', 'error', 'warn', 'info', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => void lines.push(said.map(String).join(' ')));
  }
});

afterEach(() => vi.restoreAllMocks());

/** A person whose every page is kept. */
function watched(person: Person): Person {
  const request = person.request.bind(person);
  person.request = async (path, init) => {
    const response = await request(path, init);
    if (response.headers.get('content-type')?.includes('html')) pages.push(await response.clone().text());
    return response;
  };
  return person;
}

async function fill(person: Person, path: string, typed: Record<string, string>, action = path) {
  return person.send(await readForm(await person.open(path), action), typed);
}

const count = (text: string, secret: string) => text.split(secret).length - 1;

it('what people type, get and carry stays where it belongs', async () => {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  await setSetting(server, 'sign_up', 'allow');
  const secrets = new Map<string, string>([['the first password', ADMINISTRATOR.password]]);
  const note = (name: string, secret: string) => {
    expect([name, secret.length > 7]).toEqual([name, true]);
    secrets.set(name, secret);
  };

  const person = watched(server.person());
  note('a password that was wrong', 'a wrong password');
  await person.signIn(ADMINISTRATOR.email, 'a wrong password');
  await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  note('the session', person.cookies.get('__Host-session')?.split('.')[2] ?? '');
  note('the new password', 'quite another password');
  await fill(person, '/account/password', { password: 'quite another password' });

  const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
  note('the client secret', client.client_secret ?? '');
  const made = await fill(person, '/account/keys/add', { name: 'Backup', scope: 'profile', days: '30' });
  note('the API key', /pk_\w+/.exec(await made.text())?.[0] ?? '');
  for (const path of ['/account', '/account/keys', '/account/sessions', '/account/applications', '/account/passkeys']) {
    await person.open(path);
  }
  const back = await person.authorise(authorizeUrl(client), ADMINISTRATOR);
  const code = back.searchParams.get('code') ?? '';
  note('the code', code);
  const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
  note('the access token', tokens.access_token);
  note('the refresh token', tokens.refresh_token);
  await person.open('/account/applications');

  await fill(watched(server.person()), '/forgot', { email: ADMINISTRATOR.email });
  const recovery = linkIn(mailbox.take()[0]);
  note('the link', recovery.split('link=')[1] ?? '');
  note('the recovered password', 'a recovered password');
  const recovered = watched(server.person());
  await fill(recovered, recovery, { password: 'a recovered password' }, '/welcome');
  await fill(recovered, '/account/email', { email: 'new@acme.com' });
  const confirmation = linkIn(mailbox.take()[0]);
  note('the confirmation', confirmation.split('link=')[1] ?? '');
  await fill(recovered, confirmation, {}, '/confirm-address');
  await fill(watched(server.person()), '/sign-up', { name: 'Eve', email: 'eve@acme.com' });
  const finish = linkIn(mailbox.take().at(-1));
  note('the sign-up link', finish.split('link=')[1] ?? '');
  note('the password of another', 'an even better password');
  await fill(watched(server.person()), finish, { password: 'an even better password' }, '/sign-up/finish');
  const { link } = await administer<{ link: string }>(server, 'POST', '/people', { email: 'b@acme.com', name: 'Bob' });
  note('the invitation', link.split('link=')[1] ?? '');

  expect(pages.length).toBeGreaterThan(20);
  expect(lines.length).toBeGreaterThan(20);
  const audit = JSON.stringify((await server.env.DB.prepare('SELECT * FROM audit_events').all()).results);
  for (const [name, secret] of secrets) {
    const most = Math.max(...pages.map((page) => count(page, secret)));
    const said = [most <= 1, count(lines.join('\n'), secret), count(audit, secret)];
    expect([name, ...said]).toEqual([name, true, 0, 0]);
  }
  // Nor does any page hold its own form's token twice.
  for (const page of pages) {
    const formTokens = [...page.matchAll(/name="form_token" value="([^"]+)"/g)].map(([, token]) => token);
    expect(formTokens.length).toBe(new Set(formTokens).size);
  }
}, 60_000);
