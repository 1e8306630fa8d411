/** Client secrets (RFC 6749 §2.3.1): each that was shown is valid for as long as the answer said. */
import { describe, expect, it, vi } from 'vitest';
import { makeClient, postForm, REDIRECT_URI, registerClient, type TestClient } from '../support/client.ts';
import { administer, type Server, serve } from '../support/server.ts';

type Rotated = { client_secret: string; old_secret_good_until?: string };

const HOUR = 3_600_000;
const POST = { token_endpoint_auth_method: 'client_secret_post' };

const rotate = (server: Server, { client_id }: TestClient, body?: object, headers: Record<string, string> = {}) =>
  server.admin('POST', `/clients/${client_id}/secret`, body, headers);

const rotated = async (server: Server, client: TestClient, body?: object) =>
  (await (await rotate(server, client, body)).json()) as Rotated;

const later = (ms: number) => vi.useFakeTimers({ now: Date.now() + ms, toFake: ['Date'] });

async function statusesOf(server: Server, client: TestClient, secrets: (string | undefined)[]) {
  const statuses: number[] = [];
  for (const client_secret of secrets) {
    const response = await postForm(server, { ...client, client_secret: client_secret ?? '' }, '/introspect', {
      token: 'x',
    });
    statuses.push(response.status);
  }
  return statuses;
}

describe('RFC 6749 §2.3.1 rotating a client secret', () => {
  it('twice within the overlap leaves the deployed secret valid for as long as the answer said', async () => {
    const server = serve();
    const client = await makeClient(server, POST);
    const second = await rotated(server, client);
    const third = await rotated(server, client);
    const all = [client.client_secret, second.client_secret, third.client_secret];
    expect(await statusesOf(server, client, all)).toEqual([200, 200, 200]);
    const until = Date.parse(second.old_secret_good_until ?? '');
    later(until - Date.now() - 1000);
    expect(await statusesOf(server, client, all)).toEqual([200, 200, 200]);
    later(until - Date.now() + HOUR);
    expect(await statusesOf(server, client, all)).toEqual([401, 401, 200]);
  });

  it('again with a shorter overlap takes nothing from what was said of the secret before', async () => {
    const server = serve();
    const client = await makeClient(server, POST);
    const second = await rotated(server, client, { overlap_hours: 48 });
    const third = await rotated(server, client, { overlap_hours: 1 });
    later(2 * HOUR);
    const all = [client.client_secret, second.client_secret, third.client_secret];
    expect(await statusesOf(server, client, all)).toEqual([200, 401, 200]);
  });

  it('with an overlap of 0 hours ends every earlier secret at once', async () => {
    const server = serve();
    const client = await makeClient(server, POST);
    const second = await rotated(server, client);
    const third = await rotated(server, client, { overlap_hours: 0 });
    expect(third.old_secret_good_until).toBeUndefined();
    const all = [client.client_secret, second.client_secret, third.client_secret];
    expect(await statusesOf(server, client, all)).toEqual([401, 401, 200]);
  });

  it('fifty times at once: every secret that was shown works, and so does the deployed one; the rest are refused', async () => {
    const server = serve();
    const client = await makeClient(server, POST);
    const responses = await Promise.all(Array.from({ length: 50 }, () => rotate(server, client)));
    const shown = await Promise.all(
      responses
        .filter(({ status }) => status === 200)
        .map(async (one) => ((await one.json()) as Rotated).client_secret),
    );
    expect(shown).toHaveLength(10);
    expect(new Set(shown).size).toBe(10);
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(40);
    const secrets = [client.client_secret, ...shown];
    expect(new Set(await statusesOf(server, client, secrets))).toEqual(new Set([200]));
    // The way on that the refusal names.
    const last = await rotated(server, client, { overlap_hours: 0 });
    expect(new Set(await statusesOf(server, client, secrets))).toEqual(new Set([401]));
    expect(await statusesOf(server, client, [last.client_secret])).toEqual([200]);
  });

  it('fifty times at once with one Idempotency-Key makes one secret; what was ended since does not come back', async () => {
    const server = serve();
    const client = await makeClient(server, POST);
    const again = () => rotate(server, client, {}, { 'idempotency-key': '"a"' });
    const answers = await Promise.all(Array.from({ length: 50 }, async () => (await again()).json()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const { client_secret } = answers[0] as Rotated;
    expect(await statusesOf(server, client, [client.client_secret, client_secret])).toEqual([200, 200]);
    const path = '/events?type=client.secret-rotated';
    expect((await administer<{ events: object[] }>(server, 'GET', path)).events).toHaveLength(1);
    await rotated(server, client, { overlap_hours: 0 });
    expect((await again()).status).toBe(409);
    expect(await statusesOf(server, client, [client_secret])).toEqual([401]);
  });

  it('a batch whose answer was lost is sent again and changes nothing more', async () => {
    const server = serve();
    const client = await makeClient(server, POST);
    const lossy = serve({ ...server.env, DB: losingAnswers(server.env.DB) });
    const { client_secret, old_secret_good_until } = await rotated(lossy, client);
    expect(await statusesOf(server, client, [client.client_secret, client_secret])).toEqual([200, 200]);
    expect(Date.parse(old_secret_good_until ?? '')).toBeGreaterThan(Date.now() + 23 * HOUR);
    const row = await server.env.DB.prepare('SELECT previous_secrets FROM clients').first<{
      previous_secrets: string;
    }>();
    expect(JSON.parse(row?.previous_secrets ?? '')).toHaveLength(1);
  });

  it('a method without a secret ends every secret for good, also where an administrator changes it', async () => {
    const server = serve();
    const client = await makeClient(server, POST);
    const second = await rotated(server, client);
    const change = (method: string) =>
      administer(server, 'PATCH', `/clients/${client.client_id}`, { metadata: { token_endpoint_auth_method: method } });
    await change('none');
    await change('client_secret_post');
    expect(await statusesOf(server, client, [client.client_secret, second.client_secret])).toEqual([401, 401]);
    const third = await rotated(server, client);
    expect(await statusesOf(server, client, [third.client_secret])).toEqual([200]);
  });
});

describe('RFC 7592 §2.2 a client that begins to use a secret', () => {
  it('fifty requests at once: the one secret that was shown is the one that is valid', async () => {
    const server = serve();
    const made = (await (await registerClient(server, POST)).json()) as TestClient & {
      registration_access_token: string;
    };
    const put = (method: string) =>
      server.fetch(`/register/${made.client_id}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${made.registration_access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: made.client_id,
          redirect_uris: [REDIRECT_URI],
          token_endpoint_auth_method: method,
        }),
      });
    await put('none');
    const responses = await Promise.all(Array.from({ length: 50 }, () => put('client_secret_post')));
    const answers = (await Promise.all(responses.map((one) => one.json()))) as { client_secret?: string }[];
    const shown = answers.flatMap(({ client_secret }) => client_secret ?? []);
    expect(shown).toHaveLength(1);
    expect(await statusesOf(server, { ...made, method: 'client_secret_post' }, shown)).toEqual([200]);
  });
});

/** A database that does what each batch says, but whose first answer to one that rotates a secret is lost. */
function losingAnswers(db: D1Database): D1Database {
  let lost = false;
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== 'batch') return typeof value === 'function' ? value.bind(target) : value;
      return async (statements: D1PreparedStatement[]) => {
        const results = await target.batch(statements);
        if (lost) return results;
        lost = true;
        throw new Error('D1_ERROR: Network connection lost.');
      };
    },
  });
}
