/** A social login under the test's control, and somebody who signs in with it. */
import { CLIENT, type FarEnd, idToken, tokens } from './far-end.ts';
import { type Person, parseForm, text } from './person.ts';
import { json } from './pretend-web.ts';
import { administer, type Server } from './server.ts';

export type Row = Record<string, unknown>;

/** A record for the far end, as an administrator makes one: strangers may come. */
export const makeLogin = (server: Server, far: FarEnd, changes: Row = {}) =>
  administer<Row>(server, 'POST', '/social-logins', {
    ...{ id: 'far', provider: 'openid', name: 'Faraway', issuer: far.issuer, sign_up: 'allow', ...CLIENT },
    ...changes,
  });

/** What the far end says of whoever signs in there. */
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
export async function pressButton(person: Person, far: FarEnd, id = 'far', page = '/sign-in'): Promise<Response> {
  const html = await (await person.open(page)).text();
  return follow(far, await person.send(parseForm(html, `/social-login/${id}`)));
}

/** Reads the nonce off the address that the browser is sent to. */
export function follow(far: FarEnd, sent: Response): Response {
  const location = sent.headers.get('location');
  if (location?.startsWith('http')) far.nonce = new URL(location).searchParams.get('nonce') ?? '';
  return sent;
}

/** Comes back from there. `changes` replace or (undefined) leave out parameters of the answer. */
export function returnFrom(
  person: Person,
  far: FarEnd,
  sent: Response,
  changes: Record<string, string | undefined> = {},
  id = 'far',
): Promise<Response> {
  const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = { code: 'the-code', state, iss: far.issuer, ...changes };
  const query = Object.entries(answer).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return person.request(`/social-login/${id}/callback?${new URLSearchParams(query)}`);
}

/** The whole way. */
export async function signInWith(person: Person, far: FarEnd, id = 'far', page = '/sign-in'): Promise<Response> {
  return returnFrom(person, far, await pressButton(person, far, id, page), {}, id);
}

export const said = async (response: Response) => text(await response.text());

/** Whether the browser is signed in, and as whom. */
export async function whoAmI(person: Person): Promise<string | undefined> {
  const response = await person.request('/account');
  return response.status === 200 ? text(await response.text()) : undefined;
}

export const peopleOf = async (server: Server) =>
  (await administer<{ people: Row[] }>(server, 'GET', '/people')).people;

export const identitiesOf = async (server: Server) =>
  (await administer<{ identities: Row[] }>(server, 'GET', '/identities')).identities;
