/** The budget of storage rounds that a caller waits for, warm, on the way to a provider elsewhere and back. */
import { beforeEach, describe, expect, it } from 'vitest';
import { comeBack, connectApp, connectUser, type FarEnd, farEnd, signedIn } from '../support/far-end.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { administer, bindings, ISSUER, type Server, serve } from '../support/server.ts';
import { follow, makeLogin, returnFrom, says, signInWith } from '../support/social.ts';
import { parseForm, User } from '../support/user.ts';

let recorder: Recorder;
let server: Server;
let far: FarEnd;

beforeEach(async () => {
  recorder = new Recorder();
  server = serve(wrapStores(bindings(), recorder.act));
  far = await farEnd();
});

/** A browser whose answers come without waiting for what goes on behind them. */
function impatient(cookies: Map<string, string> = new Map()): User {
  const user = new User(server.fetchOnly, ISSUER);
  for (const [name, value] of cookies) user.cookies.set(name, value);
  return user;
}

/** Rounds until the response, which sends the browser on, is there. */
async function roundsOf(request: () => Promise<Response>): Promise<[Response, number]> {
  recorder.forget();
  const response = await request();
  const rounds = recorder.rounds();
  expect([response.status, await response.text()].at(0)).toBe(303);
  return [response, rounds];
}

const post = (user: User, form: { action: string; fields: [string, string][] }) =>
  user.request(form.action, {
    method: 'POST',
    body: new URLSearchParams(form.fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: ISSUER },
  });

describe('rounds that a caller waits for, warm, on the way to a provider and back', () => {
  it('connecting an app: two to begin (who, what is connected), three to come back (who, the state, the tokens)', async () => {
    await connectApp(server, far);
    const patient = await signedIn(server);
    await connectUser(patient, far);
    const user = impatient(patient.cookies);
    const form = parseForm(
      await (await user.open('/account/connections/faraway')).text(),
      '/account/connections/faraway',
    );
    const [sent, begun] = await roundsOf(() => post(user, form));
    far.nonce = new URL(sent.headers.get('location') ?? '').searchParams.get('nonce') ?? '';
    const [, back] = await roundsOf(() => comeBack(user, far, sent));
    expect([begun, back]).toEqual([2, 3]);
  });

  it('signing in: none to begin, three to come back (the state, who that is, the session)', async () => {
    says(far, { sub: 'alice', email: 'alice@faraway.net' });
    await makeLogin(server, far);
    await signInWith(server.user(), far);
    const user = impatient();
    const form = parseForm(await (await user.open('/sign-in')).text(), '/social-login/far');
    const [sent, begun] = await roundsOf(() => post(user, form));
    follow(far, sent);
    const [, back] = await roundsOf(() => returnFrom(user, far, sent));
    expect([begun, back]).toEqual([0, 3]);
    expect((await administer<{ users: object[] }>(server, 'GET', '/users')).users).toHaveLength(1);
  });
});
