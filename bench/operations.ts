/** What is measured, and beside what. */
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealCode } from '../src/authorization-server/code.ts';
import { parseConfig } from '../src/config.ts';
import { signAccessToken } from '../src/protocol/access-token.ts';
import { newClientId, newGrantId, newPersonId, newSessionId, newTokenId } from '../src/protocol/credentials.ts';
import { SERVER_SCOPES } from '../src/protocol/scope.ts';
import { CALLERS, type Caller, send } from './load.ts';
import type { Served } from './worker.ts';

const REDIRECT_URI = 'https://app.example/callback';
const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789';

export const BINDINGS = {
  ISSUER: 'https://as.example',
  SIGN_WITH: '1',
  SEAL_WITH: '1',
  ROOT_SECRET_1: randomBytes(32).toString('base64url'),
  SIGNING_KEY_1: JSON.stringify({
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    kid: 'bench',
    alg: 'ES256',
  }),
};

export type Operation = {
  name: string;
  /** Whose it is: Postern's own, where it is left out. */
  of?: 'guarded';
  beside: 'floor' | 'empty' | 'guarded';
  postern: () => Promise<(index: number) => Caller>;
  other: () => Promise<(index: number) => Caller>;
};

/** Migrates and registers what the operations need. */
export async function prepare(postern: Served, floor: Served): Promise<Operation[]> {
  const db = await postern.miniflare.getD1Database('DB');
  for (const file of readdirSync('drizzle')
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    const statements = readFileSync(join('drizzle', file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await db.prepare(statement).run();
  }
  const floorDb = await floor.miniflare.getD1Database('DB');
  await floorDb.prepare('CREATE TABLE grants (id TEXT PRIMARY KEY, generation INTEGER, expires_at INTEGER)').run();
  await floorDb.prepare('CREATE TABLE tokens (id TEXT PRIMARY KEY, grant_id TEXT, expires_at INTEGER)').run();
  const clientId = await register(postern);
  return [
    {
      name: 'discovery',
      beside: 'empty',
      postern: async () => () => () => ({ path: '/.well-known/oauth-authorization-server' }),
      other: async () => () => () => ({ path: '/.well-known/oauth-authorization-server' }),
    },
    {
      name: 'code to tokens',
      beside: 'floor',
      postern: async () => {
        const codes = await mintCodes(clientId, 3000);
        return () => () => ({ path: '/token', form: redemption(clientId, codes.pop() ?? '') });
      },
      other: async () => () => () => ({ path: '/token', form: { grant_type: 'code', id: randomUUID() } }),
    },
    {
      name: 'refresh',
      beside: 'floor',
      postern: () => refreshCallers(postern, clientId),
      other: async () => {
        const ids = Array.from({ length: CALLERS }, () => randomUUID());
        for (const id of ids) await send(undefined, floor.url, { path: '/', form: { grant_type: 'code', id } });
        return (index) => () => ({ path: '/token', form: { grant_type: 'refresh_token', id: ids[index] ?? '' } });
      },
    },
    {
      name: 'verify',
      of: 'guarded',
      beside: 'guarded',
      postern: async () => {
        const headers = { authorization: `Bearer ${await mintToken()}` };
        return () => () => ({ path: '/guarded', headers });
      },
      other: async () => () => () => ({ path: '/unprotected' }),
    },
  ];
}

/** An access token as the token endpoint would have signed it. */
async function mintToken(): Promise<string> {
  const { issuer, signers } = parseConfig(BINDINGS);
  const [signer] = signers;
  if (!signer) throw new Error('no key signs');
  const iat = Math.floor(Date.now() / 1000);
  return signAccessToken(signer, {
    ...{ iss: issuer, sub: newPersonId(), aud: `${issuer}/guarded`, client_id: newClientId(), scope: 'openid profile' },
    ...{ jti: newTokenId('0'), grant: newGrantId('0'), iat, exp: iat + 3600 },
  });
}

async function register(postern: Served): Promise<string> {
  const response = await fetch(`${postern.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    }),
  });
  return ((await response.json()) as { client_id: string }).client_id;
}

/** Codes as the consent page would have sealed them: each becomes a grant of its own. */
async function mintCodes(clientId: string, count: number): Promise<string[]> {
  const { root, issuer } = parseConfig(BINDINGS);
  const now = Date.now();
  const codeChallenge = createHash('sha256').update(VERIFIER).digest('base64url');
  const scopes = SERVER_SCOPES.filter(({ name }) => name === 'profile').map(({ name }) => name);
  const codes = await Promise.all(
    Array.from({ length: count }, () => {
      const code = {
        ...{ grant: newGrantId('0'), clientId, personId: newPersonId(), sessionId: newSessionId('0'), codeChallenge },
        ...{
          redirectUri: REDIRECT_URI,
          redirectUriGiven: true,
          scopes,
          resources: [issuer],
          nonce: undefined,
          dpopJkt: undefined,
        },
        ...{ amr: ['pwd'], acr: undefined, idTokenClaims: [], claims: [] },
        ...{ authTime: now, bornAt: now, expiresAt: now + 600_000 },
      };
      return sealCode(root, '0', code, undefined);
    }),
  );
  return codes.map(({ text }) => text);
}

const redemption = (client_id: string, code: string) => ({
  ...{ grant_type: 'authorization_code', client_id, code },
  ...{ redirect_uri: REDIRECT_URI, code_verifier: VERIFIER },
});

/** Each caller has a family of its own and goes on with what it was given. */
async function refreshCallers(postern: Served, client_id: string): Promise<(index: number) => Caller> {
  const codes = await mintCodes(client_id, CALLERS);
  const first = await Promise.all(
    codes.map((code) => send(undefined, postern.url, { path: '/token', form: redemption(client_id, code) })),
  );
  return (index) => (previous) => {
    const { refresh_token } = JSON.parse(previous ?? first[index] ?? '') as { refresh_token: string };
    return { path: '/token', form: { grant_type: 'refresh_token', client_id, refresh_token } };
  };
}
