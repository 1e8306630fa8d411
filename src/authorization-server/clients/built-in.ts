/** The clients that come with the server: its own command and its playground. They stand in no table. */
import type { Config } from '../../config.ts';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import type { Settings } from '../../protocol/settings.ts';
import { newClientRow } from '../../storage/clients.ts';
import type { Client } from './client.ts';

/** `npm run admin -- --url …` signs in as this one. */
export const COMMAND_CLIENT = 'postern-command';

/** The page that runs the whole flow in the browser. */
export const PLAYGROUND_CLIENT = 'playground';

/** Whether the playground runs here. */
export function playgroundIsOn(config: Config, settings: Settings): boolean {
  return settings.playground === 'on' || (settings.playground === 'localhost' && config.isLoopback);
}

/** The built-in client with this id, where it is switched on. */
export function builtInClient(id: string, config: Config, settings: Settings): Client | undefined {
  if (id === COMMAND_CLIENT) {
    return builtIn(id, {
      client_name: 'Postern administration command',
      redirect_uris: ['http://127.0.0.1/callback'],
      scope: 'openid admin',
      application_type: 'native',
    });
  }
  if (id === PLAYGROUND_CLIENT && playgroundIsOn(config, settings)) {
    return builtIn(id, {
      client_name: 'Postern playground',
      redirect_uris: [`${config.issuer}/playground`],
      scope: 'openid profile email roles offline_access',
      client_uri: config.issuer,
    });
  }
  return undefined;
}

type Own = Pick<ClientMetadata, 'redirect_uris'> & Partial<ClientMetadata>;

function builtIn(id: string, own: Own): Client {
  const metadata = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...own,
  };
  // Never unused: nothing is written for it.
  return newClientRow({ id, origin: 'administrator', metadata, lastUsedAt: Number.MAX_SAFE_INTEGER }, 0);
}
