/** The flows of users in the simulated world: each leg with the time that it took, and each refusal. */

import { parseConfig } from '../src/config.ts';
import { localCommandToken } from '../src/protocol/local-command-token.ts';
import { User } from '../test/support/user.ts';
import { BINDINGS } from './bindings.ts';
import { CODE_CHALLENGE, REDIRECT_URI, redemption } from './codes.ts';
import { type Answered, ask, type WorldRequest, type WorldServer } from './world.ts';
import { REGIONS, type Region } from './world-latencies.ts';

const ISSUER = 'http://localhost:8787';
const ADMINISTRATOR = { email: 'admin@example.com', password: 'seven quiet otters' };
export const WORLD_BINDINGS = {
  ...BINDINGS,
  ISSUER,
  ADMIN_EMAIL: ADMINISTRATOR.email,
  ADMIN_PASSWORD: ADMINISTRATOR.password,
};

/** The milliseconds of a leg, by its name. */
export type Legs = Record<string, number>;

/** A server with what its flows need. `regions` are where a request of a flow is sent: the first is the user's. */
export type WorldSubject = {
  /** Every leg once, from one region. */
  flow: (region: Region, isCold: boolean) => Promise<Legs>;
  /** Authorize and redeem in one region, refresh in another and again in the first. @throws Error for a refusal. */
  moving: (home: Region, away: Region) => Promise<void>;
};

const form = (fields: Record<string, string>): WorldRequest => ({ method: 'POST', body: new URLSearchParams(fields) });
const bearer = (token: string): WorldRequest => ({ headers: { authorization: `Bearer ${token}` } });

function accepted(leg: string, answered: Answered): Answered {
  if (answered.status >= 400) throw new Error(`${leg}: ${answered.status} ${answered.text.slice(0, 200)}`);
  return answered;
}

type Tokens = { access_token: string; refresh_token: string };
const tokensOf = ({ text }: Answered) => JSON.parse(text) as Tokens;

const codeOf = ({ headers, status, text }: Answered, leg: string): string => {
  const code = new URL(headers.get('location') ?? 'about:blank').searchParams.get('code');
  if (code === null)
    throw new Error(
      `${leg} leads to ${headers.get('location')}: ${status} ${text.replaceAll(/<[^>]*>\s*/g, ' ').slice(-400)}`,
    );
  return code;
};

const authorizeUrl = (client_id: string, scope: string) =>
  `/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT_URI,
    scope,
    state: 'state',
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
  })}`;

/** A browser in a region; `times` are its requests, by method and path. */
function browserIn(server: WorldServer, region: Region, times: Legs): User {
  const headersOf = (init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('x-world-region', region);
    return headers;
  };
  return new User(async (url, init) => {
    const { pathname, search } = new URL(url, ISSUER);
    const response = await fetch(server.url + pathname + search, {
      ...init,
      headers: headersOf(init),
      redirect: 'manual',
    });
    times[`${init?.method ?? 'GET'} ${pathname}`] = Number(response.headers.get('x-world-ms'));
    return response;
  }, ISSUER);
}

/** Prepares Postern: its clients, and a session and consent in each region. */
export async function posternInWorld(server: WorldServer): Promise<WorldSubject> {
  const { root } = parseConfig(WORLD_BINDINGS);
  const administer = async <T>(method: string, path: string, body: object): Promise<T> => {
    const headers = {
      authorization: `Bearer ${localCommandToken(root, ISSUER, Date.now())}`,
      'content-type': 'application/json',
    };
    const init = { method, headers, body: JSON.stringify(body) };
    return JSON.parse(accepted(path, await ask(server, 'weur', `/api/admin${path}`, init)).text) as T;
  };
  const create = <T>(metadata: object) => administer<T>('POST', '/clients', { metadata });
  await administer('PUT', '/settings/skip_authorization', { value: true });
  const { client_id } = await create<{ client_id: string }>({
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const machine = await create<{ client_id: string; client_secret: string }>({
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'profile',
  });
  // Until the replica has what was changed, and no isolate what was before.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await ask(server, 'weur', '/', { isCold: true });
  const address = authorizeUrl(client_id, 'openid profile');
  const browsers = new Map<Region, { user: User; times: Legs }>();
  for (const region of REGIONS) {
    const times: Legs = {};
    const user = browserIn(server, region, times);
    const callback = await user.authorise(ISSUER + address, ADMINISTRATOR);
    // The grant that it becomes is the remembered consent.
    const code = callback.searchParams.get('code') ?? '';
    accepted('first token', await ask(server, region, '/token', form(redemption(client_id, code))));
    browsers.set(region, { user, times });
  }
  const cookiesOf = (user: User) => [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const authorize = async (region: Region, isCold = false) => {
    const cookie = cookiesOf((browsers.get(region) as { user: User }).user);
    return ask(server, region, address, {
      isCold,
      headers: { cookie, accept: 'text/html' },
    });
  };
  const redeem = (code: string) => form(redemption(client_id, code));
  const refresh = (refresh_token: string) => form({ grant_type: 'refresh_token', client_id, refresh_token });
  return {
    async flow(region, isCold) {
      const legs: Legs = {};
      const measured = measuring(server, region, isCold, legs);
      await measured('discovery', '/.well-known/openid-configuration');
      const times: Legs = {};
      await browserIn(server, region, times).signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      legs['sign-in'] = times['POST /sign-in'] ?? Number.NaN;
      const authorized = accepted('authorize', await authorize(region, isCold));
      legs.authorize = authorized.ms;
      const first = tokensOf(await measured('token', '/token', redeem(codeOf(authorized, 'authorize'))));
      const second = tokensOf(await measured('refresh', '/token', refresh(first.refresh_token)));
      await measured('userinfo', '/userinfo', bearer(second.access_token));
      await measured('/api/me', '/api/me', bearer(second.access_token));
      await measured('client credentials', '/token', form({ grant_type: 'client_credentials', ...machine }));
      return legs;
    },
    async moving(home, away) {
      const code = codeOf(accepted('authorize', await authorize(home)), 'authorize');
      const first = tokensOf(accepted('token', await ask(server, home, '/token', redeem(code))));
      const second = tokensOf(accepted('refresh', await ask(server, away, '/token', refresh(first.refresh_token))));
      const third = tokensOf(accepted('refresh', await ask(server, home, '/token', refresh(second.refresh_token))));
      accepted('userinfo', await ask(server, away, '/userinfo', bearer(third.access_token)));
    },
  };
}

/** Sends requests that must be answered, and records how long each leg waited. */
const measuring =
  (server: WorldServer, region: Region, isCold: boolean, legs: Legs) =>
  async (leg: string, path: string, init: WorldRequest = {}) => {
    const answered = accepted(leg, await ask(server, region, path, { ...init, isCold }));
    legs[leg] = answered.ms;
    return answered;
  };

/** Prepares workers-oauth-provider: a client that registered itself. Its user is signed in and agrees at once. */
export async function workersOAuthProviderInWorld(server: WorldServer): Promise<WorldSubject> {
  const metadata = {
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  };
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(metadata) };
  const { client_id } = JSON.parse(accepted('register', await ask(server, 'enam', '/register', init)).text) as {
    client_id: string;
  };
  const address = authorizeUrl(client_id, 'profile offline_access');
  const redeem = (code: string) => form(redemption(client_id, code));
  const refresh = (refresh_token: string) => form({ grant_type: 'refresh_token', client_id, refresh_token });
  return {
    async flow(region, isCold) {
      const legs: Legs = {};
      const measured = measuring(server, region, isCold, legs);
      await measured('discovery', '/.well-known/oauth-authorization-server');
      const code = codeOf(await measured('authorize', address), 'authorize');
      const first = tokensOf(await measured('token', '/token', redeem(code)));
      const second = tokensOf(await measured('refresh', '/token', refresh(first.refresh_token)));
      await measured('validation', '/api/', bearer(second.access_token));
      return legs;
    },
    async moving(home, away) {
      const code = codeOf(accepted('authorize', await ask(server, home, address)), 'authorize');
      const first = tokensOf(accepted('token', await ask(server, home, '/token', redeem(code))));
      const second = tokensOf(accepted('refresh', await ask(server, away, '/token', refresh(first.refresh_token))));
      const third = tokensOf(accepted('refresh', await ask(server, home, '/token', refresh(second.refresh_token))));
      accepted('validation', await ask(server, away, '/api/', bearer(third.access_token)));
    },
  };
}
