/** One rule for scopes at every place that reads `scope` (ARCHITECTURE §5, RFC 6749 §3.3). */
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  obtainTokens,
  payloadOf,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  refresh,
  registerClient,
  type TestClient,
  type Tokens,
  VERIFIER,
} from '../support/client.ts';
import { assertionClaims, makeKey } from '../support/keys.ts';
import { ADMINISTRATOR, administer, ISSUER, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm } from '../support/user.ts';

const FILES = 'https://files.acme.com';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** The scopes of the issued token, or the error. */
type Outcome = string | 'invalid_scope';
type Place = { ask: (scope: string | undefined) => Promise<Outcome>; omitted: Outcome; noneLeft: Outcome };

let server: Server;
let client: TestClient;
let places: Record<string, Place>;

const outcomeOf = async (response: Response): Promise<Outcome> => {
  const error = await errorOf(response.clone());
  if (error) return error;
  const { access_token, scope } = (await response.json()) as Tokens;
  // The answer always says `scope`, and it is that of the token.
  expect(payloadOf(access_token).scope).toBe(scope);
  return scope;
};

async function byBrowser(url: string): Promise<Outcome> {
  const back = await server.user().authorise(url, ADMINISTRATOR);
  const code = back.searchParams.get('code');
  return code ? outcomeOf(await postToken(server, client, redemption(code))) : (back.searchParams.get('error') ?? '');
}

async function byPar(scope: string | undefined): Promise<Outcome> {
  const pushed = await postForm(server, client, '/par', {
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope,
    code_challenge: sha256(VERIFIER),
    code_challenge_method: 'S256',
  });
  if (!pushed.ok) return (await errorOf(pushed)) ?? '';
  const { request_uri } = (await pushed.json()) as { request_uri: string };
  return byBrowser(`/authorize?${new URLSearchParams({ client_id: client.client_id, request_uri })}`);
}

async function byDevice(scope: string | undefined): Promise<Outcome> {
  const begun = await postForm(server, client, '/device_authorization', { scope });
  if (!begun.ok) return (await errorOf(begun)) ?? '';
  const device = (await begun.json()) as { device_code: string; verification_uri_complete: string };
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  const page = await (await user.open(device.verification_uri_complete.slice(ISSUER.length))).text();
  await user.send(parseForm(page, '/device'), { decision: 'allow' });
  return outcomeOf(await postToken(server, client, { grant_type: DEVICE, device_code: device.device_code }));
}

beforeEach(async () => {
  server = serve();
  await setSetting(server, 'scopes_supported', 'notes Your notes\nmail Your mail\nother Another');
  await administer(server, 'PUT', `/resources/${encodeURIComponent(FILES)}`, {
    name: 'Files',
    scopes: [{ name: 'files.read', description: 'Read your files' }],
  });
  client = await makeClient(server, {
    grant_types: ['authorization_code', 'refresh_token', DEVICE],
    scope: 'notes mail profile files.read',
  });
  const metadata = { redirect_uris: [], token_endpoint_auth_method: 'client_secret_basic' };
  const machine = await makeClient(server, {
    ...metadata,
    grant_types: ['client_credentials'],
    scope: 'notes mail files.read',
  });
  const backend = await makeClient(
    server,
    { ...metadata, grant_types: [EXCHANGE], scope: 'notes mail profile' },
    { exchange: { from: ['*'], resources: [ISSUER], scopes: ['notes', 'mail', 'other'], semantics: ['delegation'] } },
  );
  const key = await makeKey();
  const idp = 'https://idp.example';
  await administer(server, 'PUT', `/issuers/${encodeURIComponent(idp)}`, {
    jwks: { keys: [key.publicJwk] },
    scopes: ['notes', 'mail', 'other'],
  });
  const vouched = await makeClient(server, { ...metadata, grant_types: [BEARER], scope: 'notes mail profile' });
  const assertion = () => key.sign(assertionClaims('x', { iss: idp, sub: 'ada' }));
  await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  const subject = { subject: 'ada', user: users[0]?.id };
  await administer(server, 'PUT', `/issuers/${encodeURIComponent(idp)}/subjects`, subject);
  places = {
    authorize: {
      ask: (scope) => byBrowser(authorizeUrl(client, { scope })),
      omitted: 'notes mail profile',
      noneLeft: 'notes mail profile',
    },
    par: { ask: byPar, omitted: 'notes mail profile', noneLeft: 'notes mail profile' },
    device: { ask: byDevice, omitted: 'notes mail profile', noneLeft: 'notes mail profile' },
    refresh: {
      async ask(scope) {
        const { refresh_token } = await obtainTokens(server, client, { scope: 'notes mail' });
        const response = await refresh(server, client, refresh_token, { ...(scope && { scope }) });
        const outcome = await outcomeOf(response);
        // A refusal moved nothing, and the narrowing narrowed nothing for good.
        if (outcome === 'invalid_scope') {
          expect(await outcomeOf(await refresh(server, client, refresh_token))).toBe('notes mail');
        }
        return outcome;
      },
      omitted: 'notes mail',
      noneLeft: 'invalid_scope',
    },
    exchange: {
      async ask(scope) {
        const { access_token } = await obtainTokens(server, client, { scope: 'notes mail' });
        const body = { grant_type: EXCHANGE, subject_token: access_token, subject_token_type: ACCESS_TOKEN, scope };
        return outcomeOf(await postToken(server, backend, body));
      },
      omitted: 'notes mail',
      noneLeft: 'invalid_scope',
    },
    'client credentials': {
      ask: async (scope) =>
        outcomeOf(await postToken(server, machine, { grant_type: 'client_credentials', resource: ISSUER, scope })),
      omitted: 'notes mail',
      noneLeft: 'invalid_scope',
    },
    'JWT bearer': {
      ask: async (scope) =>
        outcomeOf(await postToken(server, vouched, { grant_type: BEARER, assertion: await assertion(), scope })),
      omitted: 'notes mail',
      noneLeft: 'invalid_scope',
    },
  };
});

const PLACES = ['authorize', 'par', 'device', 'refresh', 'exchange', 'client credentials', 'JWT bearer'];

describe('RFC 6749 §3.3 one rule for scopes', () => {
  it.each(PLACES)('%s: drops what is not allowed, not granted or unknown, and says what is left', async (name) => {
    const place = places[name] as Place;
    const rows: [asked: string | undefined, outcome: Outcome][] = [
      ['notes', 'notes'],
      ['mail notes', 'mail notes'],
      // Known, but not allowed for this client, nor part of what was granted.
      ['notes other', 'notes'],
      ['notes admin', 'notes'],
      // Known at another resource.
      ['notes files.read', 'notes'],
      // Known nowhere.
      ['notes no-such-scope mcp:tools', 'notes'],
      ['other', place.noneLeft],
      ['admin', place.noneLeft],
      ['no-such-scope', place.noneLeft],
      ['files.read other no-such-scope', place.noneLeft],
      [undefined, place.omitted],
      ['', place.omitted],
      ['notes "', 'invalid_scope'],
    ];
    for (const [asked, outcome] of rows) expect([asked, await place.ask(asked)]).toEqual([asked, outcome]);
  });

  it('RFC 6749 §6 a client refreshes with the scopes that it first asked for, of which one was dropped', async () => {
    const scope = 'notes no-such-scope mail';
    const tokens = await obtainTokens(server, client, { scope });
    expect(tokens.scope).toBe('notes mail');
    const next = await refresh(server, client, tokens.refresh_token, { scope });
    expect(await outcomeOf(next)).toBe('notes mail');
  });

  it('RFC 6749 §6 at a refresh for one of several resources, what belongs to another is dropped', async () => {
    const both = { resource: [FILES, ISSUER], scope: 'files.read notes' };
    const ask = async (body: Record<string, string>) => {
      const { refresh_token } = await obtainTokens(server, client, both);
      return outcomeOf(await refresh(server, client, refresh_token, body));
    };
    expect(await ask({ scope: 'files.read notes' })).toBe('files.read');
    expect(await ask({ scope: 'files.read notes', resource: ISSUER })).toBe('notes');
    expect(await ask({ scope: 'notes' })).toBe('invalid_scope');
    expect(await ask({ scope: 'notes', resource: FILES })).toBe('invalid_scope');
    expect(await ask({ scope: 'notes', resource: ISSUER })).toBe('notes');
  });

  it('a client that may have none at the resource is told invalid_scope', async () => {
    const elsewhere = await makeClient(server, { scope: 'files.read' });
    const back = await server.user().authorise(authorizeUrl(elsewhere, { scope: undefined }), ADMINISTRATOR);
    expect(back.searchParams.get('error')).toBe('invalid_scope');
  });
});

describe('RFC 7591 §3.2.1 the registration answer', () => {
  type Registered = { scope?: string; client_id: string; registration_access_token: string };

  it('never echoes a scope that can never be granted: at registration, when it is read, and when it is replaced', async () => {
    const sent = {
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'notes admin files.read nothing offline_access',
    };
    const made = (await (await registerClient(server, sent)).json()) as Registered;
    expect(made.scope).toBe('notes files.read offline_access');
    const headers = { authorization: `Bearer ${made.registration_access_token}`, 'content-type': 'application/json' };
    const read = await server.fetch(`/register/${made.client_id}`, { headers });
    expect(((await read.json()) as Registered).scope).toBe('notes files.read offline_access');
    const body = JSON.stringify({
      ...sent,
      scope: 'admin nothing',
      redirect_uris: [REDIRECT_URI],
      client_id: made.client_id,
    });
    const replaced = await server.fetch(`/register/${made.client_id}`, { method: 'PUT', headers, body });
    expect([replaced.status, await replaced.json()]).toEqual([
      200,
      expect.not.objectContaining({ scope: expect.anything() }),
    ]);
  });
});
