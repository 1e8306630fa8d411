/** The servers that are compared: Postern, two other Workers, and two servers on Node, each as its documentation sets it up. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseConfig } from '../src/config.ts';
import type { UserId } from '../src/protocol/credentials.ts';
import { localCommandToken } from '../src/protocol/local-command-token.ts';
import { BINDINGS } from './bindings.ts';
import { CODE_CHALLENGE, mintCodes, REDIRECT_URI } from './codes.ts';
import { type Call, send } from './load.ts';
import { migrate } from './operations.ts';
import { build, type Served, serve } from './worker.ts';

export const PEERS = join('bench', 'peers');
const ISSUER = 'http://localhost:8787';
const POSTERN = { ...BINDINGS, ISSUER };
/** Registrations of a run come from one address: as many as a thousand minutes allow. */
const MINUTES = 1000;

export type Peer = {
  name: string;
  url: string;
  pids: number[];
  stop: () => Promise<void>;
  metadata: string;
  token: string;
  register?: string;
  clientId: string;
  /** The client of the client credentials grant, in its form. */
  machine?: Record<string, string>;
  /** Authorization codes; made outside of what is measured. */
  codes: (count: number) => Promise<string[]>;
  /** The address that accepts an access token. */
  verification?: string;
  /** The host that the audience of its tokens names. */
  host?: string;
  /** True where the code is redeemed for an id_token as well. */
  openid: boolean;
  /** The codes that it can hold at a time. Default: any number. */
  mostCodes?: number;
};

const registration = {
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
};

export const registrationCall = (path: string): Call => ({ path, json: registration });

/** @param openid whether its codes are for an id_token as well. */
export async function startPostern(openid: boolean): Promise<Peer> {
  const served = await serve(await build('wrangler.toml'), POSTERN, undefined, MINUTES);
  await migrate(served);
  const { root } = parseConfig(POSTERN);
  const administer = async <T>(path: string, json: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${localCommandToken(root, ISSUER, Date.now())}` };
    return JSON.parse(await send(undefined, served.url, { path: `/api/admin${path}`, json, headers })) as T;
  };
  const user = await administer<{ id: UserId }>('/users', { email: 'user@example.com', name: 'User' });
  const { client_id: clientId } = await administer<{ client_id: string }>('/clients', { metadata: registration });
  const { client_id, client_secret } = await administer<{ client_id: string; client_secret: string }>('/clients', {
    metadata: {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'profile',
    },
  });
  const scopes = openid ? ['openid', 'profile'] : ['profile'];
  return {
    ...served,
    name: openid ? 'Postern, openid' : 'Postern',
    metadata: '/.well-known/oauth-authorization-server',
    token: '/token',
    register: '/register',
    clientId,
    machine: { client_id, client_secret },
    codes: (count) => mintCodes(POSTERN, { clientId, count, userId: user.id, scopes }),
    ...(openid && { verification: '/userinfo' }),
    openid,
  };
}

export async function startWorkersOAuthProvider(): Promise<Peer> {
  const served = await serve(await build(join(PEERS, 'workers-oauth-provider.toml')), {});
  const made = JSON.parse(await send(undefined, served.url, registrationCall('/register'))) as { client_id: string };
  const clientId = made.client_id;
  return {
    ...served,
    name: '@cloudflare/workers-oauth-provider',
    metadata: '/.well-known/oauth-authorization-server',
    token: '/token',
    register: '/register',
    clientId,
    codes: (count) =>
      codesByRedirect(served, authorization({ client_id: clientId, scope: 'profile offline_access' }), count),
    verification: '/api/',
    host: 'localhost:8787',
    openid: false,
  };
}

export async function startOpenauth(): Promise<Peer> {
  const served = await serve(await build(join(PEERS, 'openauth.toml')), {});
  const clientId = 'client';
  // By default it accepts redirect URIs on localhost, and those on its own domain.
  const query = authorization({ client_id: clientId, provider: 'direct', redirect_uri: LOOPBACK_REDIRECT_URI });
  return {
    ...served,
    name: '@openauthjs/openauth',
    metadata: '/.well-known/oauth-authorization-server',
    token: '/token',
    clientId,
    machine: { client_id: clientId, client_secret: 'secret', provider: 'direct' },
    codes: (count) => codesByRedirect(served, query, count),
    openid: false,
  };
}

export const LOOPBACK_REDIRECT_URI = 'http://localhost:3000/callback';

const authorization = (more: Record<string, string>) =>
  `/authorize?${new URLSearchParams({
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    state: 'state',
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  })}`;

/** Authorization codes by requests of eight at once. Those that a server refuses are sent again, a hundred times at most. */
async function codesByRedirect({ url }: Pick<Served, 'url'>, path: string, count: number): Promise<string[]> {
  const codes: string[] = [];
  const failures: unknown[] = [];
  while (codes.length < count) {
    const wave = Array.from({ length: Math.min(8, count - codes.length) }, () => codeByRedirect(url, path));
    for (const settled of await Promise.allSettled(wave)) {
      if (settled.status === 'fulfilled') codes.push(settled.value);
      // openauth stores a code for 60 seconds, which KV refuses as 59 where a millisecond has passed.
      else if (failures.push(settled.reason) > 100) throw settled.reason;
    }
  }
  return codes;
}

/** Follows an authorization request, with the cookies that it sets, to the redirect that carries the code. */
async function codeByRedirect(url: string, path: string): Promise<string> {
  let address = new URL(path, url);
  let cookie = '';
  while (address.origin === url) {
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    address = new URL(response.headers.get('location') ?? 'about:blank', address);
    cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
  }
  const code = address.searchParams.get('code');
  if (code === null) throw new Error(`${path} leads to ${address}`);
  return code;
}

export async function startOidcProvider(): Promise<Peer> {
  const secret = randomBytes(32).toString('hex');
  const started = await startNode('oidc-provider.ts', secret);
  return {
    ...started,
    name: 'oidc-provider',
    metadata: '/.well-known/openid-configuration',
    token: '/token',
    register: '/reg',
    clientId: CLIENT_ID,
    machine: { client_id: 'machine', client_secret: secret },
    verification: '/me',
    openid: true,
    // Its default adapter keeps a thousand entries: of more codes, the first are forgotten before they are redeemed.
    mostCodes: 120,
  };
}

export async function startBetterAuth(): Promise<Peer> {
  const started = await startNode('better-auth.ts', randomBytes(32).toString('hex'));
  const { client_id: clientId, machine } = started.told as unknown as {
    client_id: string;
    machine: Record<string, string>;
  };
  return {
    ...started,
    name: 'better-auth',
    metadata: '/.well-known/oauth-authorization-server/api/auth',
    token: '/api/auth/oauth2/token',
    register: '/api/auth/oauth2/register',
    clientId,
    machine,
    verification: '/api/auth/oauth2/userinfo',
    openid: true,
  };
}

const CLIENT_ID = 'client';

/** Starts a server on Node, which tells its address in one line of JSON. */
async function startNode(file: string, secret: string) {
  const env = {
    ...process.env,
    CLIENT_ID,
    CLIENT_SECRET: secret,
    REDIRECT_URI,
    CODE_CHALLENGE,
    NODE_ENV: 'production',
  };
  const child = spawn(process.execPath, [join(PEERS, file)], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface(child.stdout);
  const told = await new Promise<{ url: string }>((resolve, reject) => {
    lines.on('line', (line) => line.startsWith('{') && resolve(JSON.parse(line)));
    child.on('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return {
    url: told.url,
    told,
    pids: [child.pid ?? 0],
    stop: async () => void child.kill(),
    codes: async (count: number) =>
      JSON.parse(await send(undefined, told.url, { path: `/codes?n=${count}` })) as string[],
  };
}
