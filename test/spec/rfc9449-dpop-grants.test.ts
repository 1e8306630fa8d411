/** DPoP (RFC 9449) in each grant: what comes of it is bound to the key that was shown, and a bound token stays bound. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  errorOf,
  ISSUER,
  makeClient,
  obtainCode,
  obtainTokens,
  payloadOf,
  postForm,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { assertionClaims, makeKey } from '../support/keys.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm } from '../support/user.ts';

const MACHINE = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_basic',
};
const ASK = { grant_type: 'client_credentials' };
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let server: Server;
let key: Prover;

beforeEach(async () => {
  server = serve();
  key = await Prover.make();
  // Nonces have their own tests.
  await setSetting(server, 'dpop_nonce_required', false);
});

const tokensOf = async (response: Response) => {
  expect([response.status, response.ok ? '' : await response.clone().text()]).toEqual([200, '']);
  return (await response.json()) as Tokens;
};

describe('device code (RFC 8628)', () => {
  it.each([[[]], [['SHARD_WEUR']]] as const)(
    'each poll brings a proof of its own; tokens and refresh token are bound (shards: %s)',
    async (shards) => {
      server = serve(bindings([...shards]));
      await setSetting(server, 'dpop_nonce_required', false);
      const device = await makeClient(server, { grant_types: [DEVICE_CODE, 'refresh_token'], redirect_uris: [] });
      const begun = await server.fetch('/device_authorization', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ client_id: device.client_id, scope: 'openid' }).toString(),
      });
      const { device_code, verification_uri_complete } = (await begun.json()) as Record<string, string>;
      const poll = { grant_type: DEVICE_CODE, device_code: device_code ?? '' };
      const dpop = await key.prove('POST', '/token');
      expect(await errorOf(await postToken(server, device, poll, { dpop }))).toBe('authorization_pending');
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const page = await user.open((verification_uri_complete ?? '').slice(ISSUER.length));
      await user.send(parseForm(await page.text(), '/device'), { decision: 'allow' });
      expect(await errorOf(await postToken(server, device, poll, { dpop }))).toBe('invalid_dpop_proof');
      const tokens = await tokensOf(await key.token(server, device, poll));
      expect(tokens.token_type).toBe('DPoP');
      expect(payloadOf(tokens.access_token).cnf).toEqual({ jkt: key.thumbprint });
      const again = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      expect(await errorOf(await (await Prover.make()).token(server, device, again))).toBe('invalid_grant');
      expect((await tokensOf(await key.token(server, device, again))).token_type).toBe('DPoP');
    },
  );
});

describe('JWT bearer (RFC 7523)', () => {
  const VOUCHER = 'https://id.acme.com';
  let client: TestClient;
  let issuer: Awaited<ReturnType<typeof makeKey>>;

  beforeEach(async () => {
    issuer = await makeKey();
    client = await makeClient(server, { ...MACHINE, grant_types: [JWT_BEARER], scope: 'openid email' });
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    const path = `/issuers/${encodeURIComponent(VOUCHER)}`;
    await administer(server, 'PUT', path, { jwks: { keys: [issuer.publicJwk] } });
    await administer(server, 'PUT', `${path}/subjects`, { subject: 'ada', user: users[0]?.id });
  });

  const vouched = async (changes: Record<string, unknown> = {}) => ({
    grant_type: JWT_BEARER,
    assertion: await issuer.sign(assertionClaims('x', { iss: VOUCHER, sub: 'ada', ...changes })),
  });

  it('with a proof the token is bound to its key', async () => {
    const tokens = await tokensOf(await key.token(server, client, await vouched()));
    expect([tokens.token_type, payloadOf(tokens.access_token).cnf]).toEqual(['DPoP', { jkt: key.thumbprint }]);
    expect((await key.open(server, '/userinfo', tokens.access_token)).status).toBe(200);
  });

  it('ID-JAG §4.4.1: an assertion that is bound to a key (cnf) is taken with a proof of that key only', async () => {
    const bound = () => vouched({ cnf: { jkt: key.thumbprint } });
    expect(await errorOf(await postToken(server, client, await bound()))).toBe('invalid_grant');
    expect(await errorOf(await (await Prover.make()).token(server, client, await bound()))).toBe('invalid_grant');
    expect((await tokensOf(await key.token(server, client, await bound()))).token_type).toBe('DPoP');
  });

  it('a proof that was used before does not use the assertion up', async () => {
    const dpop = await key.prove('POST', '/token');
    await tokensOf(await postToken(server, client, await vouched(), { dpop }));
    const assertion = await vouched();
    expect(await errorOf(await postToken(server, client, assertion, { dpop }))).toBe('invalid_dpop_proof');
    await tokensOf(await key.token(server, client, assertion));
  });
});

describe('the body of a form (RFC 6750 §2.2)', () => {
  it('RFC 9449 §7.2: a bound token there is a bearer token, and refused, with or without a proof', async () => {
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const { access_token } = await tokensOf(await key.token(server, client, redemption(code)));
    const dpop = await key.prove('POST', '/userinfo', access_token);
    for (const headers of [{}, { dpop }] as Record<string, string>[]) {
      const response = await postForm(server, client, '/userinfo', { access_token }, headers);
      expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_token']);
    }
  });
});

describe('resources whose tokens are all bound', () => {
  let machine: TestClient;
  const RESOURCE = 'https://api.example/files';

  beforeEach(async () => {
    machine = await makeClient(server, MACHINE);
    const path = `/resources/${encodeURIComponent(RESOURCE)}`;
    await administer(server, 'PUT', path, { name: 'Files', dpop_required: true });
  });

  it('client credentials, a code and a refresh for it need a proof, and nothing is spent without', async () => {
    const ask = { ...ASK, resource: RESOURCE };
    expect(await errorOf(await postToken(server, machine, ask))).toBe('invalid_dpop_proof');
    await tokensOf(await key.token(server, machine, ask));
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const code = await obtainCode(server, client, { resource: [RESOURCE, ISSUER] });
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_dpop_proof');
    const tokens = await tokensOf(await key.token(server, client, redemption(code)));
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_dpop_proof');
    // For another resource of the grant it is not needed.
    const next = await tokensOf(await refresh(server, client, tokens.refresh_token, { resource: ISSUER }));
    await tokensOf(await key.token(server, client, { grant_type: 'refresh_token', refresh_token: next.refresh_token }));
  });
});

describe('a token that is bound is not exchanged for one that is not', () => {
  it('RFC 8693, with a proof of the one who exchanges', async () => {
    const client = await makeClient(server);
    const exchange = { from: ['*'], resources: [ISSUER], semantics: ['delegation'] };
    const exchanger = await makeClient(
      server,
      { ...MACHINE, grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] },
      { exchange },
    );
    const { access_token } = await tokensOf(
      await key.token(server, client, redemption(await obtainCode(server, client))),
    );
    const ask = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    };
    expect(await errorOf(await postToken(server, exchanger, ask))).toBe('invalid_dpop_proof');
    const own = await Prover.make();
    const tokens = await tokensOf(await own.token(server, exchanger, ask));
    expect(payloadOf(tokens.access_token).cnf).toEqual({ jkt: own.thumbprint });
    expect(
      (
        await tokensOf(
          await postToken(server, exchanger, {
            ...ask,
            subject_token: (await obtainTokens(server, client)).access_token,
          }),
        )
      ).token_type,
    ).toBe('Bearer');
  });

  it('RFC 8693 §2.1, with an actor_token that is bound: with a proof of its key, and of no other', async () => {
    const client = await makeClient(server);
    const exchange = { from: ['*'], resources: [ISSUER], semantics: ['delegation'] };
    const exchanger = await makeClient(
      server,
      { ...MACHINE, grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] },
      { exchange },
    );
    const type = 'urn:ietf:params:oauth:token-type:access_token';
    const bound = await tokensOf(await key.token(server, client, redemption(await obtainCode(server, client))));
    const ask = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: (await obtainTokens(server, client)).access_token,
      subject_token_type: type,
      actor_token: bound.access_token,
      actor_token_type: type,
    };
    expect(await errorOf(await postToken(server, exchanger, ask))).toBe('invalid_dpop_proof');
    const other = await Prover.make();
    expect(await errorOf(await other.token(server, exchanger, ask))).toBe('invalid_dpop_proof');
    const tokens = await tokensOf(await key.token(server, exchanger, ask));
    expect(payloadOf(tokens.access_token)).toMatchObject({
      cnf: { jkt: key.thumbprint },
      act: { sub: expect.any(String) },
    });
    // The subject token may be bound to the key of the client that passed it on; the proof is that of the actor.
    const both = { ...ask, subject_token: bound.access_token };
    expect(await errorOf(await other.token(server, exchanger, both))).toBe('invalid_dpop_proof');
    expect((await key.token(server, exchanger, both)).status).toBe(200);
  });
});
