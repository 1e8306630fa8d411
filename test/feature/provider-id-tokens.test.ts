/** id_tokens of providers: algorithms, keys, clocks, and what is said of one that is not as expected. */
import { exportJWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  comeBack,
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  idToken,
  press,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { keyPair } from '../support/key-pairs.ts';
import { json } from '../support/pretend-web.ts';
import { type Server, serve } from '../support/server.ts';
import { makeLogin, pageText, says, signInWith, whoAmI } from '../support/social.ts';
import type { User } from '../support/user.ts';

let server: Server;
let far: FarEnd;
let user: User;
let lines: string[];

beforeEach(async () => {
  server = serve();
  far = await farEnd();
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((...said) => void lines.push(said.map(String).join(' ')));
});
afterEach(() => vi.restoreAllMocks());

/** The far end signs with another algorithm, and publishes these keys. */
async function signWith(
  alg: string,
  { kid, others = 0, listed = [alg] }: { kid?: string; others?: number; listed?: string[] } = {},
) {
  const pairs = await Promise.all(Array.from({ length: others + 1 }, () => keyPair(alg)));
  const jwks = await Promise.all(
    pairs.map(async ({ publicKey }) => ({ ...(await exportJWK(publicKey)), use: 'sig', ...(kid && { kid }) })),
  );
  const signer = pairs.at(-1);
  far.metadata.id_token_signing_alg_values_supported = listed;
  far.web.answers[`${far.issuer}/jwks`] = () => json({ keys: jwks });
  far.grants.authorization_code = async () => {
    const [, payload = ''] = (await idToken(far, { email_verified: true })).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const token = new SignJWT(claims).setProtectedHeader({ alg, ...(kid && { kid }) });
    return tokens({ id_token: signer && (await token.sign(signer.privateKey)) });
  };
}

describe('OpenID Connect Core §3.1.3.7: the signature of an id_token', () => {
  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
    'may be made with %s, where the metadata lists it: with a kid, and without one by any of several keys',
    async (alg) => {
      await signWith(alg, { kid: 'k1' });
      await makeLogin(server, far);
      const other = server.user();
      expect(await pageText(await signInWith(other, far))).toBe('');
      expect(await whoAmI(other)).toContain('alice@faraway.net');
      far = await farEnd();
      await signWith(alg, { others: 1 });
      await connectApp(server, far);
      expect((await connectUser(await signedIn(server), far)).status).toBe(303);
    },
    30_000,
  );

  it('is refused where the metadata does not list its algorithm; the log names both', async () => {
    await signWith('RS512', { listed: ['ES256', 'RS256'] });
    await makeLogin(server, far);
    const page = await pageText(await signInWith(server.user(), far));
    expect(page).toContain('sent an answer that cannot be used');
    expect(page).not.toContain('alg');
    expect(lines.join('\n')).toMatch(/algorithm RS512; accepted: RS256, ES256/);
  });

  it('is never made with a secret or with nothing, whatever the metadata lists', async () => {
    await makeLogin(server, far);
    for (const alg of ['HS256', 'none']) {
      far.metadata.id_token_signing_alg_values_supported = [alg, 'ES256'];
      far.grants.authorization_code = async () => {
        const [, payload] = (await idToken(far)).split('.');
        const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
        return tokens({ id_token: `${header}.${payload}.${alg === 'none' ? '' : 'AAAA'}` });
      };
      expect((await signInWith(server.user(), far)).status).toBe(400);
    }
  });

  it('that no published key made is refused, the same with several keys and no kid', async () => {
    await signWith('ES256', { others: 2 });
    const jwks = far.web.answers[`${far.issuer}/jwks`] as () => Response;
    const { keys } = (await jwks().json()) as { keys: object[] };
    far.web.answers[`${far.issuer}/jwks`] = () => json({ keys: keys.slice(0, 2) });
    await makeLogin(server, far);
    expect(await pageText(await signInWith(server.user(), far))).toContain('cannot be verified');
    expect(lines.join('\n')).toContain('none of the published keys made its signature');
  });
});

describe('OpenID Connect Core §3.1.3.7: the claims of an id_token', () => {
  const seconds = () => Math.floor(Date.now() / 1000);

  it('nbf may be a minute ahead, by the clock of the provider', async () => {
    await makeLogin(server, far);
    says(far, { nbf: seconds() + 55 });
    expect((await signInWith(server.user(), far)).status).toBe(303);
    says(far, { nbf: seconds() + 300 });
    expect((await signInWith(server.user(), far)).status).toBe(400);
    expect(lines.join('\n')).toMatch(/nbf is \d+.*Compare the clocks/);
  });

  it('another issuer is named in the log beside the expected one', async () => {
    await connectApp(server, far);
    user = await signedIn(server);
    says(far, { iss: 'https://elsewhere.net' });
    const page = await pageText(await comeBack(user, far, await press(user, far)));
    expect(page).toContain('sent an answer that cannot be used');
    expect(lines.join('\n')).toContain(`iss is https://elsewhere.net, expected: ${far.issuer}`);
  });

  it('a status that is no answer is said, and no [object Response]', async () => {
    far.grants.authorization_code = () => new Response('', { status: 404 });
    await makeLogin(server, far);
    expect(await pageText(await signInWith(server.user(), far))).toContain('answered 404');
    expect(lines.join('\n')).not.toContain('[object');
  });
});
