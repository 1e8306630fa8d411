/** Assertions that are presented as the JWT of a workload, none of which may be accepted (RFC 7523 §3). */
import { SignJWT } from 'jose';
import { assertionClaims, makeKey, type TestKey } from './keys.ts';
import { ISSUER } from './server.ts';

/** A name, what makes the assertion, and other parameters of the request, if any. */
export type Hostile = [name: string, assertion: () => string | Promise<string>, body?: Record<string, string>];

export const PLATFORM = 'https://token.actions.acme.com';
export const SUBJECT = 'repo:acme/app:ref:refs/heads/main';

/** The rules of a client for the JWTs of the platform, and the claims of one that they accept. */
export const workload = { issuer: PLATFORM, subjects: [SUBJECT], claims: { repository_id: '4711' } };
export const workloadClaims = (changes: Record<string, unknown> = {}) =>
  assertionClaims(SUBJECT, { iss: PLATFORM, repository_id: '4711', ...changes });

/** The key of the platform, and the claims of a JWT that is accepted but for `changes`; it has the repository_id 4711. */
type Platform = { key: TestKey; claims: (changes?: Record<string, unknown>) => Record<string, unknown> };

const now = () => Math.floor(Date.now() / 1000);
const base64url = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Assertions with one hostile claim each. */
function hostileClaims({ key, claims }: Platform): Hostile[] {
  const withClaim = (name: string, values: readonly unknown[]): Hostile[] =>
    values.map((value) => [`${name} ${JSON.stringify(value)}`, () => key.sign(claims({ [name]: value }))]);
  return [
    ...withClaim('iss', [
      undefined,
      '',
      null,
      7,
      true,
      {},
      [PLATFORM],
      `${PLATFORM}/`,
      PLATFORM.toUpperCase(),
      ` ${PLATFORM}`,
      `${PLATFORM}\n`,
      PLATFORM.replace('https', 'http'),
      `${PLATFORM}.evil.example`,
      'https://evil.example',
      'https://token.actions.acme.com@evil.example',
      ISSUER,
      SUBJECT,
    ]),
    ...withClaim('sub', [
      undefined,
      '',
      null,
      7,
      true,
      {},
      [SUBJECT],
      `${SUBJECT}2`,
      `${SUBJECT}/x`,
      `${SUBJECT}\n`,
      `${SUBJECT}\0`,
      ` ${SUBJECT}`,
      `x${SUBJECT}`,
      SUBJECT.toUpperCase(),
      SUBJECT.replace('acme/app', 'evil/app'),
      SUBJECT.replace('acme/app', 'acme/app-evil'),
      SUBJECT.replace('heads/main', 'tags/main'),
      SUBJECT.replace('heads/main', 'heads/*'),
      'repo:acme/app:pull_request',
      'repo:acme/app:environment:main',
      PLATFORM,
    ]),
    ...withClaim('aud', [
      undefined,
      '',
      null,
      7,
      {},
      [],
      [[ISSUER]],
      'https://other.example',
      ['https://other.example'],
      [ISSUER, 'https://other.example'],
      `${ISSUER}/`,
      `${ISSUER}.evil.example`,
      `${ISSUER}/userinfo`,
      ISSUER.toUpperCase(),
      'sts.amazonaws.com',
      'https://github.com/acme',
    ]),
    ...withClaim('exp', [undefined, null, '9999999999', 0, -1, 1e30, [], now() - 3600, now() + 86_400]),
    ...withClaim('nbf', [now() + 3600, '0', {}]),
    ...withClaim('iat', [now() + 3600, 'now']),
    ...withClaim('jti', [7, {}, 'x'.repeat(600)]),
    ...withClaim('repository_id', [undefined, null, '', 4711, '4712', '47110', ['4711'], '4711\n']),
  ];
}

/** Assertions with a hostile header, signature or form. */
function hostileForms({ key, claims }: Platform): Hostile[] {
  const withHeader = (headers: readonly Record<string, unknown>[]): Hostile[] =>
    headers.map((header) => [`header ${JSON.stringify(header)}`, () => key.sign(claims(), header)]);
  /** A signed JWT with another part in the place of one of its own. */
  const withPart = async (index: number, part: string): Promise<string> => {
    const parts = (await key.sign(claims())).split('.');
    parts[index] = part;
    return parts.join('.');
  };
  /** A JWT signed with the public key as a shared secret. */
  const signedWithPublicKey = () =>
    new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(key.publicJwk)));
  return [
    ...withHeader([
      { typ: 'at+jwt' },
      { typ: 'application/at+jwt' },
      { typ: 'dpop+jwt' },
      { typ: 'logout+jwt' },
      { typ: 'oauth-id-jag+jwt' },
      { typ: 'secevent+jwt' },
      { kid: 'k9' },
    ]),
    ['signed by another key of the same name', async () => (await makeKey('RS256')).sign(claims())],
    [
      'signed by another key that the header names',
      async () => {
        const other = await makeKey('RS256');
        return other.sign(claims(), { jwk: other.publicJwk });
      },
    ],
    [
      'signed by another key whose address the header names',
      async () => (await makeKey('RS256')).sign(claims(), { jku: 'https://evil.example/jwks' }),
    ],
    ['signed with the public key as a secret', signedWithPublicKey],
    ['with the algorithm none', () => withPart(0, base64url({ alg: 'none' }))],
    ['unsigned', () => `${base64url({ alg: 'none' })}.${base64url(claims())}.`],
    ['unsigned, in another spelling', () => `${base64url({ alg: 'NoNe', kid: 'k1' })}.${base64url(claims())}.`],
    [
      'with a critical header that is unknown',
      () => withPart(0, base64url({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 })),
    ],
    ['with other claims below the signature', () => withPart(1, base64url(claims({ jti: 'other' })))],
    ['with no signature', () => withPart(2, '')],
    ['with a short signature', () => withPart(2, 'AAAA')],
    ['with claims that are no object', () => withPart(1, base64url('"text"'))],
    ['with claims that are a list', () => withPart(1, base64url([claims()]))],
    ['in four parts', async () => `${await key.sign(claims())}.x`],
    ['in two parts', async () => (await key.sign(claims())).split('.').slice(0, 2).join('.')],
    ['in five parts', () => 'a.b.c.d.e'],
    ['that is empty', () => ''],
    ['that is no JWT', () => 'nonsense'],
    ['that is JSON', () => JSON.stringify(claims())],
    ['of 20 KB', () => 'a'.repeat(20_000)],
  ];
}

/** Assertions of a platform, none of which may be accepted, for any purpose. */
export const hostileAssertions = (platform: Platform): Hostile[] => [
  ...hostileClaims(platform),
  ...hostileForms(platform),
];
