/** The budget of storage rounds that a caller waits for, warm, on the way to a provider elsewhere and back. */
import { beforeEach, describe, expect, it } from 'vitest';
import { comeBack, connectApp, connectPerson, type FarEnd, farEnd, signedIn } from '../support/far-end.ts';
import { Person, parseForm } from '../support/person.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { administer, bindings, ISSUER, type Server, serve } from '../support/server.ts';
import { follow, makeLogin, returnFrom, says, signInWith } from '../support/social.ts';

let recorder: Recorder;
let server: Server;
let far: FarEnd;

beforeEach(async () => {
  recorder = new Recorder();
  server = serve(wrapStores(bindings(), recorder.act));
  far = await farEnd();
});

/** A browser whose answers come without waiting for what goes on behind them. */
function impatient(cookies: Map<string, string> = new Map()): Person {
  const person = new Person(server.fetchOnly, ISSUER);
  for (const [name, value] of cookies) person.cookies.set(name, value);
  return person;
}

/** Rounds until the response, which sends the browser on, is there. */
async function roundsOf(request: () => Promise<Response>): Promise<[Response, number]> {
  recorder.forget();
  const response = await request();
  const rounds = recorder.rounds();
  expect([response.status, await response.text()].at(0)).toBe(303);
  return [response, rounds];
}

const post = (person: Person, form: { action: string; fields: [string, string][] }) =>
  person.request(form.action, {
    ...{ method: 'POST', body: new URLSearchParams(form.fields).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: ISSUER },
  });

describe('rounds that a caller waits for, warm, on the way to a provider and back', () => {
  it('connecting an app: two to begin (who, what is connected), three to come back (who, the state, the tokens)', async () => {
    await connectApp(server, far);
    const patient = await signedIn(server);
    await connectPerson(patient, far);
    const person = impatient(patient.cookies);
    const form = parseForm(
      await (await person.open('/account/connections/faraway')).text(),
      '/account/connections/faraway',
    );
    const [sent, begun] = await roundsOf(() => post(person, form));
    far.nonce = new URL(sent.headers.get('location') ?? '').searchParams.get('nonce') ?? '';
    const [, back] = await roundsOf(() => comeBack(person, far, sent));
    expect([begun, back]).toEqual([2, 3]);
  });

  it('signing in: none to begin, three to come back (the state, who that is, the session)', async () => {
    says(far, { sub: 'alice', email: 'alice@faraway.net' });
    await makeLogin(server, far);
    await signInWith(server.person(), far);
    const person = impatient();
    const form = parseForm(await (await person.open('/sign-in')).text(), '/social-login/far');
    const [sent, begun] = await roundsOf(() => post(person, form));
    follow(far, sent);
    const [, back] = await roundsOf(() => returnFrom(person, far, sent));
    expect([begun, back]).toEqual([0, 3]);
    expect((await administer<{ people: object[] }>(server, 'GET', '/people')).people).toHaveLength(1);
  });
});
