/** Error pages: advice and links that fit the place, and a reference for support. */
import { describe, expect, it } from 'vitest';
import { signedInWith } from '../support/console-user.ts';
import { serve } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

/** The links with the look of a button, by their texts. */
const buttons = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<a class="button" href="([^"]+)">([^<]+)/g)].map(([, href, name]) => [name, href]),
  );

async function errorOf(user: User, path: string) {
  const response = await user.open(path);
  const html = await response.text();
  return { status: response.status, text: text(html), links: buttons(html), html };
}

describe('an error page', () => {
  it('has a reference, which is the request id of the log', async () => {
    const { text } = await errorOf(serve().user(), '/nowhere');
    expect(text).toMatch(/If you ask for help, quote this reference: [\w-]{16}/);
  });

  it('at an unknown address leads to the account, and does not send the user back to an application', async () => {
    const { status, text, links } = await errorOf(serve().user(), '/nowhere');
    expect([status, links]).toEqual([404, { 'Go to your account': '/account' }]);
    expect(text).not.toContain('application');
  });

  it('of an authorization request sends the user back to the application', async () => {
    const { status, text, links } = await errorOf(serve().user(), '/authorize?client_id=x&client_id=y');
    expect([status, links]).toEqual([400, {}]);
    expect(text).toContain('Go back to the application you came from');
  });

  it('for a user without the role offers another account, and returns to the page with it', async () => {
    const server = serve();
    const user = await signedInWith(server, []);
    const { status, links } = await errorOf(user, '/console/users?q=a');
    expect([status, Object.keys(links)]).toEqual([403, ['Use another account']]);
    const choice = await (await user.open(links['Use another account'] ?? '')).text();
    expect(text(choice)).toContain('You are signed in as user@example.com');
    const form = await readForm(await user.open(links['Use another account'] ?? ''), '/sign-in');
    const { email, password } = { email: 'admin@example.com', password: 'correct horse battery' };
    const response = await user.send(form, { email, password });
    expect([response.status, text(await response.text())]).toEqual([200, expect.stringContaining('Users')]);
  });

  it('for a refused form says how to send it again, since another account would not help', async () => {
    const user = await signedInWith(serve(), []);
    const form = await readForm(await user.open('/account/profile'), '/account/profile');
    const response = await user.send(form, { form_token: 'x' });
    const html = await response.text();
    expect([response.status, Object.keys(buttons(html))]).toEqual([403, ['Go to your account']]);
    expect(text(html)).toContain('reload the page, and send the form again');
  });

  it('of a device leads to where its code is typed', async () => {
    const user = await signedInWith(serve(), []);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://as.example' };
    const response = await user.open('/device', { method: 'POST', headers, body: 'question=none' });
    const html = await response.text();
    expect([response.status, buttons(html)]).toEqual([400, { 'Type a code': '/device' }]);
  });
});
