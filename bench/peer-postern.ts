/** Postern as one of the servers that are compared. */
import { parseConfig } from '../src/config.ts';
import type { UserId } from '../src/protocol/credentials.ts';
import { localCommandToken } from '../src/protocol/local-command-token.ts';
import { BINDINGS } from './bindings.ts';
import { mintCodes } from './codes.ts';
import { send } from './load.ts';
import { migrate } from './operations.ts';
import { type Peer, registration } from './peer.ts';
import { build, serve } from './worker.ts';

const ISSUER = 'http://localhost:8787';
const POSTERN = { ...BINDINGS, ISSUER };
/** Registrations of a run come from one address: as many as a thousand minutes allow. */
const MINUTES = 1000;

/** @param openid whether its codes are for an id_token as well. */
export async function startPostern(openid: boolean): Promise<Peer> {
  const served = await serve(await build('wrangler.toml'), POSTERN, { minutes: MINUTES });
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
