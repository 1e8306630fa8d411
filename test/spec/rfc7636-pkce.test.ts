/** RFC 7636: Proof Key for Code Exchange, required of every client (OAuth 2.1 §4.1.1). */
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { authorizeUrl, errorOf, makeClient, obtainCode, postToken, redemption } from '../support/client.ts';
import { serve } from '../support/server.ts';

const errorAt = async (server: ReturnType<typeof serve>, url: string) =>
  new URL((await server.fetch(url)).headers.get('location') ?? 'none:').searchParams.get('error');

describe('RFC 7636 §4.1 code_verifier', () => {
  it('has 43 to 128 unreserved characters', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const [code_verifier, status] of [
      ['v'.repeat(43), 200],
      ['Az09-._~'.repeat(16), 200],
      ['v'.repeat(42), 400],
      ['v'.repeat(129), 400],
      [`${'v'.repeat(42)} `, 400],
      [`${'v'.repeat(42)}é`, 400],
    ] as const) {
      const code = await obtainCode(server, client, { code_challenge: sha256(code_verifier) });
      const response = await postToken(server, client, redemption(code, { code_verifier }));
      expect([code_verifier, response.status]).toEqual([code_verifier, status]);
    }
  });
});

describe('RFC 7636 §4.1 a code_verifier of another alphabet or length', () => {
  it.each([
    ['is too short', 'v'.repeat(42)],
    ['is too long', 'v'.repeat(129)],
    ['is standard base64', `${'v'.repeat(41)}+/=`],
    ['holds a space', `${'v'.repeat(50)} `],
  ])('that %s is told as that, and spends nothing', async (_, code_verifier) => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const refused = await postToken(server, client, redemption(code, { code_verifier }));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('43 to 128 characters'),
    });
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
  });
});

describe('RFC 7636 §4.3 and §4.4.1 the challenge', () => {
  it('is required of public and of confidential clients: invalid_request', async () => {
    const server = serve();
    for (const token_endpoint_auth_method of ['none', 'client_secret_basic']) {
      const client = await makeClient(server, { token_endpoint_auth_method });
      const url = authorizeUrl(client, { code_challenge: undefined, code_challenge_method: undefined });
      expect(await errorAt(server, url)).toBe('invalid_request');
    }
  });

  it('plain, and the method left out, which means plain, are refused', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const code_challenge_method of ['plain', 's256', 'S512', undefined]) {
      expect(await errorAt(server, authorizeUrl(client, { code_challenge_method }))).toBe('invalid_request');
    }
  });

  it('must have the form of a SHA-256 digest', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const code_challenge of ['short', 'c'.repeat(44), `${'c'.repeat(42)}=`, `${'c'.repeat(42)}+`]) {
      expect(await errorAt(server, authorizeUrl(client, { code_challenge }))).toBe('invalid_request');
    }
  });
});

describe('RFC 7636 §4.6 server verifies code_verifier before returning the tokens', () => {
  it('if the values are not equal, invalid_grant MUST be returned', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const wrong = await postToken(server, client, redemption(code, { code_verifier: 'x'.repeat(64) }));
    expect([wrong.status, await errorOf(wrong)]).toEqual([400, 'invalid_grant']);
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
  });

  it('the example of appendix B holds', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code_verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const code = await obtainCode(server, client, { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' });
    expect((await postToken(server, client, redemption(code, { code_verifier }))).status).toBe(200);
  });
});
