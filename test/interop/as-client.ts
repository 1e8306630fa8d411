/** This server in the role of the client, with an identity provider written by others: social login and a connected app. */
import { expect, inject } from 'vitest';
import { admin } from '../support/admin.ts';
import { ownProgram } from '../support/bearer-program.ts';
import { parseForm, text, User } from '../support/user.ts';

/** Answers an authorization request at the provider. @returns the address that this server is called back at. */
type Authorize = (url: string) => Promise<string>;

export const redirectUris = (id: string): string[] =>
  ['social-login', 'connected-apps'].map((path) => `${inject('worker').url}/${path}/${id}/callback`);

/** Signs a user up and in with a social login, twice. @returns what the account page says. */
export async function signInTwice(id: string, options: string[], authorize: Authorize): Promise<string> {
  await admin('social-logins', 'create', id, 'openid', '--sign-up', 'allow', '--trust-email', 'yes', ...options);
  const signIn = async () => {
    const user = new User(fetch, inject('worker').url);
    const page = await (await user.open('/sign-in')).text();
    const asked = await user.send(parseForm(page, `/social-login/${id}`));
    const url = asked.headers.get('location');
    if (!url) throw new Error(text(await asked.text()));
    const back = await user.open(await authorize(url));
    const said = text(await back.text());
    expect(back.status, said).toBe(200);
    return text(await (await user.open('/account')).text());
  };
  const first = await signIn();
  // The same account, which has a session more.
  const browsers = 'Signed in with this browser only';
  expect(first).toContain(browsers);
  expect(await signIn()).toBe(first.replace(browsers, 'Signed in with 2 browsers'));
  await admin('social-logins', 'delete', id);
  return first;
}

type Token = { status: number; access_token: string; error_description?: string };

/** Connects an account, refreshes (access tokens must live for seconds), and connects again after the refresh token ended. */
export async function connectAndRefresh(
  app: string,
  options: string[],
  authorize: Authorize,
  endRefreshTokens: () => Promise<void>,
): Promise<void> {
  const { user, bearer } = await ownProgram();
  await admin('connected-apps', 'create', app, 'openid', '--raw-tokens', 'users', ...options);
  const connect = async () => {
    const path = `/account/connections/${app}`;
    const asked = await user.send(parseForm(await (await user.open(path)).text(), path));
    const url = asked.headers.get('location');
    if (!url) throw new Error(text(await asked.text()));
    const back = await user.request(await authorize(url));
    expect(back.headers.get('location'), text(await back.text())).toBe(`/account/connections?connected=${app}`);
  };
  const take = async (): Promise<Token> => {
    const headers = { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${inject('worker').url}/api/me/connections/${app}/token`, {
      method: 'POST',
      headers,
    });
    return { ...((await response.json()) as Token), status: response.status };
  };
  const expires = () => new Promise((resolve) => setTimeout(resolve, 3_000));
  await connect();
  const first = await take();
  expect(first.status, first.error_description).toBe(200);
  await expires();
  const second = await take();
  expect(second.status, second.error_description).toBe(200);
  expect(second.access_token).not.toBe(first.access_token);
  await endRefreshTokens();
  await expires();
  // A refusal that may be about this server's credentials, too, ends the connection at the third time.
  await expect.poll(async () => (await take()).status, { timeout: 45_000, interval: 5_500 }).toBe(409);
  await connect();
  expect((await take()).status).toBe(200);
  await admin('connected-apps', 'delete', app);
}
