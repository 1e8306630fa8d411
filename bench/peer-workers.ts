/** The two other Workers that are compared, each as its documentation sets it up. */
import { join } from 'node:path';
import { CODE_CHALLENGE, REDIRECT_URI } from './codes.ts';
import { send } from './load.ts';
import { LOOPBACK_REDIRECT_URI, PEERS, type Peer, registrationCall } from './peer.ts';
import { build, type Served, serve } from './worker.ts';

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
