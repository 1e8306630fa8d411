/** ARCHITECTURE §3: signing keys and the root secret are replaced while everything is in use, without one failed request. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newRootSecret, newSigningKey } from '../../scripts/secrets.ts';
import type { Bindings } from '../../src/config.ts';
import { DAY, HOUR, MINUTE } from '../../src/protocol/lifetimes.ts';
import {
  authorizeUrl,
  makeClient,
  me,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { ADMINISTRATOR, administer, bindings, ISSUER, type Server, serve } from '../support/server.ts';
import { type Form, parseForm, readForm, text, User } from '../support/user.ts';

type Stage = {
  name: string;
  changes: Partial<Bindings> /** How long the command says to wait before it. */;
  wait: number;
};

const added = { signing: newSigningKey('ES256'), root: newRootSecret() };

const SIGNING: Stage[] = [
  { name: 'key 1 alone', changes: {}, wait: 0 },
  { name: 'key 3 added', changes: { SIGNING_KEY_3: added.signing }, wait: 0 },
  { name: 'key 3 promoted', changes: { SIGNING_KEY_3: added.signing, SIGN_WITH: '3,2' }, wait: 10 * MINUTE },
  {
    name: 'key 1 retired',
    changes: { SIGNING_KEY_1: undefined, SIGNING_KEY_3: added.signing, SIGN_WITH: '3,2' },
    wait: HOUR,
  },
];

const ROOT: Stage[] = [
  { name: 'secret 1 alone', changes: {}, wait: 0 },
  { name: 'secret 2 added', changes: { ROOT_SECRET_2: added.root }, wait: 0 },
  { name: 'secret 2 promoted', changes: { ROOT_SECRET_2: added.root, SEAL_WITH: '2' }, wait: MINUTE },
  {
    name: 'secret 1 retired',
    changes: { ROOT_SECRET_1: undefined, ROOT_SECRET_2: added.root, SEAL_WITH: '2' },
    wait: 30 * DAY,
  },
];

/** One server whose configuration changes under its callers: `choose` says which stage answers the next request. */
function rolling(stages: Stage[]) {
  const servers = stages.map(({ changes }) => serve(bindings([], changes)));
  let chosen = () => 0;
  const now = () => servers[chosen()] as Server;
  const server: Server = {
    env: bindings(),
    fetch: (...request) => now().fetch(...request),
    fetchOnly: (...request) => now().fetchOnly(...request),
    user: () => new User((...request) => now().fetch(...request), ISSUER),
    admin: (...request) => now().admin(...request),
  };
  return { server, choose: (choice: () => number) => (chosen = choice) };
}

const later = (milliseconds: number) => vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] });

const jwksOf = async (server: Server) => (await (await server.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet;

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

type Clients = { app: TestClient; other: TestClient; device: TestClient };

async function makeClients(server: Server): Promise<Clients> {
  return {
    app: await makeClient(server),
    other: await makeClient(server, { client_name: 'Never agreed to' }),
    device: await makeClient(server, { grant_types: [DEVICE_GRANT], redirect_uris: [] }),
  };
}

type Made = {
  jwks: JSONWebKeySet;
  user: User;
  tokens: Tokens;
  code: string;
  consentForm: Form;
  signIn: { user: User; form: Form };
  device: { device_code: string; form: Form };
  invitation: string;
};

let count = 0;

/** One of each thing that a key or the root secret makes, none of them used yet. */
async function makeAll(server: Server, { app, other, device }: Clients): Promise<Made> {
  const user = server.user();
  const visitor = server.user();
  const code = async () => (await user.authorise(authorizeUrl(app), ADMINISTRATOR)).searchParams.get('code') ?? '';
  const tokens = (await (await postToken(server, app, redemption(await code()))).json()) as Tokens;
  const begun = await server.fetch('/device_authorization', {
    method: 'POST',
    body: new URLSearchParams({ client_id: device.client_id, scope: 'openid' }),
  });
  const { device_code, user_code } = (await begun.json()) as { device_code: string; user_code: string };
  const email = `user-${++count}@example.com`;
  return {
    jwks: await jwksOf(server),
    user,
    tokens,
    code: await code(),
    consentForm: await readForm(await user.open(authorizeUrl(other)), '/consent'),
    signIn: { user: visitor, form: await readForm(await visitor.open(authorizeUrl(app)), '/sign-in') },
    device: { device_code, form: await readForm(await user.open(`/device?user_code=${user_code}`), '/device') },
    invitation: (await administer<{ link: string }>(server, 'POST', '/users', { email, name: 'Ada' })).link,
  };
}

/** Uses each of them as its holder would. */
async function useAll(server: Server, { app, device }: Clients, made: Made): Promise<void> {
  expect((await me(server, made.tokens.access_token)).status).toBe(200);
  expect((await refresh(server, app, made.tokens.refresh_token)).status).toBe(200);
  expect((await postToken(server, app, redemption(made.code))).status).toBe(200);
  expect(text(await (await made.user.open('/account')).text())).toContain('Your account');
  const consented = await made.user.send(made.consentForm, { decision: 'allow' });
  expect(consented.headers.get('location')).toContain('code=pc_');
  const signedIn = await made.signIn.user.send(made.signIn.form, ADMINISTRATOR);
  expect(await signedIn.text()).toContain('action="/consent"');
  expect((await made.user.send(made.device.form, { decision: 'allow' })).status).toBe(200);
  const polled = { grant_type: DEVICE_GRANT, device_code: made.device.device_code };
  expect((await postToken(server, device, polled)).status).toBe(200);
  const welcome = await readForm(await server.user().open(made.invitation), '/welcome');
  expect(welcome.fields.map(([name]) => name)).toContain('link');
}

const verifies = async (token: string, jwks: JSONWebKeySet) =>
  jwtVerify(token, createLocalJWKSet(jwks), { issuer: ISSUER, currentDate: new Date() });

describe.each([
  ['signing keys', SIGNING],
  ['root secret', ROOT],
])('ARCHITECTURE §3, replacing the %s', (_, stages) => {
  let clients: Clients;
  beforeEach(async () => {
    clients = await makeClients(serve());
  });
  afterEach(() => vi.useRealTimers());

  // While a deployment spreads, both configurations answer: what either makes, the other must take.
  for (const [before, after] of [
    [0, 1],
    [1, 2],
    [2, 3],
  ] as const) {
    const [one, two] = [stages[before]?.name, stages[after]?.name];
    for (const [maker, taker, title] of [
      [before, after, `what was made with ${one} works with ${two}`],
      [after, before, `what was made with ${two} works where ${one} still stands`],
    ] as const) {
      it(title, { timeout: 20_000 }, async () => {
        const { server, choose } = rolling(stages);
        choose(() => maker);
        const made = await makeAll(server, clients);
        choose(() => taker);
        // The JWKS of the step before verifies what is signed now, and the other way round.
        const held = await jwksOf(server);
        for (const jwks of [held, made.jwks]) await verifies(made.tokens.access_token, jwks);
        await verifies(made.tokens.id_token ?? '', held);
        await useAll(server, clients, made);
      });
    }
  }

  it('eight clients at work through all of it, old and new answering by turns, meet no failure', {
    timeout: 30_000,
  }, async () => {
    const { server, choose } = rolling(stages);
    const user = server.user();
    await signIn(user);
    const callers: Caller[] = [];
    for (let n = 0; n < 8; n++) callers.push(await startWork(server, clients.app, user));
    for (const [at, stage] of stages.entries()) {
      // Nobody stays away for the whole of a long wait.
      for (let waited = 0; waited < stage.wait; waited += 10 * DAY) {
        later(Math.min(stage.wait, 10 * DAY));
        await signIn(user);
        await work(server, clients.app, callers);
      }
      // The step spreads: each request may meet the configuration of before. Then it is everywhere.
      let turn = 0;
      choose(() => Math.max(0, at - (turn++ % 2)));
      await work(server, clients.app, callers);
      choose(() => at);
      await work(server, clients.app, callers);
    }
    const kids = (await jwksOf(server)).keys.map(({ kid }) => kid);
    expect(kids).toEqual(stages === SIGNING ? ['test-rsa', JSON.parse(added.signing).kid] : ['test-ec', 'test-rsa']);
  });

  it('retired too early, what the one before made is refused; after the wait it has expired in any case', async () => {
    const { server, choose } = rolling(stages);
    const { tokens } = await makeAll(server, clients);
    choose(() => 3);
    const used = (await me(server, tokens.access_token)).status;
    const refreshed = (await refresh(server, clients.app, tokens.refresh_token)).status;
    expect([used, refreshed]).toEqual(stages === SIGNING ? [401, 200] : [200, 400]);
    choose(() => 2);
    later(stages[3]?.wait ?? 0);
    expect((await me(server, tokens.access_token)).status).toBe(401);
    if (stages === ROOT) {
      const late = await refresh(server, clients.app, tokens.refresh_token);
      expect(await late.text()).toContain('the grant has expired');
    }
  });
});

async function signIn(user: User): Promise<void> {
  const html = await (await user.open('/account')).text();
  if (html.includes('action="/sign-in"')) {
    await user.send(parseForm(html, '/sign-in'), ADMINISTRATOR);
  }
}

/** A client at work: the grant that it keeps refreshing, and the browser of its user. */
type Caller = { user: User; refresh_token: string };

async function startWork(server: Server, app: TestClient, user: User): Promise<Caller> {
  const { refresh_token } = (await (await authoriseAnew(server, app, user)).json()) as Tokens;
  return { user, refresh_token };
}

async function authoriseAnew(server: Server, app: TestClient, user: User): Promise<Response> {
  // Users who stay away for days are signed out: only offline access goes on.
  const url = authorizeUrl(app, { scope: 'openid profile offline_access' });
  const back = await user.authorise(url, ADMINISTRATOR);
  return postToken(server, app, redemption(back.searchParams.get('code') ?? ''));
}

/** Each caller goes through its day, all at once: a refresh, a request with it, a new code redeemed, a request with that. */
async function work(server: Server, app: TestClient, callers: Caller[]): Promise<void> {
  const statuses = await Promise.all(
    callers.map(async (caller) => {
      const refreshed = await refresh(server, app, caller.refresh_token);
      const { access_token, refresh_token } = (await refreshed.json()) as Tokens;
      caller.refresh_token = refresh_token;
      const anew = await authoriseAnew(server, app, caller.user);
      const other = ((await anew.json()) as Tokens).access_token;
      return [refreshed, await me(server, access_token), anew, await me(server, other)].map(({ status }) => status);
    }),
  );
  expect(statuses).toEqual(Array(callers.length).fill([200, 200, 200, 200]));
}
