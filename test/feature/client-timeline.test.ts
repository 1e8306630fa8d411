/** The connection timeline of a client and a user: how far the latest attempt came, and the step at which it stopped. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientTimeline } from '../../src/admin/records/timeline.ts';
import { verifyForWorker } from '../../src/protected-resources/rpc.ts';
import {
  authorizeUrl,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  postForm,
  postToken,
  redemption,
  refresh,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { administratorAt, see, signedInWith } from '../support/console-user.ts';
import {
  ADMINISTRATOR,
  administer,
  bindings,
  ISSUER,
  type Server,
  serve,
  setSetting,
  settle,
  workerDeps,
} from '../support/server.ts';
import { parseForm, readForm, type User } from '../support/user.ts';

const RESOURCE = 'https://notes.example/api';
const MINUTE = 60_000;
const DAY = 86_400_000;

let server: Server;
let client: TestClient;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  server = serve();
  client = await makeClient(server);
});

afterEach(() => {
  vi.useRealTimers();
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

const timelineOf = (one: Pick<TestClient, 'client_id'> = client, query = '') =>
  administer<ClientTimeline>(server, 'GET', `/clients/${encodeURIComponent(one.client_id)}/timeline${query}`);

/** The states of the steps, by their names. */
async function statesOf(one?: Pick<TestClient, 'client_id'>): Promise<Record<string, string>> {
  const { steps } = await timelineOf(one);
  return Object.fromEntries(steps.map(({ step, state }) => [step, state]));
}

const summary = async (one?: Pick<TestClient, 'client_id'>) => (await timelineOf(one)).summary;

async function administratorId(): Promise<string> {
  const { users } = await administer<{ users: { id: string }[] }>(
    server,
    'GET',
    `/users?email=${encodeURIComponent(ADMINISTRATOR.email)}`,
  );
  return users[0]?.id ?? '';
}

/** The administrator opens the authorization request and decides. */
async function decide(decision: 'allow' | 'deny', user?: User): Promise<void> {
  const browser = user ?? (await administratorAt(server));
  const form = await readForm(await browser.open(authorizeUrl(client)), '/consent');
  await browser.send(form, { decision });
}

const registerOnline = (resource = RESOURCE) =>
  administer(server, 'PUT', `/resources/${encodeURIComponent(resource)}`, {
    name: 'Notes',
    scopes: [{ name: 'notes.read', description: 'Read notes' }],
    validated_online: true,
  });

const TO_NOTES = { resource: RESOURCE, scope: 'notes.read' };

const callNotes = async (token: string) => {
  const answer = await verifyForWorker(workerDeps(server.env, {}), token, { resource: RESOURCE });
  await settle();
  return answer.valid;
};

describe('the connection timeline, step by step', () => {
  it('of a client that no user has used says that no authorization request led to a decision', async () => {
    const timeline = await timelineOf();
    expect(timeline).toMatchObject({ client_id: client.client_id, user: null, grant: null });
    expect(timeline.summary).toContain('No authorization request led to a decision');
    expect(await statesOf()).toEqual({ registered: 'done', requested: 'missing', refused: 'unknown' });
  });

  it('names the refused request of a client that got no further', async () => {
    await server.fetch(authorizeUrl(client, { redirect_uri: 'https://app.example/other' }), {
      headers: { accept: 'text/html' },
    });
    expect(await summary()).toContain('was refused with invalid_request: redirect_uri is not registered');
  });

  it('of a client that awaits approval, or was refused or disabled, says so', async () => {
    await setSetting(server, 'new_clients', 'approve');
    const registered = (await (await registerClient(server)).json()) as TestClient;
    expect(await summary(registered)).toContain('It awaits the approval of an administrator');
    await administer(server, 'PATCH', `/clients/${registered.client_id}`, { approval: 'refused' });
    expect(await summary(registered)).toContain('It is refused');
    await administer(server, 'PATCH', `/clients/${registered.client_id}`, { approval: 'approved', disabled: true });
    expect(await summary(registered)).toContain('It is disabled');
  });

  it('says that the user denied the request', async () => {
    await decide('deny');
    const user = await administratorId();
    expect(await timelineOf(client, `?user=${user}`)).toMatchObject({
      user,
      summary: 'The user denied the request.',
    });
  });

  it('a code is outstanding, and then it was never redeemed', async () => {
    await obtainCode(server, client);
    expect(await statesOf()).toMatchObject({ consented: 'done', code_issued: 'done', code_redeemed: 'waiting' });
    expect(await summary()).toContain('The code is outstanding');
    later(2 * MINUTE);
    expect(await summary()).toContain('The code was never redeemed. No refused request');
    // The consent stays in the audit log when the record of the code is gone.
    later(DAY);
    const { keys } = await server.env.CODES.list();
    await Promise.all(keys.map(({ name }) => server.env.CODES.delete(name)));
    const timeline = await timelineOf(client, `?user=${await administratorId()}`);
    expect(timeline.summary).toContain('The code was never redeemed.');
  });

  it('says that a request was refused since, where the code was not redeemed for that', async () => {
    const code = await obtainCode(server, client);
    await postToken(server, client, redemption(code, { code_verifier: 'x'.repeat(43) }));
    later(2 * MINUTE);
    const { summary: sentence, steps } = await timelineOf();
    expect(sentence).toBe('The code was never redeemed. A request of the client was refused since: see the last step.');
    expect(steps.at(-1)).toMatchObject({ step: 'refused', state: 'failed' });
    expect(steps.at(-1)?.text).toContain('invalid_grant');
  });

  it('a code of a remembered consent that was never redeemed is found for a quarter of an hour', async () => {
    await setSetting(server, 'skip_authorization', true);
    await obtainTokens(server, client);
    later(MINUTE);
    await obtainCode(server, client);
    later(5 * MINUTE);
    const { summary: sentence, steps } = await timelineOf();
    expect(sentence).toContain('The code was never redeemed.');
    expect(steps.find(({ step }) => step === 'consented')?.text).toContain('an earlier consent was remembered');
  });

  it('a revoked code is neither redeemed nor never redeemed', async () => {
    await obtainCode(server, client);
    const { codes } = await administer<{ codes: { hash: string }[] }>(server, 'GET', '/codes');
    await administer(server, 'DELETE', `/codes/${codes[0]?.hash}`);
    expect(await summary()).toBe('An administrator revoked the code before it was redeemed.');
  });

  it('the token was never used, where the resource server asks about each', async () => {
    await registerOnline();
    await obtainTokens(server, client, TO_NOTES);
    expect(await summary()).toBe('The token was never used: no call with it reached a resource server.');
  });

  it('claims nothing of a resource server that validates tokens locally', async () => {
    await administer(server, 'PUT', `/resources/${encodeURIComponent(RESOURCE)}`, {
      name: 'Notes',
      scopes: [{ name: 'notes.read', description: 'Read notes' }],
    });
    await obtainTokens(server, client, TO_NOTES);
    expect(await statesOf()).toMatchObject({ token_used: 'unknown' });
    expect(await summary()).toContain('No use of a token was seen here.');
  });

  it('the first call with the token, by RPC, and the refreshes', async () => {
    await registerOnline();
    const tokens = await obtainTokens(server, client, TO_NOTES);
    later(MINUTE);
    expect(await callNotes(tokens.access_token)).toBe(true);
    const called = Date.now();
    later(MINUTE);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    const { summary: sentence, steps, grant } = await timelineOf();
    expect(sentence).toContain('The client is connected. A token was used.');
    const at = Object.fromEntries(steps.map((one) => [one.step, one.at]));
    expect(at.token_used).toBe(new Date(called).toISOString());
    expect(at.refreshed).toBe(new Date(Date.now()).toISOString());
    expect(steps.find(({ step }) => step === 'refreshed')?.text).toBe('The tokens were refreshed once.');
    const record = await administer<Record<string, string>>(server, 'GET', `/grants/${grant}`);
    expect(record.token_first_used).toBe(new Date(called).toISOString());
  });

  it('a grant that ended says why', async () => {
    const code = await obtainCode(server, client);
    await postToken(server, client, redemption(code));
    later(MINUTE / 2);
    await postToken(server, client, redemption(code));
    expect(await summary()).toBe('The grant was revoked (code replayed). The client must ask the user again.');
  });

  it('a refusal after the tokens were issued is the last word', async () => {
    const tokens = await obtainTokens(server, client);
    await me(server, tokens.access_token, '/userinfo');
    later(MINUTE);
    await refresh(server, client, 'pr_invented');
    expect(await summary()).toMatch(/^Tokens were issued, and then: .* was refused with invalid_grant/);
  });

  it('a trusted client’s users are not asked', async () => {
    client = await makeClient(server, {}, { trusted: true });
    await obtainTokens(server, client);
    const { steps } = await timelineOf();
    expect(steps.find(({ step }) => step === 'consented')?.text).toContain('the client skips consent');
  });

  it('a device: allowed, then never redeemed', async () => {
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    client = await makeClient(server, { grant_types: [grant], redirect_uris: [] });
    const begun = await postForm(server, client, '/device_authorization', { scope: 'openid' });
    const device = (await begun.json()) as { device_code: string; verification_uri_complete: string };
    const user = await administratorAt(server);
    const html = await (await user.open(device.verification_uri_complete.slice(ISSUER.length))).text();
    await user.send(parseForm(html, '/device'), { decision: 'allow' });
    const query = `?user=${await administratorId()}`;
    expect((await timelineOf(client, query)).summary).toContain('The device code is outstanding');
    const polled = await postToken(server, client, { grant_type: grant, device_code: device.device_code });
    expect(polled.status).toBe(200);
    const states = await statesOf();
    expect(states).toMatchObject({ consented: 'done', code_redeemed: 'done' });
    expect(states.refreshed).toBeUndefined();
    const { steps } = await timelineOf();
    expect(steps.find(({ step }) => step === 'code_redeemed')?.text).toBe('The device code was redeemed for tokens.');
  });
});

describe('the connection timeline of one user', () => {
  it('is about that user’s attempts; without a user, about the latest of any', async () => {
    await obtainTokens(server, client);
    later(MINUTE);
    const ada = await signedInWith(server, []);
    await decide('deny', ada);
    const { users } = await administer<{ users: { id: string; email: string }[] }>(server, 'GET', '/users');
    const adaId = users.find(({ email }) => email === 'user@example.com')?.id;
    expect((await timelineOf(client, `?user=${adaId}`)).summary).toBe('The user denied the request.');
    const latest = await timelineOf();
    expect([latest.user, latest.summary.includes('Tokens were issued')]).toEqual([await administratorId(), true]);
  });

  it('an unknown user is not found', async () => {
    const response = await server.admin('GET', `/clients/${client.client_id}/timeline?user=u_unknown`);
    expect(response.status).toBe(404);
  });

  it('is the same with grants in another shard, and says which shard did not answer', async () => {
    server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    client = await makeClient(server);
    await obtainTokens(server, client);
    expect(await statesOf()).toMatchObject({ consented: 'done', code_redeemed: 'done' });
    server = serve(bindings(['SHARD_APAC']));
    expect((await timelineOf()).shards_that_did_not_answer).toEqual(['weur']);
  });
});

describe('the use of tokens, recorded once a day for each grant', () => {
  const usesOf = async () => {
    const rows = 'SELECT token_first_used_at AS first, token_last_used_at AS last FROM grants';
    return server.env.DB.prepare(rows).first<{ first: number | null; last: number | null }>();
  };

  it('by /userinfo, RPC and introspection of the resource server, not by the client’s own introspection', async () => {
    const api = await makeClient(server, {
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
    });
    client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    await administer(server, 'PUT', `/resources/${encodeURIComponent(RESOURCE)}`, {
      name: 'Notes',
      scopes: [{ name: 'notes.read', description: 'Read notes' }],
      client_id: api.client_id,
    });
    const { access_token: token } = await obtainTokens(server, client, TO_NOTES);
    await postForm(server, client, '/introspect', { token });
    expect(await usesOf()).toEqual({ first: null, last: null });
    await postForm(server, api, '/introspect', { token });
    const first = Date.now();
    expect(await usesOf()).toEqual({ first, last: first });
  });

  it('a second use on the same day writes nothing; one of the next day changes the last use only', async () => {
    const tokens = await obtainTokens(server, client);
    expect((await me(server, tokens.access_token, '/userinfo')).status).toBe(200);
    const first = Date.now();
    expect(await usesOf()).toEqual({ first, last: first });
    later(MINUTE);
    await me(server, tokens.access_token, '/userinfo');
    expect(await usesOf()).toEqual({ first, last: first });
    later(DAY);
    const next = (await (await refresh(server, client, tokens.refresh_token)).json()) as { access_token: string };
    await me(server, next.access_token, '/userinfo');
    expect(await usesOf()).toEqual({ first, last: Date.now() });
  });

  it('a token that is refused is no use', async () => {
    const tokens = await obtainTokens(server, client);
    await postForm(server, client, '/revoke', { token: tokens.access_token });
    expect((await me(server, tokens.access_token, '/userinfo')).status).toBe(401);
    expect(await usesOf()).toEqual({ first: null, last: null });
  });
});

describe('the page of the connection timeline', () => {
  it('shows administrators and auditors the sentence and the steps, by e-mail address or ID of the user', async () => {
    await obtainCode(server, client);
    later(2 * MINUTE);
    for (const reader of [await administratorAt(server), await signedInWith(server, ['auditor'])]) {
      const page = `/console/clients/${client.client_id}`;
      expect(await see(reader, page)).toContain('Connection timeline');
      for (const user of ['', ADMINISTRATOR.email.toUpperCase(), await administratorId()]) {
        const shown = await see(reader, `${page}/timeline?user=${encodeURIComponent(user)}`);
        expect(shown).toContain('The code was never redeemed.');
        expect(shown).toContain(ADMINISTRATOR.email);
      }
    }
  });

  it('an unknown user is not found, and the form says so', async () => {
    const administrator = await administratorAt(server);
    for (const user of ['nobody@example.com', 'u_unknown']) {
      const response = await administrator.open(
        `/console/clients/${client.client_id}/timeline?user=${encodeURIComponent(user)}`,
      );
      expect([response.status, (await response.text()).includes('There is no such user.')]).toEqual([404, true]);
    }
  });

  it('is linked from the applications of a user', async () => {
    await obtainTokens(server, client);
    const html = await (await (await administratorAt(server)).open(`/console/users/${await administratorId()}`)).text();
    expect(html).toContain(`/console/clients/${client.client_id}/timeline?user=`);
  });
});
