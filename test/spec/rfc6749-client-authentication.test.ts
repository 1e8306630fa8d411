/** RFC 6749 §2.3: which authentication methods a client may use, and what a failed one is told. */
import { describe, expect, it } from 'vitest';
import {
  errorOf,
  makeClient,
  obtainCode,
  obtainTokens,
  payloadOf,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { administer, type Server, serve } from '../support/server.ts';
import { readForm, text } from '../support/user.ts';

const METHODS = ['client_secret_basic', 'client_secret_post'];
const UNNAMED = { token_endpoint_auth_method: undefined };

type Registered = TestClient & { token_endpoint_auth_method: string; registration_access_token: string };

const registered = async (server: Server, metadata: Record<string, unknown> = UNNAMED) =>
  (await (await registerClient(server, metadata)).json()) as Registered;

/** @returns the status of a token request with each authentication method. */
async function answersOf(server: Server, client: Pick<TestClient, 'client_id' | 'client_secret'>, methods = METHODS) {
  const statuses: number[] = [];
  for (const method of methods) {
    statuses.push((await postForm(server, { ...client, method }, '/introspect', { token: 'x' })).status);
  }
  return statuses;
}

const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });

describe('RFC 6749 §2.3.1 a client that was made without naming a method', () => {
  it('by registration: client_secret_basic is answered, and Basic and POST are accepted, at every grant', async () => {
    const server = serve();
    const client = await registered(server);
    expect(client.token_endpoint_auth_method).toBe('client_secret_basic');
    expect(await answersOf(server, client)).toEqual([200, 200]);
    for (const method of METHODS) await obtainTokens(server, { ...client, method });
    expect(await answersOf(server, client, ['none'])).toEqual([401]);
  });

  it('by null or an empty text, as not naming it', async () => {
    const server = serve();
    for (const token_endpoint_auth_method of [null, '']) {
      const response = await server.admin('POST', '/clients', {
        metadata: { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method },
      });
      expect([token_endpoint_auth_method, response.status]).toEqual([token_endpoint_auth_method, 201]);
      expect(await answersOf(server, (await response.json()) as TestClient)).toEqual([200, 200]);
    }
  });

  it('by an administrator, and after every change that names no method', async () => {
    const server = serve();
    const client = await makeClient(server, UNNAMED);
    expect(client.method).toBe('client_secret_basic');
    expect(await answersOf(server, client)).toEqual([200, 200]);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { metadata: { client_name: 'New' } });
    expect(await answersOf(server, client)).toEqual([200, 200]);
  });

  it('never both in one request', async () => {
    const server = serve();
    const client = await makeClient(server, UNNAMED);
    const { client_secret } = client;
    const both = await postToken(server, client, redemption('pc_0_x', { client_secret }));
    expect([both.status, await errorOf(both)]).toEqual([400, 'invalid_request']);
  });

  it('its failures by both methods count at one ceiling', async () => {
    const server = serve();
    const client = await makeClient(server, UNNAMED);
    const headers = { 'cf-connecting-ip': '198.51.100.78' };
    const statuses: number[] = [];
    for (let tries = 0; tries < 110 && !statuses.includes(429); tries++) {
      const wrong = { ...client, client_secret: 'ps_wrong', method: METHODS[tries % 2] ?? '' };
      statuses.push((await postToken(server, wrong, redemption('pc_0_x'), headers)).status);
    }
    expect(statuses.length).toBeLessThanOrEqual(101);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('RFC 6749 §2.3 a method that was named', () => {
  it('is enforced, by whichever way it was registered, until it is changed', async () => {
    const server = serve();
    const made = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    expect(await answersOf(server, made)).toEqual([401, 200]);
    const change = (token_endpoint_auth_method: string | null) =>
      administer(server, 'PATCH', `/clients/${made.client_id}`, { metadata: { token_endpoint_auth_method } });
    await change('client_secret_basic');
    expect(await answersOf(server, made)).toEqual([200, 401]);
    await change(null);
    expect(await answersOf(server, made)).toEqual([200, 200]);
    const client = await registered(server, { token_endpoint_auth_method: 'client_secret_basic' });
    expect(await answersOf(server, client)).toEqual([200, 401]);
  });

  it('by alternatives, of which the answer says the one to use', async () => {
    const server = serve();
    const client = await registered(server, { ...UNNAMED, token_endpoint_auth_methods_supported: METHODS });
    expect(client.token_endpoint_auth_method).toBe('client_secret_basic');
    expect(await answersOf(server, client)).toEqual([200, 401]);
  });

  it('by RFC 7592, as the last request said it', async () => {
    const server = serve();
    const client = await registered(server);
    const put = async (metadata: object) => {
      const response = await server.fetch(`/register/${client.client_id}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${client.registration_access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ client_id: client.client_id, redirect_uris: [REDIRECT_URI], ...metadata }),
      });
      return ((await response.json()) as Registered).token_endpoint_auth_method;
    };
    expect(await put({ token_endpoint_auth_method: 'client_secret_post' })).toBe('client_secret_post');
    expect(await answersOf(server, client)).toEqual([401, 200]);
    expect(await put({})).toBe('client_secret_basic');
    expect(await answersOf(server, client)).toEqual([200, 200]);
  });

  it('is chosen and edited in the console; a new web application begins without one', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const path = '/console/clients/new/website';
    const form = await readForm(await administrator.open(path), path);
    expect(form.fields).toContainEqual(['token_endpoint_auth_method', '']);
    const html = await (await administrator.send(form, { client_name: 'Wiki', redirect_uris: REDIRECT_URI })).text();
    const client_id = /c_\w{22}/.exec(html)?.[0] ?? '';
    const client = { client_id, client_secret: /ps_\w{43}/.exec(html)?.[0] ?? '' };
    expect(await answersOf(server, client)).toEqual([200, 200]);
    const shown = async () => text(await (await administrator.open(`/console/clients/${client_id}`)).text());
    expect(await shown()).toContain('Client authentication client_secret_basic or client_secret_post');
    const edit = async (token_endpoint_auth_method: string) => {
      const page = `/console/clients/${client_id}/edit`;
      const sent = await administrator.send(await readForm(await administrator.open(page), page), {
        token_endpoint_auth_method,
      });
      expect(text(await sent.text())).toContain('It was saved');
    };
    await edit('client_secret_post');
    expect(await answersOf(server, client)).toEqual([401, 200]);
    expect(await shown()).toContain('client_secret_post: secret in the request body');
    await edit('');
    expect(await answersOf(server, client)).toEqual([200, 200]);
    await edit('none');
    expect(await answersOf(server, client, [...METHODS])).toEqual([401, 401]);
  });
});

describe('RFC 6749 §2.3.1 Basic with an empty password', () => {
  it('is a public client that says who it is, with or without client_id beside it', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const client_id of [client.client_id, undefined]) {
      const code = await obtainCode(server, client);
      const headers = basic(client.client_id, '');
      const response = await postToken(server, client, redemption(code, { client_id }), headers);
      expect(response.status).toBe(200);
      const { access_token } = (await response.json()) as { access_token: string };
      expect(payloadOf(access_token).client_id).toBe(client.client_id);
    }
  });

  it('names one client only: another client_id beside it is refused', async () => {
    const server = serve();
    const [client, other] = [await makeClient(server), await makeClient(server)];
    const code = await obtainCode(server, client);
    const changes = redemption(code, { client_id: client.client_id });
    const response = await postToken(server, client, changes, basic(other.client_id, ''));
    expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_client']);
  });

  it('is no proof of a confidential client, and no second method beside one', async () => {
    const server = serve();
    const client = await makeClient(server, UNNAMED);
    const headers = basic(client.client_id, '');
    const none = { ...client, method: 'none' };
    expect((await postForm(server, none, '/introspect', { token: 'x' }, headers)).status).toBe(401);
    const { client_secret } = client;
    const two = await postForm(server, none, '/introspect', { token: 'x', client_secret }, headers);
    expect([two.status, await errorOf(two)]).toEqual([400, 'invalid_request']);
    const publicClient = await makeClient(server);
    const wrong = await postToken(server, publicClient, redemption('pc_0_x'), basic(publicClient.client_id, 'x'));
    expect(wrong.status).toBe(401);
  });
});

describe('RFC 6749 §5.2 the challenge of a 401', () => {
  it('carries error and error_description, because libraries hide the body', async () => {
    const server = serve();
    const client = await makeClient(server, UNNAMED);
    const attempts = [
      postToken(server, { ...client, client_secret: 'ps_wrong' }, redemption('pc_0_x')),
      postToken(server, { ...client, method: 'none' }, redemption('pc_0_x')),
      postToken(server, { ...client, client_id: 'c_"\\\u00e9', method: 'none' }, redemption('pc_0_x')),
      postForm(server, { ...client, client_secret: 'ps_wrong' }, '/par', {}),
    ];
    for (const response of await Promise.all(attempts)) {
      const { error, error_description } = (await response.json()) as Record<string, string>;
      expect([response.status, error]).toEqual([401, 'invalid_client']);
      expect(response.headers.get('www-authenticate')).toBe(
        `Basic realm="https://as.example", charset="UTF-8", error="invalid_client", error_description="${error_description}"`,
      );
    }
  });
});
