/** workers-oauth-provider in the simulated world. */
import { REDIRECT_URI } from './codes.ts';
import { ask, type WorldServer } from './world.ts';
import {
  accepted,
  authorizeUrl,
  bearer,
  codeOf,
  type Legs,
  measuring,
  movingFlow,
  redeem,
  refresh,
  tokensOf,
  type WorldSubject,
} from './world-flows.ts';
import type { Region } from './world-latencies.ts';

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
  const authorize = (region: Region) => ask(server, region, address);
  return {
    async flow(region, isCold) {
      const legs: Legs = {};
      const measured = measuring(server, region, isCold, legs);
      await measured('discovery', '/.well-known/oauth-authorization-server');
      const code = codeOf(await measured('authorize', address), 'authorize');
      const first = tokensOf(await measured('token', '/token', redeem(client_id, code)));
      const second = tokensOf(await measured('refresh', '/token', refresh(client_id, first)));
      await measured('validation', '/api/', bearer(second.access_token));
      return legs;
    },
    moving: movingFlow(server, client_id, authorize, '/api/'),
  };
}
