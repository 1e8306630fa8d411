/** Userinfo of providers: mapped claims, signed answers, and subjects that are numbers (OpenID Connect Core §5.3). */
import { beforeEach, describe, expect, it } from 'vitest';
import { type FarEnd, farEnd, idToken, tokens } from '../support/far-end.ts';
import { makeKey } from '../support/keys.ts';
import { type Server, serve } from '../support/server.ts';
import { identitiesOf, makeLogin, pageText, says, signInWith, tells, whoAmI } from '../support/social.ts';

let server: Server;
let far: FarEnd;

beforeEach(async () => {
  server = serve();
  far = await farEnd();
  says(far, { email: undefined, email_verified: undefined });
});

const come = async () => {
  const user = server.user();
  return { user, words: await pageText(await signInWith(user, far)) };
};

describe('OpenID Connect Core §5.3.2: userinfo that is signed', () => {
  const CLAIMS = { sub: 'alice', email: 'alice@faraway.net', email_verified: true };

  /** The far end answers with this JWT. */
  const sends = (token: string) => {
    far.metadata.userinfo_endpoint = `${far.issuer}/me`;
    far.web.answers[`${far.issuer}/me`] = () =>
      new Response(token, { headers: { 'content-type': 'application/jwt; charset=utf-8' } });
  };
  const right = () => ({ ...CLAIMS, iss: far.issuer, aud: 'postern' });

  it('is taken where a published key signed it for this client', async () => {
    sends(await far.key.sign(right()));
    await makeLogin(server, far);
    const { user } = await come();
    expect(await whoAmI(user)).toContain('alice@faraway.net');
  });

  it('is refused otherwise', async () => {
    const now = Math.floor(Date.now() / 1000);
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(right()))}.`;
    const wrong = [
      await (await makeKey()).sign(right()),
      unsigned,
      'no JWT',

      await far.key.sign({ ...right(), iss: 'https://evil.dev' }),
      await far.key.sign({ ...right(), aud: 'other' }),
      await far.key.sign({ ...right(), exp: now - 3600 }),
    ];
    sends('');
    await makeLogin(server, far);
    for (const token of wrong) {
      sends(token);
      const { user } = await come();
      expect(await whoAmI(user)).toBeUndefined();
    }
  });
});

describe('OpenID Connect Core §5.3.2: the sub of userinfo', () => {
  const ALICE = { email: 'alice@faraway.net', email_verified: true };

  it('is compared as text where it is a safe integer', async () => {
    tells(far, { ...ALICE, sub: 42 });
    says(far, { sub: '42', email: undefined, email_verified: undefined });
    await makeLogin(server, far);
    await come();
    expect(await identitiesOf(server)).toMatchObject([{ subject: '42' }]);
    tells(far, `{"sub":9007199254740993,"email":"alice@faraway.net","email_verified":true}`);
    says(far, { sub: '9007199254740992', email: undefined, email_verified: undefined });
    expect((await come()).words).toContain('two different users');
  });

  it('has a sentence of its own where it is missing', async () => {
    tells(far, ALICE);
    await makeLogin(server, far);
    expect((await come()).words).toContain('its userinfo has no sub');
  });
});

describe('claims that an administrator maps', () => {
  const PROFILE = {
    data: { id: 7, profile: { mail: 'ada@own.example', call: 'Ada L' } },
    'https://own.example/id': 'x9',
  };

  async function make(changes: Record<string, unknown>) {
    tells(far, PROFILE);
    far.grants.authorization_code = () => tokens();
    const { authorization_endpoint, token_endpoint, userinfo_endpoint } = far.metadata;
    const endpoints = { authorization_endpoint, token_endpoint, userinfo_endpoint };
    const mapped = { user_id: 'data.id', email_claim: 'data.profile.mail', name_claim: 'data.profile.call' };
    await makeLogin(server, far, { provider: 'oauth', scopes: ['me'], endpoints, ...mapped, ...changes });
  }

  it('are paths of own members; an address is trusted only with trust_email', async () => {
    await make({ trust_email: true });
    const { user } = await come();
    expect(await whoAmI(user)).toContain('Ada L');
    expect(await identitiesOf(server)).toMatchObject([{ subject: '7', account: 'ada@own.example' }]);
  });

  it('without trust_email sign nobody in by an address', async () => {
    await make({});
    const { user, words } = await come();
    expect(words).toContain('has not verified your e-mail address');
    expect(await whoAmI(user)).toBeUndefined();
  });

  it('may have dots in their names, and are never inherited', async () => {
    await make({ trust_email: true, user_id: 'https://own.example/id' });
    await come();
    expect(await identitiesOf(server)).toMatchObject([{ subject: 'x9' }]);
    await make({ id: 'other', trust_email: true, user_id: 'data.constructor.name' });
    const user = server.user();
    expect(await pageText(await signInWith(user, far, 'other'))).toContain('did not say who you are');
  });

  it('are looked for in userinfo where the id_token has the standard ones only', async () => {
    tells(far, { sub: 'alice', work: { mail: 'alice@work.example' } });
    far.grants.authorization_code = async () => tokens({ id_token: await idToken(far, { email_verified: true }) });
    await makeLogin(server, far, { email_claim: 'work.mail', trust_email: true });
    const { user } = await come();
    expect(await whoAmI(user)).toContain('alice@work.example');
  });
});
