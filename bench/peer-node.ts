/** The two servers on Node that are compared, each as its documentation sets it up. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CODE_CHALLENGE, REDIRECT_URI } from './codes.ts';
import { send } from './load.ts';
import { PEERS, type Peer } from './peer.ts';

const CLIENT_ID = 'client';

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
