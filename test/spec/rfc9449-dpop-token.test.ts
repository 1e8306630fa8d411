/** DPoP (RFC 9449) at this server's own endpoints: proofs, bound tokens, nonces, codes bound to keys. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  ISSUER,
  makeClient,
  obtainCode,
  payloadOf,
  postForm,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import { bindings, type Server, serve, setSetting } from '../support/server.ts';

const MACHINE = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_basic',
};
const ASK = { grant_type: 'client_credentials' };

let server: Server;
let machine: TestClient;
let key: Prover;

beforeEach(async () => {
  server = serve();
  machine = await makeClient(server, MACHINE);
  key = await Prover.make();
  // Nonces have their own tests.
  await setSetting(server, 'dpop_nonce_required', false);
});

const tokensOf = async (response: Response) => {
  expect([response.status, response.ok ? '' : await response.clone().text()]).toEqual([200, '']);
  return (await response.json()) as Tokens;
};

/** @returns the status and the result of a token request with this proof. */
async function outcomeOf(proof: string): Promise<unknown[]> {
  const response = await postToken(server, machine, ASK, { dpop: proof });
  return [response.status, response.ok ? 'accepted' : await errorOf(response)];
}

describe('RFC 9449 §4.3 checking proofs', () => {
  const REFUSED = [400, 'invalid_dpop_proof'];

  it('each algorithm of the metadata is taken', async () => {
    const metadata = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as {
      dpop_signing_alg_values_supported: string[];
    };
    expect(metadata.dpop_signing_alg_values_supported).toContain('ES256');
    for (const alg of metadata.dpop_signing_alg_values_supported) {
      const prover = await Prover.make(alg);
      expect([alg, ...(await outcomeOf(await prover.prove('POST', '/token')))]).toEqual([alg, 200, 'accepted']);
    }
  });

  it('there is not more than one DPoP header', async () => {
    const two = `${await key.prove('POST', '/token')}, ${await key.prove('POST', '/token')}`;
    expect(await outcomeOf(two)).toEqual(REFUSED);
  });

  it('the value is a single, well-formed JWT', async () => {
    for (const text of ['x', 'a.b.c', '..', '{}', 'null', `${'a'.repeat(9000)}`, btoa('{"alg":"none"}')]) {
      expect([text.slice(0, 9), ...(await outcomeOf(text))]).toEqual([text.slice(0, 9), ...REFUSED]);
    }
  });

  it('all required claims are there, and of the right kind', async () => {
    const wrong = [
      { jti: undefined },
      { jti: '' },
      { jti: 7 },
      { jti: 'x'.repeat(501) },
      { htm: undefined },
      { htm: 'GET' },
      { htm: 'post' },
      { htm: ['POST'] },
      { htu: undefined },
      { htu: 7 },
      { iat: undefined },
      { iat: 'now' },
      { nonce: 'not one of ours' },
      { nonce: 7 },
      { nonce: { a: 1 } },
    ];
    for (const claims of wrong) {
      const expected = 'nonce' in claims ? [400, 'use_dpop_nonce'] : REFUSED;
      expect([claims, ...(await outcomeOf(await key.prove('POST', '/token', undefined, { claims })))]).toEqual([
        claims,
        ...expected,
      ]);
    }
  });

  it('the typ has the value dpop+jwt', async () => {
    for (const typ of [undefined, 'JWT', 'at+jwt', 'dpop']) {
      expect(await outcomeOf(await key.prove('POST', '/token', undefined, { header: { typ } }))).toEqual(REFUSED);
    }
  });

  it('the alg is asymmetric, is not none, and the key of the jwk verifies the signature', async () => {
    const other = await Prover.make();
    expect(await outcomeOf(await key.prove('POST', '/token', undefined, { header: { jwk: other.jwk } }))).toEqual(
      REFUSED,
    );
    expect(await outcomeOf(await key.prove('POST', '/token', undefined, { header: { jwk: undefined } }))).toEqual(
      REFUSED,
    );
    const [, payload] = (await key.prove('POST', '/token')).split('.');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const header of [
      { alg: 'none', typ: 'dpop+jwt', jwk: key.jwk },
      { alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'c2VjcmV0' } },
      { alg: 'ES256', typ: 'dpop+jwt', jwk: 'a key' },
      { alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: 'EC' } },
      { alg: 'RS256', typ: 'dpop+jwt', jwk: key.jwk },
    ]) {
      expect([header.alg, ...(await outcomeOf(`${encode(header)}.${payload}.AAAA`))]).toEqual([header.alg, ...REFUSED]);
    }
  });

  it('the jwk does not contain a private key', async () => {
    const jwk = { ...key.jwk, d: 'AAAA' };
    expect(await outcomeOf(await key.prove('POST', '/token', undefined, { header: { jwk } }))).toEqual(REFUSED);
  });

  it('the htu matches without query and fragment, in normal form', async () => {
    for (const htu of [
      `${ISSUER}/token?a=b#c`,
      'HTTPS://AS.EXAMPLE:443/token',
      `${ISSUER}/%74oken`,
      `${ISSUER}/x/../token`,
    ]) {
      const proof = await key.prove('POST', '/token', undefined, { claims: { htu } });
      expect([htu, ...(await outcomeOf(proof))]).toEqual([htu, 200, 'accepted']);
    }
    for (const htu of [
      `${ISSUER}/tokens`,
      `${ISSUER}/token/`,
      'http://as.example/token',
      'https://as.example:444/token',
      '/token',
      'https://evil.example/token',
      `${ISSUER}/par`,
      `javascript:${ISSUER}/token`,
    ]) {
      const proof = await key.prove('POST', '/token', undefined, { claims: { htu } });
      expect([htu, ...(await outcomeOf(proof))]).toEqual([htu, ...REFUSED]);
    }
  });

  it('it was made within an acceptable time', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const [iat, expected] of [
      [now - 280, [200, 'accepted']],
      [now + 50, [200, 'accepted']],
      [now - 310, REFUSED],
      [now + 90, REFUSED],
      [0, REFUSED],
    ] as const) {
      expect([
        iat - now,
        ...(await outcomeOf(await key.prove('POST', '/token', undefined, { claims: { iat } }))),
      ]).toEqual([iat - now, ...expected]);
    }
  });

  it('what is wrong is said, and the log names it', async () => {
    const response = await postToken(server, machine, ASK, { dpop: await key.prove('GET', '/token') });
    expect(((await response.json()) as { error_description: string }).error_description).toContain('htm');
  });
});

describe('RFC 9449 §5 access token requests', () => {
  it('token_type is DPoP, and the token is bound to the key', async () => {
    const tokens = await tokensOf(await key.token(server, machine, ASK));
    expect([tokens.token_type, payloadOf(tokens.access_token).cnf]).toEqual(['DPoP', { jkt: key.thumbprint }]);
  });

  it('without a proof it is Bearer, as before', async () => {
    const tokens = await tokensOf(await postToken(server, machine, ASK));
    expect([tokens.token_type, payloadOf(tokens.access_token).cnf]).toEqual(['Bearer', undefined]);
  });

  it('a refresh token of a public client is bound to the key', async () => {
    const client = await makeClient(server);
    const tokens = await tokensOf(await key.token(server, client, redemption(await obtainCode(server, client))));
    expect(tokens.token_type).toBe('DPoP');
    const parameters = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    for (const response of [
      await refresh(server, client, tokens.refresh_token),
      await (await Prover.make()).token(server, client, parameters),
    ]) {
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_grant']);
    }
    // Nothing was spent, and nothing revoked, by who does not hold the key.
    const next = await tokensOf(await key.token(server, client, parameters));
    expect(payloadOf(next.access_token).cnf).toEqual({ jkt: key.thumbprint });
    const again = await tokensOf(await key.token(server, client, { ...parameters, refresh_token: next.refresh_token }));
    expect(again.token_type).toBe('DPoP');
  });

  it('a thief without the key cannot end the family by an old refresh token', async () => {
    const client = await makeClient(server, {}, { refresh_grace_seconds: 0 });
    const first = await tokensOf(await key.token(server, client, redemption(await obtainCode(server, client))));
    const next = await tokensOf(
      await key.token(server, client, { grant_type: 'refresh_token', refresh_token: first.refresh_token }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await errorOf(await refresh(server, client, first.refresh_token))).toBe('invalid_grant');
    await tokensOf(await key.token(server, client, { grant_type: 'refresh_token', refresh_token: next.refresh_token }));
  });

  it('a refresh token of a confidential client is bound to the client, and its key may change', async () => {
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const tokens = await tokensOf(await key.token(server, client, redemption(await obtainCode(server, client))));
    const other = await Prover.make();
    const next = await tokensOf(
      await other.token(server, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }),
    );
    expect(payloadOf(next.access_token).cnf).toEqual({ jkt: other.thumbprint });
    expect((await tokensOf(await refresh(server, client, next.refresh_token))).token_type).toBe('Bearer');
  });

  it('a failed proof spends nothing: the code is still good', async () => {
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const refused = await postToken(server, client, redemption(code), { dpop: await key.prove('GET', '/token') });
    expect(await errorOf(refused)).toBe('invalid_dpop_proof');
    await tokensOf(await key.token(server, client, redemption(code)));
  });
});

describe('RFC 9449 §5.2 client registration metadata', () => {
  it('dpop_bound_access_tokens: requests without a proof MUST be rejected', async () => {
    const strict = await makeClient(server, { ...MACHINE, dpop_bound_access_tokens: true });
    const response = await postToken(server, strict, ASK);
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_dpop_proof']);
    expect(response.headers.get('dpop-nonce')).toBeTruthy();
    await tokensOf(await key.token(server, strict, ASK));
  });

  it('a client may register it through Dynamic Client Registration', async () => {
    const body = {
      redirect_uris: ['https://app.example/'],
      token_endpoint_auth_method: 'none',
      dpop_bound_access_tokens: true,
    };
    const headers = { 'content-type': 'application/json' };
    const response = await server.fetch('/register', { method: 'POST', body: JSON.stringify(body), headers });
    expect(((await response.json()) as typeof body).dpop_bound_access_tokens).toBe(true);
  });
});

describe('RFC 9449 §6.2 introspection', () => {
  it('shows the key of an access token, and of a bound refresh token', async () => {
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const tokens = await tokensOf(await key.token(server, client, redemption(await obtainCode(server, client))));
    const ask = async (token: string) => (await postForm(server, client, '/introspect', { token })).json();
    expect(await ask(tokens.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: key.thumbprint },
    });
    expect(await ask(tokens.refresh_token)).not.toHaveProperty('cnf');
    const plain = await tokensOf(await refresh(server, client, tokens.refresh_token));
    expect(await ask(plain.access_token)).toMatchObject({ active: true, token_type: 'Bearer' });
  });
});

describe('RFC 9449 §8 authorization server-provided nonce', () => {
  beforeEach(() => setSetting(server, 'dpop_nonce_required', true));

  it('without one, use_dpop_nonce with a nonce to use; with it, the tokens', async () => {
    const response = await postToken(server, machine, ASK, { dpop: await key.prove('POST', '/token') });
    expect([response.status, await errorOf(response)]).toEqual([400, 'use_dpop_nonce']);
    key.nonce = response.headers.get('dpop-nonce') ?? '';
    // RFC 9449 §8.1: nonce = 1*NQCHAR
    expect(key.nonce).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/);
    const second = await postToken(server, machine, ASK, { dpop: await key.prove('POST', '/token') });
    expect([second.status, second.headers.get('dpop-nonce')]).toEqual([200, key.nonce]);
  });

  it('each answer to a proof brings one, refusals too; answers to others do not', async () => {
    const wrong = await postToken(server, machine, ASK, { dpop: 'x' });
    expect(wrong.headers.get('dpop-nonce')).toBeTruthy();
    expect((await postToken(server, machine, ASK)).headers.get('dpop-nonce')).toBeNull();
  });

  it('it is taken in every location for five to ten minutes, and then another is asked for', async () => {
    await key.token(server, machine, ASK);
    const elsewhere = serve(bindings(['SHARD_APAC']), 'AS');
    expect((await postToken(elsewhere, machine, ASK, { dpop: await key.prove('POST', '/token') })).status).toBe(200);
    const { nonce } = key;
    vi.useFakeTimers({ now: Date.now() + 299_000, toFake: ['Date'] });
    expect((await postToken(server, machine, ASK, { dpop: await key.prove('POST', '/token') })).status).toBe(200);
    vi.setSystemTime(Date.now() + 302_000);
    const late = await postToken(server, machine, ASK, { dpop: await key.prove('POST', '/token') });
    expect(await errorOf(late)).toBe('use_dpop_nonce');
    expect(late.headers.get('dpop-nonce')).not.toBe(nonce);
  });

  it('only who did the rest right is asked to come again', async () => {
    expect(await outcomeOf(await key.prove('GET', '/token'))).toEqual([400, 'invalid_dpop_proof']);
  });

  it('a page on another origin may read it', async () => {
    await setSetting(server, 'allowed_public_client_origins', 'https://spa.example');
    const headers = { dpop: await key.prove('POST', '/token'), origin: 'https://spa.example' };
    const response = await postToken(server, machine, ASK, headers);
    expect(response.headers.get('access-control-expose-headers')).toContain('DPoP-Nonce');
    expect(response.headers.get('dpop-nonce')).toBeTruthy();
  });
});

describe('RFC 9449 §10 authorization code binding', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await makeClient(server);
  });

  it('a code with dpop_jkt is redeemed by that key only', async () => {
    const code = await obtainCode(server, client, { dpop_jkt: key.thumbprint });
    for (const response of [
      await postToken(server, client, redemption(code)),
      await (await Prover.make()).token(server, client, redemption(code)),
    ]) {
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_grant']);
    }
    await tokensOf(await key.token(server, client, redemption(code)));
  });

  it('a dpop_jkt that is no thumbprint is refused', async () => {
    const answer = await server.fetch(authorizeUrl(client, { dpop_jkt: 'not a thumbprint' }));
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
  });

  /** Pushes with a proof, and comes back with the code. */
  async function push(changes: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Response> {
    const request = Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1]));
    return postForm(server, client, '/par', { ...request, ...changes }, headers);
  }

  it('§10.1 a proof at PAR binds the code as well', async () => {
    const response = await key.ask('POST', '/par', (headers) => push({}, headers));
    const { request_uri } = (await response.json()) as { request_uri: string };
    const query = new URLSearchParams({ client_id: client.client_id, request_uri });
    const user = server.user();
    const back = await user.authorise(`/authorize?${query}`, {
      email: 'admin@example.com',
      password: 'correct horse battery',
    });
    const code = back.searchParams.get('code') ?? '';
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    await tokensOf(await key.token(server, client, redemption(code)));
  });

  it('§10.1 where both come they MUST agree, and the proof is good once', async () => {
    const other = await Prover.make();
    const proof = await key.prove('POST', '/par');
    expect(await errorOf(await push({ dpop_jkt: other.thumbprint }, { dpop: proof }))).toBe('invalid_dpop_proof');
    expect((await push({ dpop_jkt: key.thumbprint }, { dpop: proof })).status).toBe(201);
    expect(await errorOf(await push({}, { dpop: proof }))).toBe('invalid_dpop_proof');
  });
});

describe('RFC 9449 §11.1 replay', () => {
  it('a proof is good once at the token endpoint', async () => {
    const proof = await key.prove('POST', '/token');
    expect(await outcomeOf(proof)).toEqual([200, 'accepted']);
    expect(await outcomeOf(proof)).toEqual([400, 'invalid_dpop_proof']);
  });

  it('fifty at once with one proof: one gets a token', async () => {
    const dpop = await key.prove('POST', '/token');
    const answers = await Promise.all(Array.from({ length: 50 }, () => postToken(server, machine, ASK, { dpop })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const errors = await Promise.all(answers.filter(({ status }) => status !== 200).map(errorOf));
    expect(new Set(errors)).toEqual(new Set(['invalid_dpop_proof']));
    expect(await server.env.DB.prepare('SELECT count(*) AS n FROM tokens').first('n')).toBe(1);
  });

  it('a code that comes with a used proof is not spent by it', async () => {
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const dpop = await key.prove('POST', '/token');
    await tokensOf(await postToken(server, client, redemption(await obtainCode(server, client)), { dpop }));
    expect(await errorOf(await postToken(server, client, redemption(code), { dpop }))).toBe('invalid_dpop_proof');
    await tokensOf(await key.token(server, client, redemption(code)));
  });

  it('which of the two was used before is told: the assertion, or the proof', async () => {
    const signer = await makeKey();
    const client = await makeClient(server, {
      ...MACHINE,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [signer.publicJwk] },
    });
    const assertion = async () => ({
      ...ASK,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await signer.sign(assertionClaims(client.client_id)),
    });
    const [used, dpop] = [await assertion(), await key.prove('POST', '/token')];
    await tokensOf(await postToken(server, client, used, { dpop }));
    expect(await errorOf(await postToken(server, client, used, { dpop: await key.prove('POST', '/token') }))).toBe(
      'invalid_client',
    );
    expect(await errorOf(await postToken(server, client, await assertion(), { dpop }))).toBe('invalid_dpop_proof');
  });
});
