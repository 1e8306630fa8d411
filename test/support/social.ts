/** A social login under the test's control, and a user who signs in with it. */
import { CLIENT, type FarEnd, idToken, tokens } from './far-end.ts';
import { json } from './pretend-web.ts';
import { administer, type Server } from './server.ts';
import { parseForm, text, type User } from './user.ts';

export type Row = Record<string, unknown>;

/** The record of the far end, as an administrator creates it: sign-up is open. */
export const makeLogin = (server: Server, far: FarEnd, changes: Row = {}) =>
  administer<Row>(server, 'POST', '/social-logins', {
    id: 'far',
    provider: 'openid',
    name: 'Faraway',
    issuer: far.issuer,
    sign_up: 'allow',
    ...CLIENT,
    ...changes,
  });

/** Sets the claims of the far end about the user who signs in there. */
export function says(far: FarEnd, claims: Row): void {
  far.grants.authorization_code = async () =>
    tokens({ id_token: await idToken(far, { email_verified: true, ...claims }) });
}

/** The userinfo of the far end. */
export function tells(far: FarEnd, userinfo: Row | string, status = 200): void {
  far.metadata.userinfo_endpoint = `${far.issuer}/me`;
  far.web.answers[`${far.issuer}/me`] = () => json(userinfo, {}, status);
}

/** Presses the button of the sign-in page. @returns the answer that sends the browser away, or says why not. */
export async function pressButton(user: User, far: FarEnd, id = 'far', page = '/sign-in'): Promise<Response> {
  const html = await (await user.open(page)).text();
  return follow(far, await user.send(parseForm(html, `/social-login/${id}`)));
}

/** Reads the nonce off the address that the browser is sent to. */
export function follow(far: FarEnd, sent: Response): Response {
  const location = sent.headers.get('location');
  if (location?.startsWith('http')) far.nonce = new URL(location).searchParams.get('nonce') ?? '';
  return sent;
}

/** Comes back from there. `changes` replace or (undefined) leave out parameters of the answer. */
export function returnFrom(
  user: User,
  far: FarEnd,
  sent: Response,
  changes: Record<string, string | undefined> = {},
  id = 'far',
): Promise<Response> {
  const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = { code: 'the-code', state, iss: far.issuer, ...changes };
  const query = Object.entries(answer).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return user.request(`/social-login/${id}/callback?${new URLSearchParams(query)}`);
}

/** The whole way. */
export async function signInWith(user: User, far: FarEnd, id = 'far', page = '/sign-in'): Promise<Response> {
  return returnFrom(user, far, await pressButton(user, far, id, page), {}, id);
}

export const pageText = async (response: Response) => text(await response.text());

/** The user who is signed in to the browser, if any. */
export async function whoAmI(user: User): Promise<string | undefined> {
  const response = await user.request('/account');
  return response.status === 200 ? text(await response.text()) : undefined;
}

export const usersOf = async (server: Server) => (await administer<{ users: Row[] }>(server, 'GET', '/users')).users;

export const identitiesOf = async (server: Server) =>
  (await administer<{ identities: Row[] }>(server, 'GET', '/identities')).identities;
