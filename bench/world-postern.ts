/** Postern in the simulated world. */
import { parseConfig } from '../src/config.ts';
import { localCommandToken } from '../src/protocol/local-command-token.ts';
import { User } from '../test/support/user.ts';
import { BINDINGS } from './bindings.ts';
import { REDIRECT_URI } from './codes.ts';
import { ask, type WorldServer } from './world.ts';
import {
  accepted,
  authorizeUrl,
  bearer,
  codeOf,
  form,
  type Legs,
  measuring,
  movingFlow,
  redeem,
  refresh,
  tokensOf,
  type WorldSubject,
} from './world-flows.ts';
import { REGIONS, type Region } from './world-latencies.ts';

const ISSUER = 'http://localhost:8787';
const ADMINISTRATOR = { email: 'admin@example.com', password: 'seven quiet otters' };
export const WORLD_BINDINGS = {
  ...BINDINGS,
  ISSUER,
  ADMIN_EMAIL: ADMINISTRATOR.email,
  ADMIN_PASSWORD: ADMINISTRATOR.password,
};

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

type Clients = { clientId: string; machine: { client_id: string; client_secret: string } };

/** An administrator creates a public client, and one of the client credentials grant. */
async function createClients(server: WorldServer): Promise<Clients> {
  const { root } = parseConfig(WORLD_BINDINGS);
  const administer = async <T>(method: string, path: string, body: object): Promise<T> => {
    const authorization = `Bearer ${localCommandToken(root, ISSUER, Date.now())}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const init = { method, headers, body: JSON.stringify(body) };
    return JSON.parse(accepted(path, await ask(server, 'weur', `/api/admin${path}`, init)).text) as T;
  };
  const create = <T>(metadata: object) => administer<T>('POST', '/clients', { metadata });
  await administer('PUT', '/settings/skip_authorization', { value: true });
  const { client_id: clientId } = await create<{ client_id: string }>({
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const machine = await create<Clients['machine']>({
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'profile',
  });
  // Until the replica has what was changed, and no isolate what was before.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await ask(server, 'weur', '/', { isCold: true });
  return { clientId, machine };
}

/** A session in each region, with a grant of the client, which is the remembered consent. @returns the cookies. */
async function signInEverywhere(server: WorldServer, clientId: string, address: string): Promise<Map<Region, string>> {
  const cookies = new Map<Region, string>();
  for (const region of REGIONS) {
    const user = browserIn(server, region, {});
    const callback = await user.authorise(ISSUER + address, ADMINISTRATOR);
    const code = callback.searchParams.get('code') ?? '';
    accepted('first token', await ask(server, region, '/token', redeem(clientId, code)));
    cookies.set(region, [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
  }
  return cookies;
}

/** Prepares Postern: its clients, and a session and consent in each region. */
export async function posternInWorld(server: WorldServer): Promise<WorldSubject> {
  const { clientId, machine } = await createClients(server);
  const address = authorizeUrl(clientId, 'openid profile');
  const cookies = await signInEverywhere(server, clientId, address);
  const authorize = (region: Region, isCold = false) =>
    ask(server, region, address, { isCold, headers: { cookie: cookies.get(region) ?? '', accept: 'text/html' } });
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
      const code = codeOf(authorized, 'authorize');
      const first = tokensOf(await measured('token', '/token', redeem(clientId, code)));
      const second = tokensOf(await measured('refresh', '/token', refresh(clientId, first)));
      await measured('userinfo', '/userinfo', bearer(second.access_token));
      await measured('/api/me', '/api/me', bearer(second.access_token));
      await measured('client credentials', '/token', form({ grant_type: 'client_credentials', ...machine }));
      return legs;
    },
    moving: movingFlow(server, clientId, authorize, '/userinfo'),
  };
}
