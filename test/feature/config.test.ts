/** A problem of the bindings is one sentence that names the value, and never shows it. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseConfig } from '../../src/config.ts';

const whole = env as unknown as Record<string, unknown>;
const problem = (changes: Record<string, unknown>): string => {
  try {
    parseConfig({ ...whole, ...changes });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'nothing';
};

describe('parseConfig', () => {
  it('takes what is whole', () => {
    const config = parseConfig(whole);
    expect(config.issuer).toBe('https://as.example');
    expect(config.signers.map(({ alg }) => alg)).toEqual(['ES256', 'RS256']);
    expect(config.signingKeys.every(({ publicJwk }) => publicJwk.d === undefined && publicJwk.p === undefined)).toBe(
      true,
    );
  });

  it.each([
    ['a path', 'https://as.example/tenant'],
    ['a trailing slash', 'https://as.example/'],
    ['http that is not loopback', 'http://as.example'],
    ['no URL', 'as.example'],
    ['upper case', 'https://AS.example'],
    ['a user', 'https://user@as.example'],
    ['something between', ' https://as.example'],
  ])('refuses an ISSUER with %s', (_, ISSUER) => {
    expect(problem({ ISSUER })).toMatch(/^ISSUER must be an origin without a path/);
  });

  it.each(['http://localhost:8787', 'http://127.0.0.1:1', 'http://[::1]:8787'])(
    'takes %s, and knows it is loopback',
    (ISSUER) => {
      expect(parseConfig({ ...whole, ISSUER })).toMatchObject({ issuer: ISSUER, isLoopback: true });
    },
  );

  it.each([
    [{ ISSUER: undefined }, 'ISSUER is missing.'],
    [{ SIGN_WITH: '1,' }, 'SIGN_WITH must be numbers joined by commas, such as "1,2".'],
    [{ SIGN_WITH: '7' }, 'SIGN_WITH names slot 7, but SIGNING_KEY_7 is missing.'],
    [{ SIGN_WITH: '1,1' }, 'SIGN_WITH names two keys of one algorithm; it takes one for each.'],
    [{ SEAL_WITH: '9' }, 'SEAL_WITH names slot 9, but ROOT_SECRET_9 is missing.'],
    [{ ROOT_SECRET_1: 'c2hvcnQ' }, 'ROOT_SECRET_1 must be 32 random bytes in base64url.'],
    [{ SIGNING_KEY_1: 'a-secret' }, /^SIGNING_KEY_1 must be a private JWK/],
  ])('says what is wrong with %j', (changes, sentence) => {
    expect(problem(changes)).toMatch(sentence);
    for (const value of Object.values(changes))
      if (typeof value === 'string' && value.length > 6) expect(problem(changes)).not.toContain(value);
  });

  it.each<[Record<string, string>, string | RegExp]>([
    [{ ROOT_SECRET_3: 'c2hvcnQ' }, 'ROOT_SECRET_3 must be 32 random bytes in base64url.'],
    [{ SIGNING_KEY_3: 'a-secret' }, /^SIGNING_KEY_3 must be a private JWK/],
    [{ SIGNING_KEY_3: '{"kty":"EC","kid":"k","alg":"ES256"}' }, /^SIGNING_KEY_3 .*must be a private key/],
    [{ SIGNING_KEY_3: '{"kty":"oct","k":"AAAA","d":"x","kid":"k","alg":"HS256"}' }, /^SIGNING_KEY_3 .*needs an "alg"/],
    [{ SOCIAL_LOGIN_WORK: 'a-secret' }, /^SOCIAL_LOGIN_WORK must be JSON with "issuer", "client_id"/],
    [{ SOCIAL_LOGIN_WORK: '{"client_id":"the-id"}' }, /^SOCIAL_LOGIN_WORK must be JSON/],
    [{ ADMIN_EMAIL: 'nobody' }, 'ADMIN_EMAIL must be an e-mail address.'],
    [{ ADMIN_PASSWORD: 'short' }, 'ADMIN_PASSWORD must have at least 8 characters.'],
  ])('leaves out a secret that is optional or not in use, and says what is wrong with %j', (changes, sentence) => {
    const [name = '', value = ''] = Object.entries(changes)[0] ?? [];
    const config = parseConfig({ ...whole, ...changes });
    const reason = expect.stringMatching(sentence);
    expect(config.unusable).toEqual([{ name, reason }]);
    expect(config.unusable[0]?.reason).not.toContain(value.slice(0, 12));
    expect(config.signers.map(({ alg }) => alg)).toEqual(['ES256', 'RS256']);
  });

  it('slots keep their number, and gaps are allowed', () => {
    const key = JSON.parse(String(whole.SIGNING_KEY_1));
    const config = parseConfig({ ...whole, SIGNING_KEY_12: JSON.stringify({ ...key, kid: 'new' }), SIGN_WITH: '12,2' });
    expect(config.signers[0]?.kid).toBe('new');
    expect(config.signingKeys.map(({ slot }) => slot)).toEqual([1, 2, 12]);
  });
});
